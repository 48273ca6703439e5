-- Audits of the house as a whole: which features give a group away, and how often people of each group are contacted, in areas
-- and means. Groups that are withheld are in no row, so nothing here is about anybody.
CREATE TABLE fairness_house_audits (
    id       BIGINT NOT NULL PRIMARY KEY,
    occasion TEXT NOT NULL CHECK (occasion IN ('submission', 'launch', 'calendar', 'request')),
    at       BIGINT NOT NULL,
    findings TEXT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('fairness_house_audits', 0);
