-- Requests under data protection law, and what an erasure leaves of them.

-- name: rights_request
SELECT id, customer, kind, state, law, origin, language, received_at, verification, verified_at, due_at, confirm_by,
    extended_at, closed_at, refusal, details, contact, answer, receipts, handled_by
FROM rights_requests WHERE id = $1;

-- name: rights_requests
-- $1: 'open', 'closed' or ''; open ones by their due date, closed ones newest first.
SELECT id, customer, kind, state, law, origin, language, received_at, verification, verified_at, due_at, confirm_by,
    extended_at, closed_at, refusal, details, contact, answer, receipts, handled_by
FROM rights_requests
WHERE ($1 = '' OR ($1 = 'open' AND closed_at IS NULL) OR ($1 = 'closed' AND closed_at IS NOT NULL))
    AND ($2 = '' OR kind = $2)
ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, CASE WHEN closed_at IS NULL THEN due_at ELSE -closed_at END, id
LIMIT $3;

-- name: rights_of_customer
SELECT id, customer, kind, state, law, origin, language, received_at, verification, verified_at, due_at, confirm_by,
    extended_at, closed_at, refusal, details, contact, answer, receipts, handled_by
FROM rights_requests WHERE customer = $1 ORDER BY id DESC LIMIT $2;

-- name: rights_of_partner
SELECT id, customer, kind, state, law, origin, language, received_at, verification, verified_at, due_at, confirm_by,
    extended_at, closed_at, refusal, details, contact, answer, receipts, handled_by
FROM rights_requests WHERE partner = $1 AND partner_ref = $2;

-- name: rights_counts
SELECT CAST(COUNT(*) AS BIGINT) AS open,
    CAST(COALESCE(SUM(CASE WHEN due_at < $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS overdue,
    CAST(COALESCE(SUM(CASE WHEN due_at >= $1 AND due_at < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS soon
FROM rights_requests WHERE closed_at IS NULL;

-- name: add_rights_request
INSERT INTO rights_requests (id, customer, kind, state, law, origin, language, received_at, due_at, confirm_by,
    details, contact, receipts, handled_by, partner, partner_ref, callbacks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '[]', $13, $14, $15, $16);

-- name: move_rights_request
UPDATE rights_requests SET state = $3, verification = COALESCE($4, verification), verified_at = COALESCE($5, verified_at),
    due_at = COALESCE($6, due_at), extended_at = COALESCE($7, extended_at), closed_at = COALESCE($8, closed_at),
    refusal = COALESCE($9, refusal), answer = COALESCE($10, answer), receipts = COALESCE($11, receipts),
    handled_by = COALESCE($12, handled_by)
WHERE id = $1 AND state = $2;

-- name: rights_callbacks
SELECT r.callbacks, r.partner_ref, p.name FROM rights_requests r JOIN rights_partners p ON p.id = r.partner
WHERE r.id = $1;

-- name: close_rights_without_person
-- What is open of somebody who is erased has lost its object, but for the erasure itself.
UPDATE rights_requests SET state = 'withdrawn', closed_at = $2
WHERE customer = $1 AND closed_at IS NULL AND NOT (kind = 'erasure' AND state IN ('in_progress', 'extended'));

-- name: blank_rights_contact
UPDATE rights_requests SET contact = NULL, details = NULL, answer = NULL WHERE id = $1;
