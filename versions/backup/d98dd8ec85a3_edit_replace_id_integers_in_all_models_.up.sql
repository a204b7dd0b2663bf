-- Edit replace id integers in all models to use UUID instead
--
-- revision: d98dd8ec85a3
-- down_revision: 9c0a54914c78
-- created: 2024-07-19T04:08:04Z

-- Every row gets a random (version 4) UUID, first beside its integer id and
-- then in its place. SQLite holds a UUID as SQLAlchemy does: 32 hexadecimal
-- digits in a CHAR(32).

-- revgraph: only postgres
ALTER TABLE "user" ADD COLUMN new_id UUID;
ALTER TABLE item ADD COLUMN new_id UUID, ADD COLUMN new_owner_id UUID;

-- gen_random_uuid() is in the core of PostgreSQL only from version 13.
UPDATE "user" SET new_id = overlay(overlay(
    md5(id::text || random()::text || clock_timestamp()::text)
    PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid;
UPDATE item SET new_id = overlay(overlay(
    md5(id::text || random()::text || clock_timestamp()::text)
    PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid;
-- revgraph: end

-- revgraph: only sqlite
ALTER TABLE "user" ADD COLUMN new_id CHAR(32);
ALTER TABLE item ADD COLUMN new_id CHAR(32);
ALTER TABLE item ADD COLUMN new_owner_id CHAR(32);

UPDATE "user" SET new_id = lower(
    hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)
    || '8' || substr(hex(randomblob(8)), 2));
UPDATE item SET new_id = lower(
    hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)
    || '8' || substr(hex(randomblob(8)), 2));
-- revgraph: end

UPDATE item SET new_owner_id = "user".new_id FROM "user" WHERE "user".id = item.owner_id;

-- revgraph: only postgres
ALTER TABLE item DROP CONSTRAINT item_owner_id_fkey;

ALTER TABLE "user" ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE user_id_seq;
ALTER TABLE "user" ALTER COLUMN id TYPE UUID USING new_id;
ALTER TABLE "user" DROP COLUMN new_id;

ALTER TABLE item ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE item_id_seq;
ALTER TABLE item
    ALTER COLUMN id TYPE UUID USING new_id,
    ALTER COLUMN owner_id TYPE UUID USING new_owner_id;
ALTER TABLE item DROP COLUMN new_id, DROP COLUMN new_owner_id;

ALTER TABLE item
    ADD CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id);
-- revgraph: end

-- revgraph: only sqlite
CREATE TABLE new_user (
    id CHAR(32) NOT NULL,
    email VARCHAR(255) NOT NULL,
    hashed_password VARCHAR NOT NULL,
    full_name VARCHAR(255),
    is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (id)
);
INSERT INTO new_user (id, email, hashed_password, full_name, is_active, is_superuser)
    SELECT new_id, email, hashed_password, full_name, is_active, is_superuser FROM "user";
DROP TABLE "user";
ALTER TABLE new_user RENAME TO "user";
CREATE UNIQUE INDEX ix_user_email ON "user" (email);

CREATE TABLE new_item (
    id CHAR(32) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description VARCHAR(255),
    owner_id CHAR(32) NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (id),
    CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id)
);
INSERT INTO new_item (id, title, description, owner_id)
    SELECT new_id, title, description, new_owner_id FROM item;
DROP TABLE item;
ALTER TABLE new_item RENAME TO item;
-- revgraph: end
