-- Settings by key.

-- name: setting
SELECT value FROM settings WHERE key = $1;

-- name: set_setting
INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: add_setting
-- Keeps what is there: two programs that start at once agree on the first one's value.
INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING;
