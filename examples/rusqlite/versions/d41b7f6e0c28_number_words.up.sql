-- number the words of a note
--
-- revision: d41b7f6e0c28
-- down_revision: 5c20e8f1a9b3
-- created: 2026-11-20T11:45:00Z

ALTER TABLE note ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
UPDATE note SET words = length(trim(text)) - length(replace(trim(text), ' ', '')) + 1;
