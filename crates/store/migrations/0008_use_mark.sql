-- What is asked before each use of what was computed about people: few rows, found without reading everybody's.

CREATE INDEX customers_restricted ON customers (key) WHERE restricted = 1;
CREATE INDEX suppressions_objections ON suppressions (address_hash) WHERE reason = 'objection';

-- One customer's messages in some states: with the key alone SQLite looks messages up by their state.
DROP INDEX deliveries_customer;
CREATE INDEX deliveries_customer ON deliveries (customer, state, id);
