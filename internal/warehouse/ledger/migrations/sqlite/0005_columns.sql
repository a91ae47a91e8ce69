-- +goose Up

-- The columns that the stream's table had a value in, as JSON, and how often it had lost
-- some of them: a part of the rows' fingerprints, so that all are written anew when what
-- was lost is added again.
ALTER TABLE warren_stream ADD COLUMN table_columns TEXT;
ALTER TABLE warren_stream ADD COLUMN columns_lost INTEGER NOT NULL DEFAULT 0;
