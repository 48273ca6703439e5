-- Recipients of data, what they were told, and partners that send requests.

-- name: recipients
SELECT id, name, url, secret, kinds, allow_host, added_at FROM rights_recipients WHERE removed_at IS NULL ORDER BY id;

-- name: recipient
SELECT id, name, url, secret, kinds, allow_host, added_at FROM rights_recipients WHERE id = $1;

-- name: add_recipient
INSERT INTO rights_recipients (id, name, url, secret, kinds, allow_host, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: remove_recipient
UPDATE rights_recipients SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL;

-- name: add_notice
INSERT INTO rights_notices (id, request, recipient, kind, state, subject, made_at, attempts, last_status)
VALUES ($1, $2, $3, $4, 'waiting', $5, $6, 0, '');

-- name: notice
SELECT n.id, n.request, n.recipient, n.kind, n.state, n.subject, n.made_at, n.attempts, n.last_status, n.delivered_at,
    r.name FROM rights_notices n JOIN rights_recipients r ON r.id = n.recipient WHERE n.id = $1;

-- name: notices_of_request
SELECT n.id, n.request, n.recipient, n.kind, n.state, n.subject, n.made_at, n.attempts, n.last_status, n.delivered_at,
    r.name FROM rights_notices n JOIN rights_recipients r ON r.id = n.recipient WHERE n.request = $1 ORDER BY n.id;

-- name: waiting_notices
SELECT n.id FROM rights_notices n WHERE n.state = 'waiting' ORDER BY n.id;

-- name: notice_tried
UPDATE rights_notices SET state = $2, attempts = attempts + 1, last_status = $3, delivered_at = $4,
    subject = CASE WHEN $2 = 'waiting' THEN subject ELSE NULL END
WHERE id = $1 AND state = 'waiting';

-- name: partner_by_key
SELECT id, name FROM rights_partners WHERE key_hash = $1 AND revoked_at IS NULL;

-- name: partners
SELECT id, name FROM rights_partners WHERE revoked_at IS NULL ORDER BY id;

-- name: add_partner
INSERT INTO rights_partners (id, name, key_hash, added_at) VALUES ($1, $2, $3, $4);

-- name: revoke_partner
UPDATE rights_partners SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL;
