-- create note
--
-- revision: 5c20e8f1a9b3
-- down_revision:
-- created: 2026-11-02T09:00:00Z

CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
