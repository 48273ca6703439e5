-- Consent as a ledger of receipts: the notices they refer to, when each was recorded, sign-ups that wait for their
-- confirmation, and the service mails that answer a customer's own act.

-- A notice is never changed: another text is another version.
CREATE TABLE notices (
    id       BIGINT NOT NULL PRIMARY KEY,
    version  TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'es')),
    purposes TEXT NOT NULL,
    text     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    UNIQUE (version, language)
);

-- When the receipt came into the store, which may be long after it was given. NULL: before this was kept.
ALTER TABLE consents ADD COLUMN recorded_at BIGINT;
CREATE INDEX consents_at ON consents (at);

-- Somebody asked to hear from the brand. Only the hash of the token that confirms it is kept. What nobody confirmed
-- is deleted once it has run out.
CREATE TABLE sign_ups (
    id             BIGINT NOT NULL PRIMARY KEY,
    email          TEXT NOT NULL,
    email_key      TEXT NOT NULL,
    language       TEXT NOT NULL CHECK (language IN ('en', 'es')),
    purposes       TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    notice_hash    TEXT NOT NULL,
    token_hash     TEXT NOT NULL UNIQUE,
    source         TEXT NOT NULL,
    source_hash    TEXT,
    opted_out      BIGINT NOT NULL CHECK (opted_out IN (0, 1)),
    asked_at       BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    confirmed_at   BIGINT,
    customer       TEXT,
    CHECK (confirmed_at IS NULL OR confirmed_at <= expires_at),
    CHECK ((confirmed_at IS NULL) = (customer IS NULL))
);
CREATE INDEX sign_ups_email ON sign_ups (email_key);
CREATE INDEX sign_ups_customer ON sign_ups (customer);

-- Addresses, domains and sources stand here as keyed hashes only.
CREATE TABLE service_mails (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('confirm_sign_up', 'confirm_request', 'request_received', 'request_extended', 'request_done', 'request_refused', 'download_ready')),
    state        TEXT NOT NULL CHECK (state IN ('attempting', 'sent', 'failed', 'in_doubt')),
    customer     TEXT,
    address_hash TEXT NOT NULL,
    domain_hash  TEXT NOT NULL,
    source_hash  TEXT,
    unproved     BIGINT NOT NULL CHECK (unproved IN (0, 1)),
    reference    TEXT,
    at           BIGINT NOT NULL,
    finished_at  BIGINT,
    detail       TEXT,
    CHECK ((state = 'attempting') = (finished_at IS NULL))
);
CREATE INDEX service_mails_address ON service_mails (address_hash, at);
CREATE INDEX service_mails_domain ON service_mails (domain_hash, at);
CREATE INDEX service_mails_source ON service_mails (source_hash, at);
CREATE INDEX service_mails_customer ON service_mails (customer);

INSERT INTO counters (name, value) VALUES ('notices', 0), ('sign_ups', 0), ('service_mails', 0);
