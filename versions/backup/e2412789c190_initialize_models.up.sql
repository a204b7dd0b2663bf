-- Initialize models
--
-- revision: e2412789c190
-- down_revision:
-- created: 2024-03-08T22:55:43Z

-- revgraph: only postgres
CREATE TABLE "user" (
    id SERIAL NOT NULL,
    email VARCHAR NOT NULL,
    hashed_password VARCHAR NOT NULL,
    full_name VARCHAR,
    is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);

CREATE TABLE item (
    id SERIAL NOT NULL,
    title VARCHAR NOT NULL,
    description VARCHAR,
    owner_id INTEGER NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (id),
    CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id)
);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE "user" (
    id INTEGER NOT NULL,
    email VARCHAR NOT NULL,
    hashed_password VARCHAR NOT NULL,
    full_name VARCHAR,
    is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);

CREATE TABLE item (
    id INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    description VARCHAR,
    owner_id INTEGER NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (id),
    CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id)
);
-- revgraph: end

CREATE UNIQUE INDEX ix_user_email ON "user" (email);
