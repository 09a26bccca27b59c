-- +goose Up

-- Each table belongs to its users row by row. The policies read the user whom the transaction names; without one they show
-- nothing and take nothing. FORCE makes them hold for the tables' owner, who is the app itself.
-- After a transaction the setting is '' and not NULL: hence NULLIF, and the CHECK.

CREATE TABLE corbel.user_preferences (
  user_id text PRIMARY KEY CHECK (user_id <> ''),
  preferences jsonb NOT NULL CHECK (jsonb_typeof(preferences) = 'object'),
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE corbel.saved_queries (
  user_id text NOT NULL CHECK (user_id <> ''),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  statement text NOT NULL,
  catalog text NOT NULL DEFAULT '',
  schema text NOT NULL DEFAULT '',
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, id),
  CONSTRAINT saved_queries_name UNIQUE (user_id, name)
);

CREATE TABLE corbel.query_history (
  user_id text NOT NULL CHECK (user_id <> ''),
  id bigint GENERATED ALWAYS AS IDENTITY,
  statement text NOT NULL,
  catalog text NOT NULL DEFAULT '',
  schema text NOT NULL DEFAULT '',
  status text NOT NULL CHECK (status IN ('SUCCEEDED', 'FAILED', 'CANCELED')),
  error text NOT NULL DEFAULT '',
  row_count bigint CHECK (row_count >= 0),
  duration_ms bigint CHECK (duration_ms >= 0),
  executed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, id)
);

CREATE TABLE corbel.notes (
  user_id text NOT NULL CHECK (user_id <> ''),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
  body text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, id)
);

-- +goose StatementBegin
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user_preferences', 'saved_queries', 'query_history', 'notes'] LOOP
    EXECUTE format('ALTER TABLE corbel.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE corbel.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON corbel.%I'
      ' USING (user_id = NULLIF(current_setting(''corbel.user_id'', true), ''''))'
      ' WITH CHECK (user_id = NULLIF(current_setting(''corbel.user_id'', true), ''''))', name);
  END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE corbel.notes, corbel.query_history, corbel.saved_queries, corbel.user_preferences;
