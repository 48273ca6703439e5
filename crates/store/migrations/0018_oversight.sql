-- Oversight by people: the switch that stops all AI, how many must approve a campaign, what of it they approved, and
-- before when nothing of a launch leaves.

CREATE TABLE ai_switch (
    id      BIGINT NOT NULL PRIMARY KEY,
    stopped BIGINT NOT NULL CHECK (stopped IN (0, 1)),
    person  BIGINT NOT NULL REFERENCES people (id),
    reason  TEXT NOT NULL CHECK (reason <> ''),
    at      BIGINT NOT NULL
);

-- A model chose its audience or a machine wrote of its words. Known from the launch on; before, what is not known counts
-- as AI.
ALTER TABLE campaigns ADD COLUMN uses_ai BIGINT NOT NULL DEFAULT 1 CHECK (uses_ai IN (0, 1));
-- How many people other than the author must approve it.
ALTER TABLE campaigns ADD COLUMN approvals_needed BIGINT NOT NULL DEFAULT 1 CHECK (approvals_needed IN (1, 2));
-- What its approvers left out: languages, and everybody but so many drawn at random. Part of the approved content.
ALTER TABLE campaigns ADD COLUMN struck TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN at_most BIGINT CHECK (at_most > 0);
-- Nothing of it leaves before.
ALTER TABLE campaigns ADD COLUMN sends_from BIGINT;

-- Nobody counts twice.
CREATE UNIQUE INDEX approvals_once ON approvals (campaign, content_hash, approver) WHERE verdict = 'approved' AND voided_at IS NULL;

-- A launch is undone while nothing has left; what needs more eyes than it got goes back to where they look.
INSERT INTO moves (machine, from_state, to_state) VALUES
    ('campaign', 'running', 'approved'),
    ('campaign', 'paused', 'approved'),
    ('campaign', 'approved', 'submitted');

INSERT INTO counters (name, value) VALUES ('ai_switch', 0);
