-- Add registration key table
--
-- revision: b1234567890c
-- down_revision: a1234567890b
-- created: 2025-08-27T12:45:08Z

-- The table holds at most one row: the key that nodes register with now.

-- revgraph: only postgres
CREATE TABLE node_registration_key (
    id INTEGER NOT NULL DEFAULT 1,
    key VARCHAR(255) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT node_registration_key_pkey PRIMARY KEY (id),
    CONSTRAINT node_registration_key_single_row_check CHECK (id = 1)
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE node_registration_key (
    id INTEGER NOT NULL DEFAULT 1,
    key VARCHAR(255) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT node_registration_key_pkey PRIMARY KEY (id),
    CONSTRAINT node_registration_key_single_row_check CHECK (id = 1)
);
-- revgraph: end
