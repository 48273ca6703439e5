-- Campaigns, their variants and the guard's reports.

-- name: campaign
SELECT id, name, state, goal, audience, channel, control_share, seed, starts_at, ends_at, window_days, offer,
       written_with_ai, author, content_hash, changed_at, version, topic, struck, at_most
FROM campaigns WHERE id = $1;

-- name: campaigns
SELECT id, name, state, goal, audience, channel, control_share, seed, starts_at, ends_at, window_days, offer,
       written_with_ai, author, content_hash, changed_at, version, topic, struck, at_most
FROM campaigns ORDER BY id DESC;

-- name: variants_of
SELECT id, campaign, language, subject, preheader, headline, body, button, link FROM variants
WHERE campaign = $1 ORDER BY language;

-- name: variants
SELECT id, campaign, language, subject, preheader, headline, body, button, link FROM variants
ORDER BY campaign, language;

-- name: create_campaign
INSERT INTO campaigns (id, name, state, goal, audience, channel, control_share, seed, starts_at, ends_at, window_days,
                       offer, written_with_ai, author, changed_at, version, topic)
VALUES ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15);

-- name: update_campaign
UPDATE campaigns SET name = $2, state = 'draft', goal = $3, audience = $4, channel = $5, control_share = $6, seed = $7,
    starts_at = $8, ends_at = $9, window_days = $10, offer = $11, written_with_ai = $12, content_hash = NULL,
    changed_at = $13, topic = $14, struck = '', at_most = NULL, approvals_needed = 1, uses_ai = 1, sends_from = NULL,
    version = version + 1
WHERE id = $1;

-- name: thaw_audience
-- Only before a campaign has started: none of these rows was ever attempted.
DELETE FROM deliveries WHERE campaign = $1 AND state IN ('planned', 'excluded');

-- name: drop_variant
DELETE FROM variants WHERE campaign = $1 AND language = $2;

-- name: put_variant
-- The same language keeps its identifier.
INSERT INTO variants (id, campaign, language, subject, preheader, headline, body, button, link)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (campaign, language) DO UPDATE SET subject = excluded.subject, preheader = excluded.preheader,
    headline = excluded.headline, body = excluded.body, button = excluded.button, link = excluded.link;

-- name: move_campaign
-- Compare and set: nothing happens when somebody else moved it first.
UPDATE campaigns SET state = $3, changed_at = $4 WHERE id = $1 AND state = $2;

-- name: bind_content
UPDATE campaigns SET content_hash = $2 WHERE id = $1 AND state = 'checked';

-- name: report
SELECT report FROM reports WHERE campaign = $1 AND content_hash = $2;

-- name: put_report
INSERT INTO reports (campaign, content_hash, report, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (campaign, content_hash) DO UPDATE SET report = excluded.report, at = excluded.at;

-- name: narrow_campaign
UPDATE campaigns SET struck = $2, at_most = NULLIF($3, 0), content_hash = $4 WHERE id = $1 AND state = 'submitted';

-- name: approvals_needed
SELECT approvals_needed FROM campaigns WHERE id = $1;

-- name: need_approvals
UPDATE campaigns SET approvals_needed = $2 WHERE id = $1 AND approvals_needed < $2;
