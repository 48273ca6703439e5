-- Receipts of consent, append-only.

-- name: consent_history
SELECT customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at
FROM consents WHERE customer = $1 ORDER BY at, id;

-- name: consent_at
SELECT customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at
FROM consents WHERE customer = $1 AND purpose = $2 AND channel = $3 AND at <= $4
ORDER BY at DESC, id DESC LIMIT 1;

-- name: consent_states
SELECT customer, status, basis, at, notice_version, source, proof FROM (
    SELECT customer, status, basis, at, notice_version, source, proof,
           ROW_NUMBER() OVER (PARTITION BY customer ORDER BY at DESC, id DESC) AS place
    FROM consents WHERE purpose = $1 AND channel = $2 AND at <= $3
) latest WHERE place = 1 ORDER BY customer;

-- name: add_consents
INSERT INTO consents (id, customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)/*end*/
ON CONFLICT (customer, purpose, channel, at, status, source, proof) DO NOTHING;
