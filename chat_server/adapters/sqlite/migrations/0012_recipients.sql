-- The recipient ledger of campaigns: one row for each campaign and customer.

CREATE TABLE recipients (
  campaign TEXT NOT NULL,
  customer TEXT NOT NULL,
  variant INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (campaign, customer)
) STRICT, WITHOUT ROWID;

CREATE INDEX recipients_in_state ON recipients (campaign, state, customer);
CREATE INDEX recipients_of_customer ON recipients (customer, at_ms);
