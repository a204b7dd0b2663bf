-- Add max length for string(varchar) fields in User and Items models
--
-- revision: 9c0a54914c78
-- down_revision: e2412789c190
-- created: 2024-06-17T14:42:44Z

-- Nothing is cut to fit: PostgreSQL refuses this revision while a longer
-- value exists. SQLite records the length but does not enforce it.

-- revgraph: only postgres
ALTER TABLE "user"
    ALTER COLUMN email TYPE VARCHAR(255),
    ALTER COLUMN full_name TYPE VARCHAR(255);

ALTER TABLE item
    ALTER COLUMN title TYPE VARCHAR(255),
    ALTER COLUMN description TYPE VARCHAR(255);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_user (
    id INTEGER NOT NULL,
    email VARCHAR(255) NOT NULL,
    hashed_password VARCHAR NOT NULL,
    full_name VARCHAR(255),
    is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);
INSERT INTO new_user (id, email, hashed_password, full_name, is_active, is_superuser)
    SELECT id, email, hashed_password, full_name, is_active, is_superuser FROM "user";
DROP TABLE "user";
ALTER TABLE new_user RENAME TO "user";
CREATE UNIQUE INDEX ix_user_email ON "user" (email);

CREATE TABLE new_item (
    id INTEGER NOT NULL,
    title VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    owner_id INTEGER NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (id),
    CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id)
);
INSERT INTO new_item (id, title, description, owner_id)
    SELECT id, title, description, owner_id FROM item;
DROP TABLE item;
ALTER TABLE new_item RENAME TO item;
-- revgraph: end
