-- Update credentials schema
--
-- revision: g1234567890e
-- down_revision: e3c92c171920
-- created: 2025-10-14T06:41:55Z

-- revgraph: only postgres
CREATE TYPE credentialcategory AS ENUM ('github_copilot', 'cursor', 'claude', 'other');

ALTER TABLE credential DROP CONSTRAINT credential_service_check;
ALTER TABLE credential RENAME COLUMN name TO title;
ALTER TABLE credential RENAME COLUMN service TO category;
ALTER TABLE credential RENAME COLUMN token TO pat;
ALTER TABLE credential RENAME COLUMN is_active TO is_disabled;
UPDATE credential SET is_disabled = NOT is_disabled;
ALTER TABLE credential
    ALTER COLUMN category TYPE credentialcategory USING category::credentialcategory,
    ALTER COLUMN is_disabled SET DEFAULT false;

CREATE TABLE credentialnodelink (
    credential_id UUID NOT NULL,
    node_id UUID NOT NULL,
    CONSTRAINT credentialnodelink_pkey PRIMARY KEY (credential_id, node_id),
    CONSTRAINT credentialnodelink_credential_id_fkey
        FOREIGN KEY (credential_id) REFERENCES credential (id) ON DELETE CASCADE,
    CONSTRAINT credentialnodelink_node_id_fkey
        FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_credential (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    category VARCHAR(14) NOT NULL,
    pat TEXT NOT NULL,
    is_disabled BOOLEAN NOT NULL DEFAULT false,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_category_check CHECK (category IN ('github_copilot', 'cursor', 'claude', 'other')),
    CONSTRAINT credential_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
INSERT INTO new_credential (id, title, category, pat, is_disabled, owner_id, created_at, updated_at)
    SELECT id, name, service, token, NOT is_active, owner_id, created_at, updated_at FROM credential;
DROP TABLE credential;
ALTER TABLE new_credential RENAME TO credential;
CREATE INDEX ix_credential_owner_id ON credential (owner_id);

CREATE TABLE credentialnodelink (
    credential_id CHAR(32) NOT NULL,
    node_id CHAR(32) NOT NULL,
    CONSTRAINT credentialnodelink_pkey PRIMARY KEY (credential_id, node_id),
    CONSTRAINT credentialnodelink_credential_id_fkey
        FOREIGN KEY (credential_id) REFERENCES credential (id) ON DELETE CASCADE,
    CONSTRAINT credentialnodelink_node_id_fkey
        FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
);
-- revgraph: end

CREATE INDEX ix_credentialnodelink_node_id ON credentialnodelink (node_id);
