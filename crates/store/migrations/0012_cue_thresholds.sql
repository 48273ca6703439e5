-- Thresholds of learned cues that people set from verdicts: every decision is kept, what stands is the last one. A row
-- without a score: as the cue is built in. `model` is the hash of the file whose scores they are.

CREATE TABLE house_cues (
    language   TEXT NOT NULL CHECK (language IN ('en', 'es')),
    cue        TEXT NOT NULL CHECK (cue IN ('any', 'orders')),
    version    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    person     BIGINT NOT NULL REFERENCES people (id),
    model      TEXT NOT NULL,
    shown_from DOUBLE PRECISION,
    risk       DOUBLE PRECISION NOT NULL CHECK (0 < risk AND risk < 1),
    unfair     BIGINT NOT NULL CHECK (unfair >= 0),
    fair       BIGINT NOT NULL CHECK (fair >= 0),
    PRIMARY KEY (language, cue, version)
);
