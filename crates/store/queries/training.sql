-- What people who work with Candor learned.

-- name: put_read
INSERT INTO training_reads (person, lesson, at) VALUES ($1, $2, $3) ON CONFLICT (person, lesson) DO NOTHING;

-- name: reads
SELECT person, lesson, at FROM training_reads ORDER BY person, at;

-- name: begin
INSERT INTO training_tests (id, person, seed, bank, origin, begun_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: tests
SELECT id, person, seed, bank, origin, begun_at, ends_at FROM training_tests WHERE person = $1 ORDER BY id;

-- name: put_result
-- Only while the test is open, and once.
INSERT INTO training_results (test, at, right_ones, asked, weakest, by_lesson, answers, passed)
SELECT t.id, $2, $3, $4, $5, $6, $7, $8 FROM training_tests t
WHERE t.id = $1 AND t.begun_at <= $2 AND $2 < t.ends_at
ON CONFLICT (test) DO NOTHING;

-- name: results
SELECT r.test, r.at, r.right_ones, r.asked, r.by_lesson, r.answers, r.passed
FROM training_results r JOIN training_tests t ON t.id = r.test WHERE t.person = $1 ORDER BY r.test;

-- name: issue
-- To the person who passed the test, from the moment it was handed in.
INSERT INTO certificates (id, test, person, issued_at, valid_until)
SELECT $1, r.test, t.person, r.at, $3 FROM training_results r JOIN training_tests t ON t.id = r.test
WHERE r.test = $2 AND r.passed = 1;

-- name: certificates
SELECT c.id, c.test, c.person, c.issued_at, c.valid_until, t.origin
FROM certificates c JOIN training_tests t ON t.id = c.test WHERE c.person = $1 ORDER BY c.id;

-- name: certificate
SELECT c.id, c.test, c.person, c.issued_at, c.valid_until, t.origin
FROM certificates c JOIN training_tests t ON t.id = c.test WHERE c.id = $1;

-- name: last_end
-- When the certificate of somebody ended that held last before a time.
SELECT MAX(valid_until) AS ended FROM certificates WHERE person = $1 AND valid_until <= $2;
