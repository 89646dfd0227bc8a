-- Songs that were heard, whoever chose them; `cover` and `link` are addresses.
CREATE TABLE heard (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at REAL,
    monotonic REAL NOT NULL,
    boot TEXT NOT NULL,
    uri TEXT NOT NULL,
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    album TEXT NOT NULL,
    cover TEXT NOT NULL,
    link TEXT NOT NULL,
    context TEXT NOT NULL,
    mood TEXT NOT NULL,
    profile TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    listened REAL NOT NULL DEFAULT 0
);
CREATE INDEX heard_at ON heard (at);
CREATE INDEX heard_uri ON heard (uri);

-- Undone by:
DROP TABLE heard;
