-- Add cascade delete relationships
--
-- revision: 1a31ce608336
-- down_revision: d98dd8ec85a3
-- created: 2024-07-31T22:24:34Z

-- revgraph: only postgres
ALTER TABLE item
    DROP CONSTRAINT item_owner_id_fkey,
    ADD CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE;
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_item (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    owner_id CHAR(32) NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (id),
    CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
INSERT INTO new_item (id, title, description, owner_id)
    SELECT id, title, description, owner_id FROM item;
DROP TABLE item;
ALTER TABLE new_item RENAME TO item;
-- revgraph: end
