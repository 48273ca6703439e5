-- The queue of background jobs.

-- name: jobs
SELECT id, kind, state, payload, run_at, attempts, max_attempts, fence, error, created_at FROM jobs
ORDER BY id DESC LIMIT $1;

-- name: open_jobs
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM jobs WHERE state IN ('queued', 'running');

-- name: enqueue_job
INSERT INTO jobs (id, kind, state, payload, dedup, run_at, attempts, max_attempts, fence, created_at)
VALUES ($1, $2, 'queued', $3, $4, $5, 0, $6, 0, $7)
ON CONFLICT DO NOTHING;

-- name: give_up_jobs
UPDATE jobs SET state = 'failed', error = 'the worker ended during the last attempt', finished_at = $1, lease_until = NULL
WHERE state = 'running' AND lease_until <= $1 AND attempts >= max_attempts;

-- name: claim_jobs
UPDATE jobs SET state = 'running', worker = $1, fence = $2, lease_until = $3, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM jobs
    WHERE (state = 'queued' AND run_at <= $4) OR (state = 'running' AND lease_until <= $4)
    ORDER BY run_at, id LIMIT $5
)
RETURNING id, kind, state, payload, run_at, attempts, max_attempts, fence, error, created_at;

-- name: complete_job
UPDATE jobs SET state = 'done', finished_at = $3, lease_until = NULL WHERE id = $1 AND fence = $2 AND state = 'running';

-- name: held_job
SELECT attempts, max_attempts FROM jobs WHERE id = $1 AND fence = $2 AND state = 'running';

-- name: fail_job
-- The key is given up with the first attempt, so that a job that is tried again never stands in the way of a new one.
UPDATE jobs SET state = $3, error = $4, run_at = $5, lease_until = NULL, dedup = NULL,
    finished_at = CASE WHEN $3 = 'failed' THEN $6 ELSE NULL END
WHERE id = $1 AND fence = $2 AND state = 'running';

-- name: extend_job
UPDATE jobs SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'running';

-- name: recover_jobs_of
UPDATE jobs SET lease_until = 0 WHERE state = 'running' AND worker = $1;
