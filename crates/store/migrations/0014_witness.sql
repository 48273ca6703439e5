-- Witnesses of the ledger: programs on other hosts that sign what only grew, and what they signed.

CREATE TABLE witnesses (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    -- The verifier key, as the witness shows it.
    vkey       TEXT NOT NULL,
    url        TEXT NOT NULL,
    -- True when the operator vouches for a host that is not on the public internet.
    allow_host BIGINT NOT NULL CHECK (allow_host IN (0, 1)),
    added_at   BIGINT NOT NULL,
    removed_at BIGINT,
    -- What the last try came to; empty when it was cosigned.
    tried_at   BIGINT,
    trouble    TEXT NOT NULL,
    -- Set when the witness says that this ledger is not the one it has seen; kept until a person removes the witness.
    refused_at BIGINT
);

-- One that was removed, after it refused or moved, can be added anew.
CREATE UNIQUE INDEX witnesses_vkey ON witnesses (vkey) WHERE removed_at IS NULL;

CREATE TABLE ledger_cosignatures (
    witness BIGINT NOT NULL REFERENCES witnesses (id),
    size    BIGINT NOT NULL REFERENCES ledger_checkpoints (size),
    -- When the witness signed, by its own clock.
    at      BIGINT NOT NULL,
    line    TEXT NOT NULL,
    PRIMARY KEY (witness, size)
);
CREATE INDEX ledger_cosignatures_size ON ledger_cosignatures (size);

INSERT INTO counters (name, value) VALUES ('witnesses', 0);
