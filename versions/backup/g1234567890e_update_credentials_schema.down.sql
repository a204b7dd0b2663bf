DROP TABLE credentialnodelink;

-- revgraph: only postgres
ALTER TABLE credential
    ALTER COLUMN category TYPE VARCHAR(50) USING category::text,
    ALTER COLUMN is_disabled SET DEFAULT true;
UPDATE credential SET is_disabled = NOT is_disabled;
ALTER TABLE credential RENAME COLUMN is_disabled TO is_active;
ALTER TABLE credential RENAME COLUMN pat TO token;
ALTER TABLE credential RENAME COLUMN category TO service;
ALTER TABLE credential RENAME COLUMN title TO name;
ALTER TABLE credential
    ADD CONSTRAINT credential_service_check CHECK (service IN ('github_copilot', 'cursor', 'claude', 'other'));

DROP TYPE credentialcategory;
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_credential (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    service VARCHAR(50) NOT NULL,
    token TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT true,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_service_check CHECK (service IN ('github_copilot', 'cursor', 'claude', 'other')),
    CONSTRAINT credential_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
INSERT INTO new_credential (id, name, service, token, is_active, owner_id, created_at, updated_at)
    SELECT id, title, category, pat, NOT is_disabled, owner_id, created_at, updated_at FROM credential;
DROP TABLE credential;
ALTER TABLE new_credential RENAME TO credential;
CREATE INDEX ix_credential_owner_id ON credential (owner_id);
-- revgraph: end
