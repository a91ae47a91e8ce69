-- +goose Up

-- What is known of a stream's fields beside what its source declares: those that the
-- account describes, those that records had and nobody describes, and those in which
-- there were values of another type.
CREATE TABLE warren_schema (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    column_name TEXT NOT NULL, -- '' for a field without a column
    type TEXT NOT NULL,
    run_id INTEGER NOT NULL, -- the run that learned of it last
    learned_at TEXT NOT NULL,
    PRIMARY KEY (source, stream, kind, name)
);

-- Records of which a source has told that they changed, and that are still to be read
-- again; told goes up each time that one is told of.
CREATE TABLE warren_changed (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    record_id TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 1,
    told_at TEXT NOT NULL,
    PRIMARY KEY (source, stream, record_id)
);
