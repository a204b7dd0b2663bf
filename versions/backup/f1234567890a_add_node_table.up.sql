-- Add node table
--
-- revision: f1234567890a
-- down_revision: 1a31ce608336
-- created: 2025-08-11T09:30:12Z

-- revgraph: only postgres
CREATE TABLE node (
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    ip VARCHAR(45) NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    status VARCHAR(20) NOT NULL DEFAULT 'offline',
    CONSTRAINT node_pkey PRIMARY KEY (id)
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE node (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    ip VARCHAR(45) NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    status VARCHAR(20) NOT NULL DEFAULT 'offline',
    CONSTRAINT node_pkey PRIMARY KEY (id)
);
-- revgraph: end
