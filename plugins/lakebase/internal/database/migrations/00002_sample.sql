-- +goose Up

-- What was put there as sample data, so that it can be taken away again and nothing of the user's own with it. Of preferences
-- these are the keys and values that were set, of the others the name that the sample has for the row. An edited row is the user's own.

ALTER TABLE corbel.user_preferences ADD COLUMN sample jsonb CHECK (jsonb_typeof(sample) = 'object');
ALTER TABLE corbel.saved_queries ADD COLUMN sample text CHECK (sample <> '');
ALTER TABLE corbel.notes ADD COLUMN sample text CHECK (sample <> '');
CREATE UNIQUE INDEX saved_queries_sample ON corbel.saved_queries (user_id, sample);
CREATE UNIQUE INDEX notes_sample ON corbel.notes (user_id, sample);

-- +goose Down
ALTER TABLE corbel.notes DROP COLUMN sample;
ALTER TABLE corbel.saved_queries DROP COLUMN sample;
ALTER TABLE corbel.user_preferences DROP COLUMN sample;
