-- +goose Up

-- About how many rows the stream's table has that are not missing: counted once,
-- and counted on from there. NULL until somebody has counted them.
ALTER TABLE warren_stream ALTER COLUMN row_count DROP NOT NULL, ALTER COLUMN row_count DROP DEFAULT;
UPDATE warren_stream SET row_count = NULL;

-- The records that were shown since a full walk began, by the runs of the walk and
-- by those between them, so that the rows that were not can be found when it ends.
-- It is emptied when a run ends and leaves no walk that is to be gone on with.
ALTER TABLE warren_seen RENAME COLUMN walk TO run_id; -- the run that was shown them, and no more the one that began the walk

-- Between the parts of a walk that is under way, the version before remembered
-- nothing: that walk goes on, and proves of no record that it is gone.
DELETE FROM warren_seen;
UPDATE warren_stream SET checkpoint = (checkpoint::jsonb - 'walk')::text WHERE checkpoint IS NOT NULL;
