-- Add four tables with timestamps
--
-- revision: e3c92c171920
-- down_revision: c1234567890d
-- created: 2025-09-25T10:57:20Z

-- revgraph: only postgres
CREATE TABLE project (
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    is_active BOOLEAN NOT NULL DEFAULT true,
    owner_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT project_pkey PRIMARY KEY (id),
    CONSTRAINT project_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE repository (
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    url VARCHAR(500) NOT NULL,
    description VARCHAR(255),
    is_public BOOLEAN NOT NULL DEFAULT false,
    owner_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT repository_pkey PRIMARY KEY (id),
    CONSTRAINT repository_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE credential (
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    service VARCHAR(50) NOT NULL,
    token TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT true,
    owner_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_service_check CHECK (service IN ('github_copilot', 'cursor', 'claude', 'other')),
    CONSTRAINT credential_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE prompt (
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    content TEXT NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    owner_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT prompt_pkey PRIMARY KEY (id),
    CONSTRAINT prompt_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE project (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    is_active BOOLEAN NOT NULL DEFAULT true,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT project_pkey PRIMARY KEY (id),
    CONSTRAINT project_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE repository (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    url VARCHAR(500) NOT NULL,
    description VARCHAR(255),
    is_public BOOLEAN NOT NULL DEFAULT false,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT repository_pkey PRIMARY KEY (id),
    CONSTRAINT repository_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE credential (
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

CREATE TABLE prompt (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    content TEXT NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT prompt_pkey PRIMARY KEY (id),
    CONSTRAINT prompt_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);
-- revgraph: end

CREATE INDEX ix_project_owner_id ON project (owner_id);
CREATE INDEX ix_repository_owner_id ON repository (owner_id);
CREATE INDEX ix_credential_owner_id ON credential (owner_id);
CREATE INDEX ix_prompt_owner_id ON prompt (owner_id);
