-- Approvals and refusals.

-- name: valid_approval
SELECT a.id, a.campaign, a.approver, a.content_hash, a.at, a.note
FROM approvals a JOIN campaigns c ON c.id = a.campaign
WHERE a.campaign = $1 AND a.verdict = 'approved' AND a.voided_at IS NULL AND a.content_hash = c.content_hash
ORDER BY a.id DESC LIMIT 1;

-- name: approvals
SELECT id, campaign, approver, verdict, content_hash, note, at, voided_at FROM approvals
WHERE campaign = $1 ORDER BY id;

-- name: decide
INSERT INTO approvals (id, campaign, author, approver, verdict, content_hash, note, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: void_approvals
UPDATE approvals SET voided_at = $2 WHERE campaign = $1 AND voided_at IS NULL;
