-- Customers' contact records.

-- name: customer
SELECT key, email, first_name, locale, country, time_zone, known_since, restricted FROM customers WHERE key = $1;

-- name: customers
SELECT key, email, first_name, locale, country, time_zone, known_since, restricted FROM customers
WHERE key IN (/*each*/$1/*end*/);

-- name: customers_after
SELECT key, email, first_name, locale, country, time_zone, known_since, restricted FROM customers
WHERE key > $1 ORDER BY key LIMIT $2;

-- name: search_customers
SELECT key, email, first_name, locale, country, time_zone, known_since, restricted FROM customers
WHERE LOWER(key) LIKE $1 ESCAPE '!' OR email_key LIKE $1 ESCAPE '!' OR name_key LIKE $2 ESCAPE '!'
ORDER BY key LIMIT $3 OFFSET $4;

-- name: customers_by_email
SELECT key, email, first_name, locale, country, time_zone, known_since, restricted FROM customers
WHERE email_key = $1 ORDER BY key;

-- name: count_customers
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM customers;

-- name: put_customers
INSERT INTO customers (key, email, email_key, first_name, name_key, locale, country, time_zone, known_since, restricted)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)/*end*/
ON CONFLICT (key) DO UPDATE SET
    email = COALESCE(excluded.email, customers.email),
    email_key = COALESCE(excluded.email_key, customers.email_key),
    first_name = COALESCE(excluded.first_name, customers.first_name),
    name_key = COALESCE(excluded.name_key, customers.name_key),
    locale = CASE WHEN excluded.locale = '' THEN customers.locale ELSE excluded.locale END,
    country = COALESCE(excluded.country, customers.country),
    time_zone = COALESCE(excluded.time_zone, customers.time_zone),
    known_since = CASE WHEN excluded.known_since < customers.known_since THEN excluded.known_since ELSE customers.known_since END,
    restricted = CASE WHEN excluded.restricted = 1 THEN 1 ELSE customers.restricted END;

-- name: set_restricted
UPDATE customers SET restricted = $2 WHERE key = $1;

-- name: lift_restriction
-- A key that was joined into another one stays shut: what was refused since stands under the key that counts.
UPDATE customers SET restricted = 0 WHERE key = $1
    AND NOT EXISTS (SELECT 1 FROM identities WHERE kind = 'merged' AND alias = $1);

-- name: rectify_customer
-- What a person says of themselves replaces what there was, an empty value included.
UPDATE customers SET email = $2, email_key = $3, first_name = $4, name_key = $5, locale = $6, country = $7, time_zone = $8
WHERE key = $1;
