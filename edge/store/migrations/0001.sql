-- Times are wall-clock seconds, or NULL while the clock was not known to be set; `monotonic` and
-- `boot` let the same boot fill them in later.

CREATE TABLE preferences (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    json BLOB NOT NULL
);

CREATE TABLE predictions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at REAL,
    monotonic REAL NOT NULL,
    boot TEXT NOT NULL,
    mood TEXT NOT NULL,
    confidence REAL NOT NULL,
    probabilities TEXT NOT NULL,
    model TEXT NOT NULL,
    profile TEXT NOT NULL
);
CREATE INDEX predictions_at ON predictions (at);

CREATE TABLE plays (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at REAL,
    monotonic REAL NOT NULL,
    boot TEXT NOT NULL,
    uri TEXT NOT NULL,
    why TEXT NOT NULL,
    mood TEXT NOT NULL,
    prediction TEXT NOT NULL,
    profile TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    listened REAL NOT NULL DEFAULT 0
);
CREATE INDEX plays_at ON plays (at);

CREATE TABLE corrections (
    number INTEGER PRIMARY KEY,
    at REAL,
    monotonic REAL NOT NULL,
    boot TEXT NOT NULL,
    prediction TEXT NOT NULL,
    mood TEXT NOT NULL,
    profile TEXT NOT NULL
);
CREATE INDEX corrections_at ON corrections (at);

CREATE TABLE taste (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    json BLOB NOT NULL
);

CREATE TABLE tokens (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    at REAL NOT NULL
);
