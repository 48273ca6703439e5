-- What the guard said of drafts, and what people let pass.

-- name: put_reading
-- The same text with the same answer is one row; when it was submitted and sent last is kept.
INSERT INTO guard_readings (id, campaign, language, writer, made_by, hash, rules_version, at, submitted_at, sent_at, held,
                            supported, derived, contradicted, unknown, expired, unchecked, reading)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (campaign, language, hash) DO UPDATE SET
    submitted_at = COALESCE(excluded.submitted_at, guard_readings.submitted_at),
    sent_at = COALESCE(excluded.sent_at, guard_readings.sent_at)
RETURNING id;

-- name: put_findings
INSERT INTO guard_findings (reading, rule, blocking, for_person, evidence) VALUES /*each*/($1, $2, $3, $4, $5)/*end*/
ON CONFLICT (reading, rule) DO NOTHING;

-- name: readings
SELECT id, campaign, language, writer, made_by, hash, rules_version, at, submitted_at, sent_at, held,
       supported, derived, contradicted, unknown, expired, unchecked
FROM guard_readings ORDER BY id;

-- name: findings
SELECT reading, rule, blocking, for_person, evidence FROM guard_findings ORDER BY reading, rule;

-- name: reading_text
SELECT reading FROM guard_readings WHERE id = $1;

-- name: sent_already
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM guard_readings
WHERE campaign = $1 AND language = $2 AND hash = $3 AND sent_at IS NOT NULL;

-- name: shown_to_approver
-- What was submitted last: both languages are submitted at one moment.
SELECT f.reading AS reading, f.rule AS rule, f.for_person AS for_person
FROM guard_findings f JOIN guard_readings r ON r.id = f.reading
WHERE r.campaign = $1 AND f.for_person > 0
  AND r.submitted_at = (SELECT MAX(x.submitted_at) FROM guard_readings x WHERE x.campaign = $1)
ORDER BY f.reading, f.rule;

-- name: put_pass
INSERT INTO guard_passes (approval, reading, rule, findings) VALUES ($1, $2, $3, $4);

-- name: passes
SELECT p.approval AS approval, p.reading AS reading, p.rule AS rule, p.findings AS findings, a.approver AS approver, a.at AS at
FROM guard_passes p JOIN approvals a ON a.id = p.approval ORDER BY p.approval, p.reading, p.rule;

-- name: add_held
INSERT INTO guard_held (campaign, language, month, rule, messages) VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (campaign, language, month, rule) DO UPDATE SET messages = guard_held.messages + 1;

-- name: held
SELECT campaign, language, month, rule, messages FROM guard_held ORDER BY campaign, language, month, rule;

-- name: answered
-- Messages sent by campaign and language, and how many of them were complained about or opted out from.
SELECT d.campaign AS campaign, v.language AS language, CAST(COUNT(*) AS BIGINT) AS sent,
       CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM responses r WHERE r.message = d.id AND r.kind = 'complained') THEN 1 ELSE 0 END) AS BIGINT) AS complained,
       CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM responses r WHERE r.message = d.id AND r.kind = 'opted_out') THEN 1 ELSE 0 END) AS BIGINT) AS opted_out
FROM deliveries d JOIN variants v ON v.id = d.variant
WHERE d.state = 'sent' GROUP BY d.campaign, v.language ORDER BY d.campaign, v.language;

-- name: objected
-- An objection belongs to the last message that its customer got in the days before.
SELECT d.campaign AS campaign, v.language AS language, CAST(COUNT(DISTINCT d.id) AS BIGINT) AS objected
FROM rights_requests q JOIN deliveries d ON d.customer = q.customer AND d.state = 'sent'
JOIN variants v ON v.id = d.variant
WHERE q.kind = 'objection' AND d.finished_at <= q.received_at AND d.finished_at >= q.received_at - $1
  AND NOT EXISTS (SELECT 1 FROM deliveries n WHERE n.customer = q.customer AND n.state = 'sent' AND n.finished_at <= q.received_at
                  AND (n.finished_at > d.finished_at OR (n.finished_at = d.finished_at AND n.id > d.id)))
GROUP BY d.campaign, v.language ORDER BY d.campaign, v.language;
