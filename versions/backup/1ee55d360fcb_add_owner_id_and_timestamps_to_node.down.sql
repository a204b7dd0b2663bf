-- revgraph: only postgres
DROP INDEX ix_node_owner_id;

ALTER TABLE node
    DROP CONSTRAINT node_owner_id_fkey,
    DROP COLUMN updated_at,
    DROP COLUMN created_at,
    DROP COLUMN owner_id;
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
    CONSTRAINT node_pkey PRIMARY KEY (id)
);
INSERT INTO new_node (id, name, ip, description, tags, status, last_heartbeat)
    SELECT id, name, ip, description, tags, status, last_heartbeat FROM node;
DROP TABLE node;
ALTER TABLE new_node RENAME TO node;
-- revgraph: end
