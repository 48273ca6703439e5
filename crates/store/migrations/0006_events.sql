-- Events by HTTP: who may send them, what was taken in, and what became of it. The tables that every event passes,
-- `event_ids` and `event_inbox`, stand with the triggers: only there the databases need different words for speed.

-- Only a hash of the key: it is shown once. An empty list of origins means a key for servers.
CREATE TABLE write_keys (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    shown      TEXT NOT NULL,
    key_hash   TEXT NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    origins    TEXT NOT NULL,
    per_second BIGINT NOT NULL CHECK (per_second >= 1),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX write_keys_live_name ON write_keys (name) WHERE revoked_at IS NULL;

-- What became of the events of each key: numbers without anybody's data.
CREATE TABLE event_counts (
    write_key BIGINT NOT NULL REFERENCES write_keys (id),
    fate      TEXT NOT NULL,
    n         BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (write_key, fate)
);

-- Other names of a customer. `anonymous`: an anonymousId seen with them. `merged`: a customer key that was joined.
CREATE TABLE identities (
    kind     TEXT NOT NULL CHECK (kind IN ('anonymous', 'merged')),
    alias    TEXT NOT NULL,
    customer TEXT NOT NULL,
    source   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    -- Of a joined key: when its purchases were given to the customer in the lake.
    moved_at BIGINT,
    PRIMARY KEY (kind, alias)
);
CREATE INDEX identities_customer ON identities (customer);
CREATE INDEX identities_unmoved ON identities (alias) WHERE kind = 'merged' AND moved_at IS NULL;

-- Which event last said each field of a contact record, so that a late event does not overwrite a newer one.
CREATE TABLE trait_sources (
    customer TEXT NOT NULL,
    field    TEXT NOT NULL,
    source   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (customer, field)
);

-- Behaviour, of those who agreed to profiling.
CREATE TABLE events (
    id          BIGINT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('identify', 'track', 'page', 'screen', 'group', 'alias')),
    name        TEXT NOT NULL,
    customer    TEXT,
    anonymous   TEXT,
    properties  TEXT NOT NULL,
    at          BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    source      TEXT NOT NULL
);
CREATE INDEX events_customer ON events (customer, at) WHERE customer IS NOT NULL;
CREATE INDEX events_anonymous ON events (anonymous) WHERE customer IS NULL;
CREATE INDEX events_received ON events (received_at);

-- Purchases and returns on their way to the lake. Without a customer they wait until somebody says whose they are.
CREATE TABLE event_purchases (
    id          BIGINT NOT NULL PRIMARY KEY,
    customer    TEXT,
    anonymous   TEXT,
    at          BIGINT NOT NULL,
    minor       BIGINT NOT NULL,
    order_no    TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    source      TEXT NOT NULL
);
CREATE INDEX event_purchases_customer ON event_purchases (customer);

INSERT INTO counters (name, value) VALUES ('write_keys', 0), ('event_inbox', 0), ('events', 0), ('event_purchases', 0);
