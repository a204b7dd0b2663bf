-- Add workflow log table
--
-- revision: 19be435a02b1
-- down_revision: 2b2a406df71b
-- created: 2025-11-12T11:20:33Z

-- A log belongs to its issue, and outlives the node that wrote it.

-- revgraph: only postgres
CREATE TABLE workflowlog (
    id UUID NOT NULL,
    issue_id UUID NOT NULL,
    node_id UUID,
    step_name VARCHAR(255) NOT NULL,
    status VARCHAR(20) NOT NULL,
    command TEXT,
    output TEXT,
    error_message TEXT,
    duration_ms INTEGER,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT workflowlog_pkey PRIMARY KEY (id),
    CONSTRAINT workflowlog_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
    CONSTRAINT workflowlog_node_id_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE SET NULL
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE workflowlog (
    id CHAR(32) NOT NULL,
    issue_id CHAR(32) NOT NULL,
    node_id CHAR(32),
    step_name VARCHAR(255) NOT NULL,
    status VARCHAR(20) NOT NULL,
    command TEXT,
    output TEXT,
    error_message TEXT,
    duration_ms INTEGER,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT workflowlog_pkey PRIMARY KEY (id),
    CONSTRAINT workflowlog_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
    CONSTRAINT workflowlog_node_id_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE SET NULL
);
-- revgraph: end

CREATE INDEX ix_workflowlog_issue_id ON workflowlog (issue_id);
CREATE INDEX ix_workflowlog_node_id ON workflowlog (node_id);
