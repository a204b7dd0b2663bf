-- create visit
--
-- revision: 8e24d6b1c0fa
-- down_revision: 3f1c9a0b7d52
-- created: 2026-11-05T16:20:00Z

CREATE TABLE visit (
    id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    visited_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
