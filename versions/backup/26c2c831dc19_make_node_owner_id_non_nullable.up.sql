-- Make node owner_id non-nullable
--
-- revision: 26c2c831dc19
-- down_revision: 1ee55d360fcb
-- created: 2025-10-23T02:37:44Z

-- A node without an owner goes to a superuser, the first by email. Where there
-- is none to take it, NOT NULL fails below and the revision is not applied: no
-- node is deleted, or handed to an ordinary user.
UPDATE node
    SET owner_id = (SELECT id FROM "user" WHERE is_superuser ORDER BY email LIMIT 1)
    WHERE owner_id IS NULL;

-- revgraph: only postgres
ALTER TABLE node ALTER COLUMN owner_id SET NOT NULL;
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_node (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    ip VARCHAR(45) NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    status VARCHAR(20) NOT NULL DEFAULT 'offline',
    last_heartbeat DATETIME,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT node_pkey PRIMARY KEY (id),
    CONSTRAINT node_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
INSERT INTO new_node (id, name, ip, description, tags, status, last_heartbeat, owner_id, created_at, updated_at)
    SELECT id, name, ip, description, tags, status, last_heartbeat, owner_id, created_at, updated_at FROM node;
DROP TABLE node;
ALTER TABLE new_node RENAME TO node;
CREATE INDEX ix_node_owner_id ON node (owner_id);
-- revgraph: end
