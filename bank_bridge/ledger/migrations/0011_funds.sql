-- Funds (bank-services 2.4): what is on sale, whom it suits, orders, and what is held.

CREATE TABLE funds (
    fund TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    risk INTEGER NOT NULL CHECK (risk BETWEEN 1 AND 5),
    least INTEGER NOT NULL CHECK (least > 0),
    maker TEXT NOT NULL,
    checker TEXT CHECK (checker <> maker)   -- on sale once there is one
) STRICT;

CREATE TABLE fund_navs (
    fund TEXT NOT NULL REFERENCES funds,
    day TEXT NOT NULL,
    nav INTEGER NOT NULL CHECK (nav > 0),   -- ten-thousandths of a yuan for a share
    PRIMARY KEY (fund, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE risk_profiles (
    customer TEXT NOT NULL REFERENCES customers,
    assessed_at INTEGER NOT NULL,
    assessed_on TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    answers TEXT NOT NULL,
    PRIMARY KEY (customer, assessed_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE fund_orders (
    order_id TEXT PRIMARY KEY REFERENCES instructions,
    customer TEXT NOT NULL REFERENCES customers,
    fund TEXT NOT NULL REFERENCES funds,
    account_id INTEGER NOT NULL REFERENCES accounts,    -- pays, or is paid into
    side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    shares INTEGER NOT NULL CHECK (shares >= 0),        -- hundredths of a share
    trade_day TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('QUOTED', 'PLACED', 'CONFIRMED', 'CANCELLED'))
) STRICT;
CREATE INDEX fund_orders_waiting ON fund_orders (fund, trade_day) WHERE state = 'PLACED';
CREATE INDEX fund_orders_of_customer ON fund_orders (customer, trade_day);

CREATE TABLE fund_holdings (
    customer TEXT NOT NULL REFERENCES customers,
    fund TEXT NOT NULL REFERENCES funds,
    shares INTEGER NOT NULL CHECK (shares >= 0),
    PRIMARY KEY (customer, fund)
) STRICT, WITHOUT ROWID;
