-- Add timestamps to user
--
-- revision: 0a0ed29996b1
-- down_revision: 26c2c831dc19
-- created: 2025-10-30T05:09:16Z

-- Users that are already there are dated now. SQLite cannot add a column whose
-- default is CURRENT_TIMESTAMP to a table with rows.

-- revgraph: only postgres
ALTER TABLE "user"
    ADD COLUMN created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_user (
    id CHAR(32) NOT NULL,
    email VARCHAR(255) NOT NULL,
    hashed_password VARCHAR NOT NULL,
    full_name VARCHAR(255),
    is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);
INSERT INTO new_user (id, email, hashed_password, full_name, is_active, is_superuser)
    SELECT id, email, hashed_password, full_name, is_active, is_superuser FROM "user";
DROP TABLE "user";
ALTER TABLE new_user RENAME TO "user";
CREATE UNIQUE INDEX ix_user_email ON "user" (email);
-- revgraph: end
