-- Requests under data protection law, the links to a customer's own pages, who else holds data, and breaches.

CREATE TABLE rights_moves (
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO rights_moves (from_state, to_state) VALUES
    ('received', 'verifying'), ('received', 'in_progress'), ('received', 'refused'), ('received', 'withdrawn'),
    ('verifying', 'in_progress'), ('verifying', 'refused'), ('verifying', 'withdrawn'),
    ('in_progress', 'waiting_on_customer'), ('in_progress', 'extended'), ('in_progress', 'completed'), ('in_progress', 'refused'), ('in_progress', 'withdrawn'),
    ('waiting_on_customer', 'in_progress'), ('waiting_on_customer', 'extended'), ('waiting_on_customer', 'completed'), ('waiting_on_customer', 'refused'), ('waiting_on_customer', 'withdrawn'),
    ('extended', 'waiting_on_customer'), ('extended', 'completed'), ('extended', 'refused'), ('extended', 'withdrawn');

-- Whoever sends requests by OpenDSR, known by the hash of their key.
CREATE TABLE rights_partners (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    key_hash   TEXT NOT NULL UNIQUE,
    added_at   BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Columns that can hold personal data: customer, details, contact, answer. They go with the customer; the
-- rest shows for years that the right was honoured.
CREATE TABLE rights_requests (
    id           BIGINT NOT NULL PRIMARY KEY,
    customer     TEXT,
    kind         TEXT NOT NULL CHECK (kind IN ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection', 'review', 'opt_out_sale')),
    state        TEXT NOT NULL CHECK (state IN ('received', 'verifying', 'in_progress', 'waiting_on_customer', 'extended', 'completed', 'refused', 'withdrawn')),
    law          TEXT NOT NULL CHECK (law IN ('gdpr', 'ccpa')),
    origin       TEXT NOT NULL CHECK (origin IN ('page', 'form', 'post', 'phone', 'email', 'partner')),
    language     TEXT NOT NULL CHECK (language IN ('en', 'es')),
    received_at  BIGINT NOT NULL,
    verification TEXT CHECK (verification IN ('signed_link', 'mail_confirmed', 'document', 'questions', 'in_person', 'partner')),
    verified_at  BIGINT,
    due_at       BIGINT NOT NULL,
    confirm_by   BIGINT,
    extended_at  BIGINT,
    closed_at    BIGINT,
    refusal      TEXT CHECK (refusal IN ('not_identified', 'excessive', 'legal_obligation', 'legal_claims', 'others_rights', 'not_applicable')),
    details      TEXT,
    contact      TEXT,
    answer       TEXT,
    receipts     TEXT NOT NULL,
    handled_by   BIGINT REFERENCES people (id),
    partner      BIGINT REFERENCES rights_partners (id),
    partner_ref  TEXT,
    callbacks    TEXT NOT NULL,
    UNIQUE (partner, partner_ref),
    CHECK ((verification IS NULL) = (verified_at IS NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state IN ('completed', 'refused', 'withdrawn')) = (closed_at IS NOT NULL)),
    CHECK (state <> 'completed' OR verification IS NOT NULL)
);
CREATE INDEX rights_requests_open ON rights_requests (closed_at, due_at);
CREATE INDEX rights_requests_customer ON rights_requests (customer, id);

-- Links that open something of a customer: only the hash of a token is kept. After an erasure the row stays without
-- its customer, so that the old link can say what happened and nothing else.
CREATE TABLE customer_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('centre', 'confirm', 'archive')),
    customer   TEXT,
    request    BIGINT REFERENCES rights_requests (id),
    made_at    BIGINT NOT NULL,
    expires_at BIGINT,
    used_at    BIGINT,
    revoked_at BIGINT,
    erased_at  BIGINT
);
CREATE INDEX customer_links_customer ON customer_links (customer);

-- Messages whose customer was erased: what a link in an old mail says. A number and a time, nothing else.
CREATE TABLE erased_messages (
    message   BIGINT NOT NULL PRIMARY KEY,
    erased_at BIGINT NOT NULL
);

-- Who else holds data of customers, and is told when these change their mind (GDPR 19).
CREATE TABLE rights_recipients (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    url        TEXT NOT NULL,
    secret     TEXT NOT NULL,
    kinds      TEXT NOT NULL,
    allow_host BIGINT NOT NULL CHECK (allow_host IN (0, 1)),
    added_at   BIGINT NOT NULL,
    removed_at BIGINT
);

-- The subject is whom the notice is about; it is blanked once the recipient has taken it, or it was given up.
CREATE TABLE rights_notices (
    id           BIGINT NOT NULL PRIMARY KEY,
    request      BIGINT NOT NULL REFERENCES rights_requests (id),
    recipient    BIGINT NOT NULL REFERENCES rights_recipients (id),
    kind         TEXT NOT NULL CHECK (kind IN ('erasure', 'rectification', 'restriction', 'opt_out')),
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    subject      TEXT,
    made_at      BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    last_status  TEXT NOT NULL,
    delivered_at BIGINT,
    CHECK ((state = 'waiting') = (subject IS NOT NULL))
);
CREATE INDEX rights_notices_request ON rights_notices (request, id);

CREATE TABLE breaches (
    id           BIGINT NOT NULL PRIMARY KEY,
    title        TEXT NOT NULL,
    aware_at     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    opened_by    BIGINT REFERENCES people (id),
    people       BIGINT CHECK (people >= 0),
    reported_at  BIGINT,
    told_at      BIGINT,
    closed_at    BIGINT,
    outcome      TEXT NOT NULL
);

INSERT INTO counters (name, value) VALUES
    ('rights_requests', 0), ('rights_recipients', 0), ('rights_notices', 0), ('rights_partners', 0), ('breaches', 0);
