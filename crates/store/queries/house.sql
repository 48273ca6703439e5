-- The rules a brand makes for itself.

-- name: rules
-- How every rule stands, retired ones too.
SELECT h.rule, h.version, h.at, p.name AS person, h.retired, h.body FROM house_rules h JOIN people p ON p.id = h.person
WHERE h.version = (SELECT MAX(o.version) FROM house_rules o WHERE o.rule = h.rule) ORDER BY h.rule;

-- name: versions
SELECT h.rule, h.version, h.at, p.name AS person, h.retired, h.body FROM house_rules h JOIN people p ON p.id = h.person
WHERE h.rule = $1 ORDER BY h.version;

-- name: add_rule
INSERT INTO house_rules (rule, version, at, person, retired, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (rule, version) DO NOTHING;

-- name: raises
-- Built-in rules that are more severe now.
SELECT h.rule, h.severity, h.why, h.at, p.name AS person FROM house_severities h JOIN people p ON p.id = h.person
WHERE h.severity <> '' AND h.version = (SELECT MAX(o.version) FROM house_severities o WHERE o.rule = h.rule) ORDER BY h.rule;

-- name: add_severity
INSERT INTO house_severities (rule, version, at, person, severity, why)
SELECT $1, (SELECT COALESCE(MAX(o.version), 0) + 1 FROM house_severities o WHERE o.rule = $1), $2, $3, $4, $5;

-- name: overrides
-- Every override there was; `ended` is when it was ended early.
SELECT o.id, o.rule, o.why, o.role, o.at, o.until, p.name AS person, e.at AS ended, q.name AS ended_by
FROM house_overrides o JOIN people p ON p.id = o.person
LEFT JOIN house_override_ends e ON e.override = o.id LEFT JOIN people q ON q.id = e.person ORDER BY o.id DESC;

-- name: add_override
-- The role is the one the person has, and their certificate has to hold.
INSERT INTO house_overrides (id, rule, why, person, role, at, until)
SELECT $1, $2, $3, p.id, p.role, $5, $6 FROM people p WHERE p.id = $4
  AND EXISTS (SELECT 1 FROM certificates c WHERE c.person = p.id AND c.issued_at <= $5 AND $5 < c.valid_until);

-- name: end_override
INSERT INTO house_override_ends (override, at, person) SELECT o.id, $2, $3 FROM house_overrides o
WHERE o.id = $1 AND NOT EXISTS (SELECT 1 FROM house_override_ends e WHERE e.override = o.id);

-- name: cues
-- Thresholds of learned cues as they stand.
SELECT h.language, h.cue, h.model, h.shown_from, h.risk, h.unfair, h.fair, h.at, p.name AS person
FROM house_cues h JOIN people p ON p.id = h.person
WHERE h.shown_from IS NOT NULL
AND h.version = (SELECT MAX(o.version) FROM house_cues o WHERE o.language = h.language AND o.cue = h.cue)
ORDER BY h.language, h.cue;

-- name: add_cue
INSERT INTO house_cues (language, cue, version, at, person, model, shown_from, risk, unfair, fair)
SELECT $1, $2, (SELECT COALESCE(MAX(o.version), 0) + 1 FROM house_cues o WHERE o.language = $1 AND o.cue = $2),
$3, $4, $5, $6, $7, $8, $9;
