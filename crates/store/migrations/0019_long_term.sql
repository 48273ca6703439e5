-- The global holdout, and what campaigns did to the long term. The rules of the holdout are only added to: each holds from
-- its first day until the next one's. Judgements hold aggregates over the arms of a campaign.
CREATE TABLE holdout_rules (
    id       BIGINT NOT NULL PRIMARY KEY,
    -- First day of its first period, in days since 1970; a period is that many months.
    from_day BIGINT NOT NULL,
    months   BIGINT NOT NULL CHECK (months IN (3, 6)),
    -- Share of all customers, in hundredths of a percent.
    share    BIGINT NOT NULL CHECK (share BETWEEN 0 AND 2000),
    -- The lot: whoever has it and a customer's key can draw again.
    seed     BIGINT NOT NULL,
    set_by   BIGINT NOT NULL REFERENCES people (id),
    at       BIGINT NOT NULL
);

CREATE TABLE long_term_judgements (
    id       BIGINT NOT NULL PRIMARY KEY,
    campaign BIGINT NOT NULL REFERENCES campaigns (id),
    -- Goal, offer and shape of the audience: what a campaign of the same kind has in common.
    kind     TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('fine', 'unclear', 'vetoed')),
    found    TEXT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX long_term_judgements_kind ON long_term_judgements (kind, id);

CREATE TABLE long_term_overrides (
    id        BIGINT NOT NULL PRIMARY KEY,
    judgement BIGINT NOT NULL REFERENCES long_term_judgements (id),
    -- The campaign that is let through, as it was when it was: an edit asks again.
    campaign  BIGINT NOT NULL REFERENCES campaigns (id),
    content   TEXT NOT NULL,
    person    BIGINT NOT NULL REFERENCES people (id),
    why       TEXT NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX long_term_overrides_campaign ON long_term_overrides (campaign, content);

INSERT INTO counters (name, value) VALUES ('holdout_rules', 0), ('long_term_judgements', 0), ('long_term_overrides', 0);
