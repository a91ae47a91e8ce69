-- +goose Up

-- What is known of a stream's fields beside what its source declares: those that the
-- account describes, those that records had and nobody describes, and those in which
-- there were values of another type.
CREATE TABLE warren_schema (
    source text NOT NULL,
    stream text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    column_name text NOT NULL, -- '' for a field without a column
    type text NOT NULL,
    run_id bigint NOT NULL, -- the run that learned of it last
    learned_at timestamptz NOT NULL,
    PRIMARY KEY (source, stream, kind, name)
);

-- Records of which a source has told that they changed, and that are still to be read
-- again; told goes up each time that one is told of.
CREATE TABLE warren_changed (
    source text NOT NULL,
    stream text NOT NULL,
    record_id text NOT NULL,
    told bigint NOT NULL DEFAULT 1,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (source, stream, record_id)
);
