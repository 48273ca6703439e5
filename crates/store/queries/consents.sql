-- Receipts of consent, append-only.

-- name: consent_history
SELECT customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at
FROM consents WHERE customer = $1 ORDER BY at, id;

-- name: consent_at
SELECT customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at
FROM consents WHERE customer = $1 AND purpose = $2 AND channel = $3 AND at <= $4
-- Of two receipts of the same instant the one that refuses counts.
ORDER BY at DESC, CASE WHEN status = 'granted' THEN 1 ELSE 0 END, id DESC LIMIT 1;

-- name: consent_states
-- All receipts of the latest instant: which of two counts is not for the order of arrival to say.
SELECT customer, status, basis, at, notice_version, source, proof FROM (
    SELECT id, customer, status, basis, at, notice_version, source, proof,
           RANK() OVER (PARTITION BY customer ORDER BY at DESC) AS place
    FROM consents WHERE purpose = $1 AND channel = $2 AND at <= $3
) latest WHERE place = 1 ORDER BY customer, id;

-- name: refusals_after
SELECT customer, status, basis, at, notice_version, source, proof FROM consents
WHERE purpose = $1 AND channel = $2 AND at > $3 AND status <> 'granted' ORDER BY customer, at;

-- name: add_consents
INSERT INTO consents (id, customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)/*end*/
ON CONFLICT (customer, purpose, channel, at, status, source, proof) DO NOTHING;
