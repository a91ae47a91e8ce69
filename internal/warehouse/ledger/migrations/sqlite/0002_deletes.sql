-- +goose Up

-- How many rows a run marked as deleted, or deleted.
ALTER TABLE ingestion_sync_history ADD COLUMN records_deleted INTEGER;

-- About how many rows the stream's table has that are not missing: exact after
-- a full run over a table that was not empty, counted on from there.
ALTER TABLE warren_stream ADD COLUMN row_count INTEGER NOT NULL DEFAULT 0;

-- The records that an unfinished full walk has shown, so that the rows that it
-- did not show can be found when it ends: eight bytes of the SHA-256 of each
-- primary key, one row a batch. It is empty when no walk is under way.
CREATE TABLE warren_seen (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    walk INTEGER NOT NULL, -- the run that began it
    part INTEGER NOT NULL, -- the number of the batch
    ids BLOB NOT NULL,
    PRIMARY KEY (source, stream, walk, part)
) STRICT;
