-- The owner's lists of songs (playlists, liked, top) as they were read last; `at` is wall time.

CREATE TABLE shelves (
    source TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    at REAL NOT NULL,
    problem TEXT NOT NULL
);

CREATE TABLE songs (
    source TEXT NOT NULL REFERENCES shelves (source),
    place INTEGER NOT NULL,
    uri TEXT NOT NULL,
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    album TEXT NOT NULL,
    cover TEXT NOT NULL,
    link TEXT NOT NULL,
    isrc TEXT NOT NULL,
    duration REAL NOT NULL,
    PRIMARY KEY (source, place)
) WITHOUT ROWID;

-- What ReccoBeats says of a song, kept for ever; NULL where it knows nothing of it.
CREATE TABLE features (
    uri TEXT PRIMARY KEY,
    json BLOB
);

-- Undone by:
DROP TABLE songs;
DROP TABLE shelves;
DROP TABLE features;
