-- Use limits: what a campaign is about, and the vault of sensitive attributes with the log of its openings.

-- The topic a campaign is about, one of the brand's; empty: of interest to everybody.
ALTER TABLE campaigns ADD COLUMN topic TEXT NOT NULL DEFAULT '';

-- One key for each customer, wrapped under the installation's vault key, which is a file and not in the database.
-- Whoever deletes the row has shredded what the vault holds of this customer, also in a copy of the table below.
CREATE TABLE vault_keys (
    customer TEXT NOT NULL PRIMARY KEY,
    wrapped  TEXT NOT NULL
);

-- Sensitive attributes, sealed: only the fairness audit reads them, and each opening is a row further down.
CREATE TABLE vault (
    customer  TEXT NOT NULL,
    attribute TEXT NOT NULL CHECK (attribute IN ('ethnic_origin', 'political_opinion', 'religion', 'trade_union', 'genetic', 'biometric', 'health', 'disability', 'sex_life', 'sexual_orientation', 'gender', 'minor', 'age_group', 'vulnerability', 'hardship')),
    sealed    TEXT NOT NULL,
    source    TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (customer, attribute)
);
CREATE INDEX vault_attribute ON vault (attribute, customer);

-- Who opened which attribute, why, and how many rows were read.
CREATE TABLE vault_openings (
    id        BIGINT NOT NULL PRIMARY KEY,
    person    BIGINT NOT NULL REFERENCES people (id),
    attribute TEXT NOT NULL,
    reason    TEXT NOT NULL CHECK (reason <> ''),
    rows_read BIGINT NOT NULL CHECK (rows_read >= 0),
    at        BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('vault_openings', 0);
