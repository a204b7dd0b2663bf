-- Add issue table
--
-- revision: c1234567890d
-- down_revision: b1234567890c
-- created: 2025-09-09T03:18:37Z

-- revgraph: only postgres
CREATE TABLE issue (
    id UUID NOT NULL,
    title VARCHAR(255) NOT NULL,
    description TEXT,
    repository_url VARCHAR(500),
    issue_number INTEGER,
    status VARCHAR(20) NOT NULL DEFAULT 'pending',
    priority INTEGER NOT NULL DEFAULT 0,
    assigned_node_id UUID,
    owner_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    error_message TEXT,
    result_branch VARCHAR(255),
    CONSTRAINT issue_pkey PRIMARY KEY (id),
    CONSTRAINT issue_assigned_node_id_fkey FOREIGN KEY (assigned_node_id) REFERENCES node (id) ON DELETE SET NULL,
    CONSTRAINT issue_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE issue (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description TEXT,
    repository_url VARCHAR(500),
    issue_number INTEGER,
    status VARCHAR(20) NOT NULL DEFAULT 'pending',
    priority INTEGER NOT NULL DEFAULT 0,
    assigned_node_id CHAR(32),
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    started_at DATETIME,
    completed_at DATETIME,
    error_message TEXT,
    result_branch VARCHAR(255),
    CONSTRAINT issue_pkey PRIMARY KEY (id),
    CONSTRAINT issue_assigned_node_id_fkey FOREIGN KEY (assigned_node_id) REFERENCES node (id) ON DELETE SET NULL,
    CONSTRAINT issue_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
-- revgraph: end

CREATE INDEX ix_issue_assigned_node_id ON issue (assigned_node_id);
CREATE INDEX ix_issue_owner_id ON issue (owner_id);
CREATE INDEX ix_issue_status ON issue (status);
