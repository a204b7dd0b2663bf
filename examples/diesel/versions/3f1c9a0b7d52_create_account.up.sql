-- create account
--
-- revision: 3f1c9a0b7d52
-- down_revision:
-- created: 2026-11-02T09:00:00Z

CREATE TABLE account (
    id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
