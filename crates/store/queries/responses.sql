-- Responses to messages.

-- name: add_responses
INSERT INTO responses (message, kind, at) VALUES /*each*/($1, $2, $3)/*end*/ ON CONFLICT (message, kind, at) DO NOTHING;

-- name: response_counts
SELECT r.kind, CAST(COUNT(DISTINCT r.message) AS BIGINT) AS n
FROM responses r JOIN deliveries d ON d.id = r.message WHERE d.campaign = $1 GROUP BY r.kind;

-- name: responses_of
SELECT kind, at FROM responses WHERE message = $1 ORDER BY at, kind;

-- name: opted_out
-- From the consent receipts, so that both arms are counted alike: the control arm has no message to answer.
SELECT DISTINCT d.arm, d.customer
FROM deliveries d JOIN campaigns c ON c.id = d.campaign
JOIN consents s ON s.customer = d.customer AND s.purpose = 'marketing' AND s.channel = c.channel
    AND s.status = 'withdrawn' AND s.at >= c.starts_at AND s.at < $2
WHERE d.campaign = $1 AND d.arm IS NOT NULL;

-- name: answers_since
-- Messages that went out or failed since an instant, each with the first answer against it and when it failed, if so.
SELECT d.customer, d.state, d.finished_at AS sent_at,
    (SELECT MIN(r.at) FROM responses r WHERE r.message = d.id AND r.kind IN ('opted_out', 'complained')) AS harmed_at,
    (SELECT MIN(r.at) FROM responses r WHERE r.message = d.id AND r.kind = 'bounced') AS bounced_at
FROM deliveries d WHERE d.state IN ('sent', 'failed') AND d.finished_at >= $1 ORDER BY d.finished_at, d.id;

-- name: selected_since
-- Who was selected by which campaign since an instant, in the order they were.
SELECT d.campaign, d.customer FROM deliveries d WHERE d.arm = 'treated' AND d.not_before >= $1 ORDER BY d.id;

-- name: watch_count
-- Everything that a canary is watched by: answers against messages, messages that failed, customers who were selected.
SELECT CAST((SELECT COUNT(*) FROM responses WHERE kind IN ('opted_out', 'complained', 'bounced') AND at >= $1)
    + (SELECT COUNT(*) FROM deliveries WHERE state = 'failed' AND finished_at >= $1)
    + (SELECT COUNT(*) FROM deliveries WHERE arm = 'treated' AND not_before >= $1) AS BIGINT) AS n;
