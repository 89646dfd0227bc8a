-- Seconds a mood lasted; NULL while it does, or where a power cut kept that from being known.
ALTER TABLE predictions ADD COLUMN lasted REAL;

-- Predictions that somebody called right.
CREATE TABLE confirmations (
    number INTEGER PRIMARY KEY,
    at REAL,
    monotonic REAL NOT NULL,
    boot TEXT NOT NULL,
    prediction TEXT NOT NULL UNIQUE,
    mood TEXT NOT NULL,
    profile TEXT NOT NULL
);
CREATE INDEX confirmations_at ON confirmations (at);

-- Until when the mood leaves the music alone, for a box that starts again meanwhile.
CREATE TABLE hands_off (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    json BLOB NOT NULL
);

-- What was one switch is two: whether the box plays, and whether the mood chooses.
UPDATE preferences SET json = CAST(json_set(
    CAST(json AS TEXT),
    '$.mood_drives', json(iif(json_extract(CAST(json AS TEXT), '$.music') = 0, 'false', 'true')),
    '$.music', json('true')
) AS BLOB);

-- Undone by:
UPDATE preferences SET json = CAST(json_remove(json_set(
    CAST(json AS TEXT),
    '$.music', json(iif(
        json_extract(CAST(json AS TEXT), '$.music') = 0
        OR json_extract(CAST(json AS TEXT), '$.mood_drives') = 0, 'false', 'true'))
), '$.mood_drives') AS BLOB);
DROP TABLE hands_off;
DROP TABLE confirmations;
ALTER TABLE predictions DROP COLUMN lasted;
