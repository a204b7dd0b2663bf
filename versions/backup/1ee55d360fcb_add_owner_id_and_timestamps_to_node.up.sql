-- Add owner_id and timestamps to node
--
-- revision: 1ee55d360fcb
-- down_revision: g1234567890e
-- created: 2025-10-22T08:15:29Z

-- A node that is already there has no owner yet, and is dated now.

-- revgraph: only postgres
ALTER TABLE node
    ADD COLUMN owner_id UUID,
    ADD COLUMN created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD CONSTRAINT node_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE;
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
    owner_id CHAR(32),
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT node_pkey PRIMARY KEY (id),
    CONSTRAINT node_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
INSERT INTO new_node (id, name, ip, description, tags, status, last_heartbeat)
    SELECT id, name, ip, description, tags, status, last_heartbeat FROM node;
DROP TABLE node;
ALTER TABLE new_node RENAME TO node;
-- revgraph: end

CREATE INDEX ix_node_owner_id ON node (owner_id);
