-- Bills (bank-services 2.6): who collects what, what is owed, what was paid, what was agreed.

CREATE TABLE billers (
    biller TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    documents TEXT NOT NULL,            -- JSON
    maker TEXT NOT NULL,
    checker TEXT CHECK (checker <> maker)   -- none: not admitted yet
) STRICT;

CREATE TABLE bill_items (
    item TEXT PRIMARY KEY,
    biller TEXT NOT NULL REFERENCES billers,
    name TEXT NOT NULL,
    category INTEGER NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('bill', 'instant')),
    part_allowed INTEGER NOT NULL CHECK (part_allowed IN (0, 1)),
    number_pattern TEXT NOT NULL,
    maker TEXT NOT NULL,
    checker TEXT CHECK (checker <> maker)
) STRICT;

CREATE TABLE bills (
    bill_id TEXT PRIMARY KEY,
    item TEXT NOT NULL REFERENCES bill_items,
    number TEXT NOT NULL,
    period TEXT NOT NULL,
    owner TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    paid INTEGER NOT NULL DEFAULT 0 CHECK (paid BETWEEN 0 AND amount),
    due TEXT NOT NULL,
    UNIQUE (item, number, period)
) STRICT;
CREATE INDEX bills_open_by_due ON bills (due) WHERE paid < amount;

CREATE TABLE bill_orders (
    instruction_id TEXT PRIMARY KEY REFERENCES instructions,
    item TEXT NOT NULL REFERENCES bill_items,
    number TEXT NOT NULL,
    bill_id TEXT REFERENCES bills,      -- none for an instant item
    channel TEXT NOT NULL
) STRICT;

CREATE TABLE bill_payments (
    place INTEGER PRIMARY KEY,          -- the order in which the biller hears of them
    instruction_id TEXT NOT NULL UNIQUE REFERENCES instructions,
    reference TEXT NOT NULL UNIQUE,
    biller TEXT NOT NULL REFERENCES billers,
    item TEXT NOT NULL,
    number TEXT NOT NULL,
    bill_id TEXT REFERENCES bills,
    amount INTEGER NOT NULL CHECK (amount > 0),
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('PAID', 'NOTIFIED', 'RECONCILED', 'REFUNDED')),
    business_date TEXT NOT NULL,
    paid_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_notice_at INTEGER NOT NULL
) STRICT;
CREATE INDEX bill_payments_to_tell ON bill_payments (next_notice_at) WHERE state = 'PAID';
CREATE INDEX bill_payments_of_number ON bill_payments (item, number, place);
CREATE INDEX bill_payments_of_day ON bill_payments (biller, business_date);

CREATE TABLE saved_bills (
    customer TEXT NOT NULL REFERENCES customers,
    item TEXT NOT NULL REFERENCES bill_items,
    number TEXT NOT NULL,
    paid_at INTEGER NOT NULL,
    remind INTEGER NOT NULL DEFAULT 0 CHECK (remind IN (0, 1)),
    PRIMARY KEY (customer, item, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE debit_agreements (
    agreement TEXT PRIMARY KEY REFERENCES instructions,     -- the instruction that was proven
    customer TEXT NOT NULL REFERENCES customers,
    item TEXT NOT NULL REFERENCES bill_items,
    number TEXT NOT NULL,
    payer_account INTEGER NOT NULL REFERENCES accounts,
    cap INTEGER NOT NULL CHECK (cap > 0),
    day INTEGER NOT NULL CHECK (day BETWEEN 0 AND 28),
    state TEXT NOT NULL CHECK (state IN ('SIGNING', 'ACTIVE', 'CLOSED'))
) STRICT;
CREATE UNIQUE INDEX debit_agreements_active ON debit_agreements (customer, item, number)
    WHERE state = 'ACTIVE';

-- What was done about one bill (or one month) for one agreement or reminder.
CREATE TABLE bill_duties (
    customer TEXT NOT NULL,
    item TEXT NOT NULL,
    number TEXT NOT NULL,
    period TEXT NOT NULL,
    noticed_on TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    last_day TEXT NOT NULL DEFAULT '',
    ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),
    PRIMARY KEY (customer, item, number, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE biller_days (
    biller TEXT NOT NULL REFERENCES billers,
    business_date TEXT NOT NULL,
    report TEXT NOT NULL,               -- JSON of what was settled and what became a case
    PRIMARY KEY (biller, business_date)
) STRICT, WITHOUT ROWID;
