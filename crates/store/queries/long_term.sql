-- What campaigns did to the long term, and who overruled a veto.

-- name: put_judgement
INSERT INTO long_term_judgements (id, campaign, kind, verdict, found, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: decided_of_kind
-- The last word about campaigns of a kind: what is unclear neither makes a veto nor lifts one.
SELECT j.id, j.campaign, j.verdict, j.found, j.at, c.name FROM long_term_judgements j JOIN campaigns c ON c.id = j.campaign
WHERE j.kind = $1 AND j.verdict <> 'unclear' ORDER BY j.id DESC LIMIT 1;

-- name: put_override
INSERT INTO long_term_overrides (id, judgement, campaign, content, person, why, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: override_of
SELECT o.why, o.at, o.campaign, p.name AS person FROM long_term_overrides o JOIN people p ON p.id = o.person
WHERE o.judgement = $1 AND o.campaign = $2 AND o.content = $3 ORDER BY o.id DESC LIMIT 1;

-- name: overrides_between
SELECT o.why, o.at, o.campaign, p.name AS person FROM long_term_overrides o JOIN people p ON p.id = o.person
WHERE o.at >= $1 AND o.at < $2 ORDER BY o.id;
