-- How well the guard works: what it said of every draft, what people let pass, and samples for people to
-- judge. No table here holds anything of a customer: texts are read as a made-up one would get them.

-- One row for each answer of the guard about one text: the same text with the same answer is one row, however often it
-- was asked.
CREATE TABLE guard_readings (
    id            BIGINT NOT NULL PRIMARY KEY,
    campaign      BIGINT NOT NULL REFERENCES campaigns (id),
    language      TEXT NOT NULL CHECK (language IN ('en', 'es')),
    writer        TEXT NOT NULL CHECK (writer IN ('person', 'template', 'machine')),
    -- The text of the library, or name and version of the model; empty for a person.
    made_by       TEXT NOT NULL,
    hash          TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    at            BIGINT NOT NULL,
    submitted_at  BIGINT,
    sent_at       BIGINT,
    held          BIGINT NOT NULL CHECK (held IN (0, 1)),
    supported     BIGINT NOT NULL,
    derived       BIGINT NOT NULL,
    contradicted  BIGINT NOT NULL,
    unknown       BIGINT NOT NULL,
    expired       BIGINT NOT NULL,
    unchecked     BIGINT NOT NULL,
    -- The fields as they were read, each sentence with its verdict, each finding with its place.
    reading       TEXT NOT NULL,
    UNIQUE (campaign, language, hash)
);
CREATE INDEX guard_readings_at ON guard_readings (at);

CREATE TABLE guard_findings (
    reading    BIGINT NOT NULL REFERENCES guard_readings (id),
    rule       TEXT NOT NULL,
    blocking   BIGINT NOT NULL,
    -- Shown to the person who approves.
    for_person BIGINT NOT NULL,
    -- Would have been held, and stands on evidence.
    evidence   BIGINT NOT NULL,
    PRIMARY KEY (reading, rule)
);

-- Messages that the guard held back at the moment of sending, whose text had been approved.
CREATE TABLE guard_held (
    campaign BIGINT NOT NULL REFERENCES campaigns (id),
    language TEXT NOT NULL CHECK (language IN ('en', 'es')),
    month    TEXT NOT NULL,
    rule     TEXT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (campaign, language, month, rule)
);

-- What an approver was shown for a rule and let pass.
CREATE TABLE guard_passes (
    approval BIGINT NOT NULL REFERENCES approvals (id),
    reading  BIGINT NOT NULL REFERENCES guard_readings (id),
    rule     TEXT NOT NULL,
    findings BIGINT NOT NULL CHECK (findings > 0),
    PRIMARY KEY (approval, reading, rule)
);

-- Samples. The probability with which a text came into its sample stays with it.
CREATE TABLE guard_draws (
    id          BIGINT NOT NULL PRIMARY KEY,
    month       TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('sent', 'draft')),
    reading     BIGINT NOT NULL REFERENCES guard_readings (id),
    stratum     TEXT NOT NULL,
    -- Messages of the month with this text; 1 for a draft.
    messages    BIGINT NOT NULL CHECK (messages > 0),
    probability DOUBLE PRECISION NOT NULL CHECK (probability > 0 AND probability <= 1),
    seed        BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    UNIQUE (month, kind, reading)
);

-- What people said of a sentence. A changed mind is another row; the latest of a person counts.
CREATE TABLE guard_verdicts (
    id       BIGINT NOT NULL PRIMARY KEY,
    draw     BIGINT NOT NULL REFERENCES guard_draws (id),
    sentence BIGINT NOT NULL CHECK (sentence >= 0),
    person   BIGINT NOT NULL REFERENCES people (id),
    truth    TEXT NOT NULL CHECK (truth IN ('true', 'false', 'misleading', 'cannot_tell', 'no_claim')),
    -- The rule by which it is unfair; empty when it is fair.
    unfair   TEXT NOT NULL,
    note     TEXT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX guard_verdicts_draw ON guard_verdicts (draw, sentence, id);
CREATE INDEX guard_verdicts_notes ON guard_verdicts (at) WHERE note <> '';

INSERT INTO counters (name, value) VALUES
    ('guard_readings', 0), ('guard_draws', 0), ('guard_verdicts', 0);
