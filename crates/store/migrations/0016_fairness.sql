-- Audits of audiences: how a campaign falls on groups of customers, in counts. Groups below the smallest size are in no
-- row, so nothing here is about anybody.
CREATE TABLE fairness_audits (
    id       BIGINT NOT NULL PRIMARY KEY,
    campaign BIGINT NOT NULL REFERENCES campaigns (id),
    occasion TEXT NOT NULL CHECK (occasion IN ('submission', 'launch', 'calendar', 'request')),
    at       BIGINT NOT NULL,
    -- The content, audience and models it was about.
    content  TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('passed', 'refused', 'insufficient')),
    alarm    BIGINT NOT NULL CHECK (alarm IN (0, 1)),
    -- Rates by group with intervals, reasons, and the policy that was in force.
    findings TEXT NOT NULL
);
CREATE INDEX fairness_audits_campaign ON fairness_audits (campaign, id);

INSERT INTO counters (name, value) VALUES ('fairness_audits', 0);
