-- Receipts of consent, append-only. Marketing is asked for channel by channel; every other purpose is about the person.
-- Of two receipts of the same instant the one that refuses counts, then the one that came later.

-- name: consent_history
SELECT customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at
FROM consents WHERE customer = $1 ORDER BY at, CASE status WHEN 'granted' THEN 0 ELSE 1 END, id;

-- name: consent_receipts
SELECT id, customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at, recorded_at
FROM consents WHERE customer = $1 ORDER BY at, CASE status WHEN 'granted' THEN 0 ELSE 1 END, id;

-- name: consent_receipts_after
SELECT id, customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at, recorded_at
FROM consents WHERE id > $1 ORDER BY id LIMIT $2;

-- name: consent_at
SELECT customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at
FROM consents WHERE customer = $1 AND purpose = $2 AND (channel = $3 OR purpose <> 'marketing') AND at <= $4
ORDER BY at DESC, CASE status WHEN 'granted' THEN 1 ELSE 0 END, id DESC LIMIT 1;

-- name: consent_states
-- All receipts of the latest instant of each channel: which of two counts is not for the order of arrival to say.
SELECT c.customer, c.channel, c.status, c.basis, c.at, c.notice_version, c.source, c.proof FROM consents c
WHERE c.purpose = $1 AND c.at <= $2 AND c.channel IN (/*each*/$3/*end*/) AND NOT EXISTS (
    SELECT 1 FROM consents later
    WHERE later.purpose = c.purpose AND later.channel = c.channel AND later.customer = c.customer
      AND later.at > c.at AND later.at <= $2
) ORDER BY c.customer, c.id;

-- name: refusals_after
SELECT customer, channel, status, basis, at, notice_version, source, proof FROM consents
WHERE purpose = $1 AND at > $2 AND channel IN (/*each*/$3/*end*/) AND status <> 'granted' ORDER BY customer, at, id;

-- name: consent_counts
-- What everybody's receipts say at an instant.
SELECT purpose, asked, status, COUNT(*) AS customers FROM (
    SELECT purpose, asked, status,
           ROW_NUMBER() OVER (
               PARTITION BY customer, purpose, asked
               ORDER BY at DESC, CASE status WHEN 'granted' THEN 1 ELSE 0 END, id DESC
           ) AS place
    FROM (
        SELECT id, customer, purpose, CASE purpose WHEN 'marketing' THEN channel ELSE '' END AS asked, status, at
        FROM consents WHERE at <= $1
    ) each_asked
) latest WHERE place = 1 GROUP BY purpose, asked, status ORDER BY purpose, asked, status;

-- name: consent_grounds
-- Which lawful basis is relied on for what: of each customer the latest receipt of a purpose, when it grants.
SELECT purpose, basis, CAST(COUNT(*) AS BIGINT) AS customers FROM (
    SELECT purpose, basis, status, ROW_NUMBER() OVER (
        PARTITION BY customer, purpose ORDER BY at DESC, CASE status WHEN 'granted' THEN 1 ELSE 0 END, id DESC
    ) AS place
    FROM consents WHERE at <= $1
) latest WHERE place = 1 AND status = 'granted' GROUP BY purpose, basis ORDER BY purpose, basis;

-- name: consent_days
-- Receipts by day (days since 1970) and status.
SELECT at / 86400000000 AS day, status, COUNT(*) AS receipts
FROM consents WHERE at >= $1 AND at <= $2 GROUP BY at / 86400000000, status ORDER BY day, status;

-- name: add_consents
INSERT INTO consents (id, customer, purpose, channel, status, basis, notice_version, notice_hash, language, source, proof, at, recorded_at)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)/*end*/
ON CONFLICT (customer, purpose, channel, at, status, source, proof) DO NOTHING
RETURNING id;

-- name: consent_customers_after
SELECT DISTINCT customer FROM consents WHERE customer > $1 ORDER BY customer LIMIT $2;

-- name: use_mark
-- What tells whether anything was said about uses of data, or decided about models, since. Suppressions are few, restrictions fewer.
SELECT (SELECT value FROM counters WHERE name = 'consents') AS receipts,
    (SELECT value FROM counters WHERE name = 'model_moves') AS model_moves,
    (SELECT value FROM counters WHERE name = 'ai_switch') AS ai_switch,
    CAST((SELECT COUNT(*) FROM customers WHERE restricted = 1) AS BIGINT) AS restricted,
    CAST((SELECT COUNT(*) FROM suppressions WHERE reason = 'objection') AS BIGINT) AS objections,
    CAST((SELECT COUNT(*) FROM tombstones) AS BIGINT) AS erased;

-- name: refused_since
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM consents
WHERE id > $1 AND purpose IN ('profiling', 'measurement') AND status <> 'granted';

-- name: consents_said
SELECT customer, purpose, channel, status, at FROM consents WHERE customer IN (/*each*/$1/*end*/);
