-- initial schema
--
-- Squashed from 16 revisions, e2412789c190…7d5e0c4b91fa; proved equal on PostgreSQL 15.18 and SQLite 3.54.1.
--
-- revision: 001
-- down_revision:
-- replaces: e2412789c190, 9c0a54914c78, d98dd8ec85a3, 1a31ce608336, f1234567890a, a1234567890b, b1234567890c, c1234567890d, e3c92c171920, g1234567890e, 1ee55d360fcb, 26c2c831dc19, 0a0ed29996b1, 2b2a406df71b, 19be435a02b1, 7d5e0c4b91fa
-- created: 2026-11-21T18:40:03Z

-- revgraph: only postgres
CREATE TYPE public.credentialcategory AS ENUM (
    'github_copilot',
    'cursor',
    'claude',
    'other'
);

CREATE TABLE public.node_registration_key (
    id integer DEFAULT 1 NOT NULL,
    key character varying(255) NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT node_registration_key_pkey PRIMARY KEY (id),
    CONSTRAINT node_registration_key_single_row_check CHECK ((id = 1))
);

CREATE TABLE public."user" (
    id uuid NOT NULL,
    email character varying(255) NOT NULL,
    hashed_password character varying NOT NULL,
    full_name character varying(255),
    is_active boolean NOT NULL,
    is_superuser boolean NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);

CREATE TABLE public.credential (
    id uuid NOT NULL,
    title character varying(255) NOT NULL,
    category public.credentialcategory NOT NULL,
    pat text NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    owner_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public."user"(id) ON DELETE CASCADE
);

CREATE TABLE public.node (
    id uuid NOT NULL,
    name character varying(255) NOT NULL,
    ip character varying(45) NOT NULL,
    description character varying(255),
    tags character varying(255),
    status character varying(20) DEFAULT 'offline'::character varying NOT NULL,
    last_heartbeat timestamp with time zone,
    owner_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT node_pkey PRIMARY KEY (id),
    CONSTRAINT node_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public."user"(id) ON DELETE CASCADE
);

CREATE TABLE public.credentialnodelink (
    credential_id uuid NOT NULL,
    node_id uuid NOT NULL,
    CONSTRAINT credentialnodelink_pkey PRIMARY KEY (credential_id, node_id),
    CONSTRAINT credentialnodelink_credential_id_fkey FOREIGN KEY (credential_id) REFERENCES public.credential(id) ON DELETE CASCADE,
    CONSTRAINT credentialnodelink_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.node(id) ON DELETE CASCADE
);

CREATE TABLE public.issue (
    id uuid NOT NULL,
    title character varying(255) NOT NULL,
    description text,
    repository_url character varying(500),
    issue_number integer,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    assigned_node_id uuid,
    owner_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    error_message text,
    result_branch character varying(255),
    CONSTRAINT issue_pkey PRIMARY KEY (id),
    CONSTRAINT issue_assigned_node_id_fkey FOREIGN KEY (assigned_node_id) REFERENCES public.node(id) ON DELETE SET NULL,
    CONSTRAINT issue_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public."user"(id) ON DELETE CASCADE
);

CREATE TABLE public.project (
    id uuid NOT NULL,
    name character varying(255) NOT NULL,
    description character varying(255),
    is_active boolean DEFAULT true NOT NULL,
    owner_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT project_pkey PRIMARY KEY (id),
    CONSTRAINT project_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public."user"(id) ON DELETE CASCADE
);

CREATE TABLE public.prompt (
    id uuid NOT NULL,
    name character varying(255) NOT NULL,
    content text NOT NULL,
    description character varying(255),
    tags character varying(255),
    owner_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT prompt_pkey PRIMARY KEY (id),
    CONSTRAINT prompt_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public."user"(id) ON DELETE CASCADE
);

CREATE TABLE public.repository (
    id uuid NOT NULL,
    name character varying(255) NOT NULL,
    url character varying(500) NOT NULL,
    description character varying(255),
    is_public boolean DEFAULT false NOT NULL,
    owner_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT repository_pkey PRIMARY KEY (id),
    CONSTRAINT repository_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public."user"(id) ON DELETE CASCADE
);

CREATE TABLE public.workflowlog (
    id uuid NOT NULL,
    issue_id uuid NOT NULL,
    node_id uuid,
    step_name character varying(255) NOT NULL,
    status character varying(20) NOT NULL,
    command text,
    output text,
    error_message text,
    duration_ms integer,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT workflowlog_pkey PRIMARY KEY (id),
    CONSTRAINT workflowlog_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issue(id) ON DELETE CASCADE,
    CONSTRAINT workflowlog_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.node(id) ON DELETE SET NULL
);

CREATE INDEX ix_credential_owner_id ON public.credential USING btree (owner_id);

CREATE INDEX ix_credentialnodelink_node_id ON public.credentialnodelink USING btree (node_id);

CREATE INDEX ix_issue_assigned_node_id ON public.issue USING btree (assigned_node_id);

CREATE INDEX ix_issue_owner_id ON public.issue USING btree (owner_id);

CREATE INDEX ix_issue_status ON public.issue USING btree (status);

CREATE INDEX ix_node_owner_id ON public.node USING btree (owner_id);

CREATE INDEX ix_project_owner_id ON public.project USING btree (owner_id);

CREATE INDEX ix_prompt_owner_id ON public.prompt USING btree (owner_id);

CREATE INDEX ix_repository_owner_id ON public.repository USING btree (owner_id);

CREATE UNIQUE INDEX ix_user_email ON public."user" USING btree (email);

CREATE INDEX ix_workflowlog_issue_id ON public.workflowlog USING btree (issue_id);

CREATE INDEX ix_workflowlog_node_id ON public.workflowlog USING btree (node_id);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE node_registration_key (
    id INTEGER DEFAULT 1 NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT node_registration_key_pkey PRIMARY KEY (id),
    CONSTRAINT node_registration_key_single_row_check CHECK (id = 1)
);

CREATE TABLE user (
    id CHAR(32) NOT NULL,
    email VARCHAR(255) NOT NULL,
    hashed_password VARCHAR NOT NULL,
    full_name VARCHAR(255),
    is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);

CREATE TABLE credential (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    category VARCHAR(14) NOT NULL,
    pat TEXT NOT NULL,
    is_disabled BOOLEAN DEFAULT false NOT NULL,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_category_check CHECK (category IN ('github_copilot', 'cursor', 'claude', 'other')),
    CONSTRAINT credential_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES user (id) ON DELETE CASCADE
);

CREATE TABLE node (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    ip VARCHAR(45) NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    status VARCHAR(20) DEFAULT 'offline' NOT NULL,
    last_heartbeat DATETIME,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT node_pkey PRIMARY KEY (id),
    CONSTRAINT node_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES user (id) ON DELETE CASCADE
);

CREATE TABLE credentialnodelink (
    credential_id CHAR(32) NOT NULL,
    node_id CHAR(32) NOT NULL,
    CONSTRAINT credentialnodelink_pkey PRIMARY KEY (credential_id, node_id),
    CONSTRAINT credentialnodelink_credential_id_fkey FOREIGN KEY (credential_id) REFERENCES credential (id) ON DELETE CASCADE,
    CONSTRAINT credentialnodelink_node_id_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
);

CREATE TABLE issue (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description TEXT,
    repository_url VARCHAR(500),
    issue_number INTEGER,
    status VARCHAR(20) DEFAULT 'pending' NOT NULL,
    priority INTEGER DEFAULT 0 NOT NULL,
    assigned_node_id CHAR(32),
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    started_at DATETIME,
    completed_at DATETIME,
    error_message TEXT,
    result_branch VARCHAR(255),
    CONSTRAINT issue_pkey PRIMARY KEY (id),
    CONSTRAINT issue_assigned_node_id_fkey FOREIGN KEY (assigned_node_id) REFERENCES node (id) ON DELETE SET NULL,
    CONSTRAINT issue_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES user (id) ON DELETE CASCADE
);

CREATE TABLE project (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    is_active BOOLEAN DEFAULT true NOT NULL,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT project_pkey PRIMARY KEY (id),
    CONSTRAINT project_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES user (id) ON DELETE CASCADE
);

CREATE TABLE prompt (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    content TEXT NOT NULL,
    description VARCHAR(255),
    tags VARCHAR(255),
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT prompt_pkey PRIMARY KEY (id),
    CONSTRAINT prompt_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES user (id) ON DELETE CASCADE
);

CREATE TABLE repository (
    id CHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    url VARCHAR(500) NOT NULL,
    description VARCHAR(255),
    is_public BOOLEAN DEFAULT false NOT NULL,
    owner_id CHAR(32) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT repository_pkey PRIMARY KEY (id),
    CONSTRAINT repository_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES user (id) ON DELETE CASCADE
);

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
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT workflowlog_pkey PRIMARY KEY (id),
    CONSTRAINT workflowlog_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
    CONSTRAINT workflowlog_node_id_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE SET NULL
);

CREATE INDEX ix_credential_owner_id ON credential (owner_id);

CREATE INDEX ix_credentialnodelink_node_id ON credentialnodelink (node_id);

CREATE INDEX ix_issue_assigned_node_id ON issue (assigned_node_id);

CREATE INDEX ix_issue_owner_id ON issue (owner_id);

CREATE INDEX ix_issue_status ON issue (status);

CREATE INDEX ix_node_owner_id ON node (owner_id);

CREATE INDEX ix_project_owner_id ON project (owner_id);

CREATE INDEX ix_prompt_owner_id ON prompt (owner_id);

CREATE INDEX ix_repository_owner_id ON repository (owner_id);

CREATE UNIQUE INDEX ix_user_email ON user (email);

CREATE INDEX ix_workflowlog_issue_id ON workflowlog (issue_id);

CREATE INDEX ix_workflowlog_node_id ON workflowlog (node_id);
-- revgraph: end
