-- Who lets a model act is certified. Letting the version before act again needs no certificate: it stops something.
-- The rule is a trigger, because a certificate ends by itself.

CREATE INDEX model_moves_person ON model_moves (person, at);
