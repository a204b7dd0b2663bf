-- The integers that the rows had before are gone: they are numbered anew from
-- 1, in the order of their UUIDs.

ALTER TABLE "user" ADD COLUMN new_id INTEGER;
ALTER TABLE item ADD COLUMN new_id INTEGER;
ALTER TABLE item ADD COLUMN new_owner_id INTEGER;

UPDATE "user" SET new_id = numbered.number
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM "user") AS numbered
    WHERE numbered.id = "user".id;
UPDATE item SET new_id = numbered.number
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM item) AS numbered
    WHERE numbered.id = item.id;
UPDATE item SET new_owner_id = "user".new_id FROM "user" WHERE "user".id = item.owner_id;

-- revgraph: only postgres
ALTER TABLE item DROP CONSTRAINT item_owner_id_fkey;

CREATE SEQUENCE user_id_seq AS integer;
ALTER TABLE "user" ALTER COLUMN id TYPE INTEGER USING new_id;
ALTER TABLE "user" ALTER COLUMN id SET DEFAULT nextval('user_id_seq');
ALTER SEQUENCE user_id_seq OWNED BY "user".id;
ALTER TABLE "user" DROP COLUMN new_id;
SELECT setval('user_id_seq', coalesce(max(id), 0) + 1, false) FROM "user";

CREATE SEQUENCE item_id_seq AS integer;
ALTER TABLE item
    ALTER COLUMN id TYPE INTEGER USING new_id,
    ALTER COLUMN owner_id TYPE INTEGER USING new_owner_id;
ALTER TABLE item ALTER COLUMN id SET DEFAULT nextval('item_id_seq');
ALTER SEQUENCE item_id_seq OWNED BY item.id;
ALTER TABLE item DROP COLUMN new_id, DROP COLUMN new_owner_id;
SELECT setval('item_id_seq', coalesce(max(id), 0) + 1, false) FROM item;

ALTER TABLE item
    ADD CONSTRAINT item_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES "user" (id);
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
    SELECT new_id, email, hashed_password, full_name, is_active, is_superuser FROM "user";
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
    SELECT new_id, title, description, new_owner_id FROM item;
DROP TABLE item;
ALTER TABLE new_item RENAME TO item;
-- revgraph: end
