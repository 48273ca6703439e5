-- Customers' preferences.

-- name: preferences
SELECT customer, personalisation, max_per_month, topics, language FROM preferences WHERE customer = $1;

-- name: all_preferences
SELECT customer, personalisation, max_per_month, topics, language FROM preferences ORDER BY customer;

-- name: set_preferences
INSERT INTO preferences (customer, personalisation, max_per_month, topics, language, changed_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (customer) DO UPDATE SET personalisation = excluded.personalisation,
    max_per_month = excluded.max_per_month, topics = excluded.topics, language = excluded.language,
    changed_at = excluded.changed_at;
