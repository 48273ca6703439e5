-- Service mails: the durable record of each attempt, and the counts that limits need.

-- name: service_counts
SELECT COUNT(CASE WHEN address_hash = $1 AND unproved = 1 THEN 1 END) AS address,
       COUNT(CASE WHEN address_hash = $1 THEN 1 END) AS any_kind,
       COUNT(CASE WHEN domain_hash = $2 AND unproved = 1 AND at > $5 THEN 1 END) AS domain,
       COUNT(CASE WHEN source_hash = $3 AND unproved = 1 AND at > $5 THEN 1 END) AS source
FROM service_mails WHERE at > $4 AND (address_hash = $1 OR domain_hash = $2 OR source_hash = $3);

-- name: begin_service_mail
INSERT INTO service_mails (id, kind, state, customer, address_hash, domain_hash, source_hash, unproved, reference, at)
VALUES ($1, $2, 'attempting', $3, $4, $5, $6, $7, $8, $9);

-- name: end_service_mail
UPDATE service_mails SET state = $2, detail = $3, finished_at = $4 WHERE id = $1 AND state = 'attempting';

-- name: service_mails_of
SELECT id, kind, state, reference, at, finished_at FROM service_mails WHERE customer = $1 OR address_hash = $2 ORDER BY id;

-- name: delete_service_mails_of
DELETE FROM service_mails WHERE customer = $1 OR address_hash = $2;
