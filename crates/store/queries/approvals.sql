-- Approvals and refusals.

-- name: valid_approvals
SELECT a.id, a.campaign, a.approver, a.content_hash, a.at, a.note
FROM approvals a JOIN campaigns c ON c.id = a.campaign
WHERE a.campaign = $1 AND a.verdict = 'approved' AND a.voided_at IS NULL AND a.content_hash = c.content_hash
ORDER BY a.id DESC;

-- name: approvals
SELECT id, campaign, approver, verdict, content_hash, note, at, voided_at FROM approvals
WHERE campaign = $1 ORDER BY id;

-- name: decide
-- An approval needs a certificate that holds at its time; a refusal does not.
INSERT INTO approvals (id, campaign, author, approver, verdict, content_hash, note, at)
SELECT $1, $2, $3, p.id, v.verdict, $6, $7, $8 FROM people p, (SELECT 'approved' AS verdict UNION ALL SELECT 'rejected' AS verdict) v
WHERE p.id = $4 AND v.verdict = $5
  AND (v.verdict = 'rejected' OR EXISTS (SELECT 1 FROM certificates c WHERE c.person = p.id AND c.issued_at <= $8 AND $8 < c.valid_until));

-- name: void_approvals
UPDATE approvals SET voided_at = $2 WHERE campaign = $1 AND voided_at IS NULL;
