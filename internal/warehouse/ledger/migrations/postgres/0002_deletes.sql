-- +goose Up

-- How many rows a run marked as deleted, or deleted. Where the history is a
-- view on the old system's table, the column goes into that table, and the
-- view is made anew with it.
-- +goose StatementBegin
DO $$
DECLARE
    history regclass := to_regclass('ingestion_sync_history');
    other regclass := COALESCE(to_regclass('sync_history'), to_regclass('orchestration.sync_history'));
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = history) = 'v' THEN
        EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS records_deleted bigint', other);
        EXECUTE format('CREATE OR REPLACE VIEW ingestion_sync_history AS SELECT * FROM %s', other);
    ELSE
        EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS records_deleted bigint', history);
    END IF;
END $$;
-- +goose StatementEnd

-- About how many rows the stream's table has that are not missing: exact after
-- a full run over a table that was not empty, counted on from there.
ALTER TABLE warren_stream ADD COLUMN row_count bigint NOT NULL DEFAULT 0;

-- The records that an unfinished full walk has shown, so that the rows that it
-- did not show can be found when it ends: eight bytes of the SHA-256 of each
-- primary key, one row a batch. It is empty when no walk is under way.
CREATE TABLE warren_seen (
    source text NOT NULL,
    stream text NOT NULL,
    walk bigint NOT NULL, -- the run that began it
    part bigint NOT NULL, -- the number of the batch
    ids bytea NOT NULL,
    PRIMARY KEY (source, stream, walk, part)
);
