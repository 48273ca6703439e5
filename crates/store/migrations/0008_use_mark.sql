-- What is asked before each use of what was computed about people: few rows, found without reading everybody's.

CREATE INDEX customers_restricted ON customers (key) WHERE restricted = 1;
CREATE INDEX suppressions_objections ON suppressions (address_hash) WHERE reason = 'objection';
