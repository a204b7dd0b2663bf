-- Add timestamps to item
--
-- revision: 2b2a406df71b
-- down_revision: 0a0ed29996b1
-- created: 2025-10-30T05:31:02Z

-- Items that are already there are dated now. SQLite cannot add a column whose
-- default is CURRENT_TIMESTAMP to a table with rows.

-- revgraph: only postgres
ALTER TABLE item
    ADD COLUMN created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_item (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT item_pkey PRIMARY KEY (id),
    CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
INSERT INTO new_item (id, title, description, owner_id)
    SELECT id, title, description, owner_id FROM item;
DROP TABLE item;
ALTER TABLE new_item RENAME TO item;
-- revgraph: end
