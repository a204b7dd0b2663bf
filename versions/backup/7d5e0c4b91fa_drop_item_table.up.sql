-- Drop item table
--
-- revision: 7d5e0c4b91fa
-- down_revision: 19be435a02b1
-- created: 2025-11-20T13:46:05Z

-- The example table of the template that the project grew from. Its rows are
-- deleted with it.
DROP TABLE item;
