-- Nodes keep the owner that they were given.

-- revgraph: only postgres
ALTER TABLE node ALTER COLUMN owner_id DROP NOT NULL;
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
INSERT INTO new_node (id, name, ip, description, tags, status, last_heartbeat, owner_id, created_at, updated_at)
    SELECT id, name, ip, description, tags, status, last_heartbeat, owner_id, created_at, updated_at FROM node;
DROP TABLE node;
ALTER TABLE new_node RENAME TO node;
CREATE INDEX ix_node_owner_id ON node (owner_id);
-- revgraph: end
