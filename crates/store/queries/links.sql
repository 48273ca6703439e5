-- Links to a customer's own pages, by the hash of their token.

-- name: customer_link
SELECT kind, customer, request, made_at, expires_at, used_at, revoked_at, erased_at FROM customer_links WHERE token_hash = $1;

-- name: links_of_customer
SELECT kind, customer, request, made_at, expires_at, used_at, revoked_at, erased_at FROM customer_links
WHERE customer = $1 ORDER BY made_at, token_hash;

-- name: add_customer_link
INSERT INTO customer_links (token_hash, kind, customer, request, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: use_customer_link
UPDATE customer_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL AND erased_at IS NULL;

-- name: revoke_customer_links
UPDATE customer_links SET revoked_at = $2 WHERE customer = $1 AND revoked_at IS NULL;

-- name: mark_erased_links
UPDATE customer_links SET erased_at = $2 WHERE customer = $1 AND erased_at IS NULL;

-- name: mark_erased_messages
INSERT INTO erased_messages (message, erased_at) SELECT id, $2 FROM deliveries WHERE customer = $1
ON CONFLICT (message) DO NOTHING;

-- name: erased_message
SELECT erased_at FROM erased_messages WHERE message = $1;
