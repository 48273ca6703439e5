-- What people who work with Candor learned: lessons they read, tests they took, certificates they earned. Nothing is
-- changed or deleted, so that it can be told for good who was certified when. No data of customers.

CREATE TABLE training_reads (
    person BIGINT NOT NULL REFERENCES people (id),
    lesson TEXT NOT NULL CHECK (lesson IN ('manipulation', 'privacy', 'targeting', 'personalisation', 'accountability', 'oversight', 'claims', 'law', 'hallucination')),
    at     BIGINT NOT NULL,
    PRIMARY KEY (person, lesson)
);

-- A test that somebody began: seed and bank tell its questions again.
CREATE TABLE training_tests (
    id       BIGINT NOT NULL PRIMARY KEY,
    person   BIGINT NOT NULL REFERENCES people (id),
    seed     TEXT NOT NULL,
    bank     TEXT NOT NULL,
    origin   TEXT NOT NULL CHECK (origin IN ('person', 'demo')),
    begun_at BIGINT NOT NULL,
    ends_at  BIGINT NOT NULL CHECK (ends_at > begun_at)
);
CREATE INDEX training_tests_person ON training_tests (person, id);

-- What came of it. Without a row it was left open.
CREATE TABLE training_results (
    test      BIGINT NOT NULL PRIMARY KEY REFERENCES training_tests (id),
    at        BIGINT NOT NULL,
    right_ones BIGINT NOT NULL CHECK (right_ones >= 0),
    asked     BIGINT NOT NULL CHECK (asked >= right_ones),
    -- Right answers of the lesson with fewest.
    weakest   BIGINT NOT NULL,
    by_lesson TEXT NOT NULL,
    answers   TEXT NOT NULL,
    passed    BIGINT NOT NULL CHECK (passed IN (0, 1)),
    CHECK (passed = 0 OR (asked >= 18 AND right_ones * 100 >= asked * 80 AND weakest >= 1))
);

CREATE TABLE certificates (
    id          BIGINT NOT NULL PRIMARY KEY,
    test        BIGINT NOT NULL UNIQUE REFERENCES training_results (test),
    person      BIGINT NOT NULL REFERENCES people (id),
    issued_at   BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    -- A year, by the calendar.
    CHECK (valid_until > issued_at AND valid_until <= issued_at + 31622400000000)
);
CREATE INDEX certificates_person ON certificates (person, valid_until);

INSERT INTO counters (name, value) VALUES ('training_tests', 0), ('certificates', 0);
