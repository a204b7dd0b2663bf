-- an enum
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- or
CREATE TYPE mood AS ENUM ('sad', 'fair', 'ok', 'happy');
-- or
CREATE TYPE mood AS ENUM ('ok', 'sad');
COMMENT ON TYPE mood IS 'how one feels';

-- a domain over an array
CREATE DOMAIN tags AS text[] CONSTRAINT few CHECK (cardinality(VALUE) < 5);
-- or
CREATE DOMAIN tags AS text[] DEFAULT '{}' NOT NULL;
COMMENT ON DOMAIN tags IS 'a few words';
-- or
CREATE DOMAIN tags AS varchar(9)[] CONSTRAINT few CHECK (cardinality(VALUE) < 9);
COMMENT ON CONSTRAINT few ON DOMAIN tags IS 'not too many';

-- a domain over an enum
CREATE DOMAIN feeling AS mood DEFAULT 'ok';
-- or
CREATE DOMAIN feeling AS mood CHECK (VALUE <> 'sad');

-- a domain over a domain
CREATE DOMAIN s.words AS tags CONSTRAINT some CHECK (cardinality(VALUE) >= 0);
-- or
CREATE DOMAIN s.words AS tags;
ALTER DOMAIN s.words ADD CONSTRAINT some CHECK (cardinality(VALUE) > 0) NOT VALID;

-- a composite type
CREATE TYPE pair AS (x integer, y text);
-- or
CREATE TYPE pair AS (x bigint, y text COLLATE "C");
COMMENT ON COLUMN pair.x IS 'the first';
-- or
CREATE TYPE pair AS (y text, x integer);
-- or
CREATE TYPE pair AS (x integer, y text, z mood);

-- a composite type of composite types
CREATE TYPE s.pairs AS (one pair, more pair[]);
-- or
CREATE TYPE s.pairs AS (more pair[], one pair, feeling feeling);

-- a range type
CREATE TYPE span AS RANGE (SUBTYPE = float8);
-- or
CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
COMMENT ON TYPE span IS 'from here to there';
-- or
CREATE TYPE span AS RANGE (SUBTYPE = numeric, MULTIRANGE_TYPE_NAME = spans);

-- an extension
CREATE EXTENSION citext SCHEMA s;
-- or
CREATE EXTENSION citext SCHEMA public;

-- a collation
CREATE COLLATION plain (PROVIDER = libc, LOCALE = 'C');
-- or
CREATE COLLATION plain (PROVIDER = libc, LOCALE = 'POSIX');
COMMENT ON COLLATION plain IS 'by bytes';

-- a function that others call
CREATE FUNCTION above(a integer, b integer DEFAULT 0) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a > b';
-- or
CREATE FUNCTION above(a integer, b integer DEFAULT 1) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS 'BEGIN RETURN a > b; END';
GRANT EXECUTE ON FUNCTION above TO pg_monitor WITH GRANT OPTION;
-- or
CREATE FUNCTION above(c integer, b integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT c > b';
REVOKE EXECUTE ON FUNCTION above FROM PUBLIC;
-- or
CREATE FUNCTION above(a integer, b integer DEFAULT 0) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN a > b;
ALTER FUNCTION above OWNER TO pg_monitor;

-- a function of a trigger
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
-- or
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER COST 3 SET search_path = s, public AS 'BEGIN RETURN new; END';
COMMENT ON FUNCTION touch IS 'does nothing';

-- a procedure
CREATE PROCEDURE s.tidy(INOUT n integer, VARIADIC m text[] DEFAULT '{}') LANGUAGE plpgsql AS 'BEGIN n := 1; END';
-- or
CREATE PROCEDURE s.tidy(INOUT n integer) LANGUAGE sql BEGIN ATOMIC SELECT n + 1; END;
COMMENT ON PROCEDURE s.tidy IS 'tidies';

-- an aggregate
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
-- or
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE);
COMMENT ON AGGREGATE total(integer) IS 'the sum';
-- or
CREATE AGGREGATE total(bigint) (SFUNC = int8pl, STYPE = bigint, MSFUNC = int8pl, MINVFUNC = int8mi, MSTYPE = bigint);

-- an operator
CREATE OPERATOR s.>>> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = above);
-- or
CREATE OPERATOR s.>>> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = above, COMMUTATOR = OPERATOR(s.<<<), RESTRICT = scalargtsel);
-- or
CREATE OPERATOR s.>>> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4gt, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR s.>>> (integer, integer) IS 'above';

-- a cast
CREATE FUNCTION from_pair(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x::integer';
CREATE CAST (pair AS integer) WITH FUNCTION from_pair(pair);
-- or
CREATE FUNCTION from_pair(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x::integer';
CREATE CAST (pair AS integer) WITH FUNCTION from_pair(pair) AS ASSIGNMENT;
COMMENT ON CAST (pair AS integer) IS 'the first';
-- or
CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT;

-- text search
CREATE TEXT SEARCH DICTIONARY s.stems (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION search (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION search ALTER MAPPING FOR asciiword, word WITH s.stems, simple;
-- or
CREATE TEXT SEARCH DICTIONARY s.stems (TEMPLATE = snowball, LANGUAGE = german, STOPWORDS = german);
COMMENT ON TEXT SEARCH DICTIONARY s.stems IS 'stems';
CREATE TEXT SEARCH CONFIGURATION search (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR word WITH s.stems;
-- or
CREATE TEXT SEARCH CONFIGURATION search (COPY = english);
ALTER TEXT SEARCH CONFIGURATION search DROP MAPPING FOR email;
COMMENT ON TEXT SEARCH CONFIGURATION search IS 'searches';
ALTER TEXT SEARCH CONFIGURATION search OWNER TO pg_monitor;

-- a sequence on its own
CREATE SEQUENCE s.ticket;
-- or
CREATE SEQUENCE s.ticket AS integer INCREMENT -2 MINVALUE -100 MAXVALUE 7 START 3 CACHE 4 CYCLE;
GRANT USAGE, SELECT ON SEQUENCE s.ticket TO pg_monitor;
COMMENT ON SEQUENCE s.ticket IS 'next';
-- or
CREATE UNLOGGED SEQUENCE s.ticket START 9;

-- a table that others are about
CREATE TABLE item (id integer NOT NULL, n integer, note text, mood mood, tags tags, span int4range);
-- or
CREATE TABLE item (id bigint NOT NULL, n integer DEFAULT 3, note varchar(30) COLLATE "C" DEFAULT 'x', mood mood DEFAULT 'ok', tags s.words, span int4range NOT NULL DEFAULT '[1,2)');
-- or
CREATE TABLE item (n bigint, id integer GENERATED BY DEFAULT AS IDENTITY, note text NOT NULL, mood mood[], tags text[], span int4range) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
-- or
CREATE UNLOGGED TABLE item (id integer NOT NULL, n integer, note text COLLATE plain, mood feeling, tags tags, span int4range);

-- columns of composite and range types
ALTER TABLE item ADD pair pair, ADD pairs pair[], ADD deep s.pairs, ADD wide span;
-- or
ALTER TABLE item ADD pair pair, ADD pairs pair[] DEFAULT '{}', ADD wide span[];
-- or
ALTER TABLE item ADD pair text, ADD deep s.pairs[];

-- generated columns
ALTER TABLE item ADD double integer GENERATED ALWAYS AS (n * 2) STORED;
-- or
ALTER TABLE item ADD double bigint GENERATED ALWAYS AS (n * 3) STORED NOT NULL;
ALTER TABLE item ADD long integer GENERATED ALWAYS AS (length(note)) STORED;
-- or
ALTER TABLE item ADD double integer, ADD long bigint GENERATED ALWAYS AS (length(note) + id) STORED;
COMMENT ON COLUMN item.long IS 'computed';

-- an identity column
ALTER TABLE item ADD number integer GENERATED ALWAYS AS IDENTITY;
-- or
ALTER TABLE item ADD number bigint GENERATED BY DEFAULT AS IDENTITY (START 7 INCREMENT 3 CYCLE);
COMMENT ON SEQUENCE item_number_seq IS 'of the numbers';
-- or
ALTER TABLE item ADD number serial;
-- or
ALTER TABLE item ADD number integer;

-- a sequence that a column owns, by hand
CREATE SEQUENCE hand OWNED BY item.n;
-- or
CREATE SEQUENCE hand AS integer START 5 OWNED BY item.id;
ALTER TABLE item ALTER n SET DEFAULT nextval('hand');
-- or
CREATE SEQUENCE hand;
ALTER TABLE item ALTER id SET DEFAULT nextval('hand') + 1;

-- settings of columns
ALTER TABLE item ALTER note SET STORAGE EXTERNAL, ALTER note SET STATISTICS 7, ALTER n SET (n_distinct = 3);
-- or
ALTER TABLE item ALTER note SET COMPRESSION pglz, ALTER id SET STATISTICS 9;
GRANT SELECT (note), UPDATE (n) ON item TO pg_monitor;

-- the key
ALTER TABLE item ADD CONSTRAINT item_pk PRIMARY KEY (id);
-- or
ALTER TABLE item ADD CONSTRAINT item_pk PRIMARY KEY (id) INCLUDE (n) WITH (fillfactor = 60);
COMMENT ON CONSTRAINT item_pk ON item IS 'the key';
-- or
ALTER TABLE item ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED;
-- or
CREATE UNIQUE INDEX item_pk ON item (id);
ALTER TABLE item REPLICA IDENTITY FULL;

-- other constraints
ALTER TABLE item ADD CONSTRAINT one EXCLUDE USING gist (span WITH &&);
ALTER TABLE item ADD CHECK (n < 1000);
-- or
ALTER TABLE item ADD CONSTRAINT one EXCLUDE USING gist (span WITH &&, (id + 1) WITH =) WHERE (n > 5) DEFERRABLE;
ALTER TABLE item ADD CHECK (above(n)) NOT VALID;
-- or
ALTER TABLE item ADD CONSTRAINT one EXCLUDE (id WITH =) WITH (fillfactor = 50);
ALTER TABLE item ADD CONSTRAINT named UNIQUE NULLS NOT DISTINCT (n, id);
COMMENT ON CONSTRAINT one ON item IS 'one each';

-- indexes
CREATE INDEX item_note ON item (lower(note), n DESC NULLS LAST) WHERE above(n);
CREATE INDEX item_mood ON item USING hash (mood);
-- or
CREATE INDEX item_note ON item (note text_pattern_ops) INCLUDE (n) WITH (deduplicate_items = off);
CREATE INDEX item_gin ON item USING gin (to_tsvector('search', note)) WITH (fastupdate = off);
ALTER INDEX item_gin ALTER COLUMN 1 SET STATISTICS 40;
-- or
CREATE INDEX item_note ON item USING brin (n, id) WITH (pages_per_range = 4);
CREATE UNIQUE INDEX item_n ON item (n, id) NULLS NOT DISTINCT;
ALTER TABLE item CLUSTER ON item_n;
COMMENT ON INDEX item_note IS 'for searches';

-- a table that refers to it
CREATE TABLE line (id serial PRIMARY KEY, item bigint REFERENCES item (id) ON DELETE CASCADE, word text);
-- or
CREATE TABLE line (id serial PRIMARY KEY, item integer NOT NULL CONSTRAINT of_item REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED, word text);
-- or
CREATE TABLE line (id bigserial PRIMARY KEY, item bigint, word mood);
ALTER TABLE line ADD CONSTRAINT of_item FOREIGN KEY (item) REFERENCES item (id) ON UPDATE SET NULL NOT VALID;
ALTER TABLE item ADD last bigint REFERENCES line;

-- a partitioned table with its partitions
CREATE TABLE day (d date NOT NULL, k integer NOT NULL, v text, PRIMARY KEY (d, k)) PARTITION BY RANGE (d);
CREATE TABLE day_20 PARTITION OF day FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE day_rest PARTITION OF day DEFAULT;
-- or
CREATE TABLE day (d date NOT NULL, k integer NOT NULL, v text DEFAULT 'v', w bigint, CHECK (k < 1000)) PARTITION BY RANGE (d);
CREATE TABLE day_20 PARTITION OF day FOR VALUES FROM ('2020-01-01') TO ('2020-06-01') PARTITION BY LIST (k);
CREATE TABLE s.day_20_1 PARTITION OF day_20 FOR VALUES IN (1, 3);
CREATE TABLE s.day_20_2 PARTITION OF day_20 DEFAULT;
CREATE INDEX day_k ON day (k, d);
-- or
CREATE TABLE day (d date NOT NULL, k integer NOT NULL, v text, PRIMARY KEY (d, k)) PARTITION BY RANGE (d);
CREATE TABLE day_20 (d date NOT NULL, k integer NOT NULL, v text, x integer);
CREATE TABLE day_rest PARTITION OF day (v DEFAULT 'rest') FOR VALUES FROM (MINVALUE) TO ('2019-01-01') WITH (fillfactor = 80);
CREATE TABLE day_21 PARTITION OF day FOR VALUES FROM ('2021-01-01') TO (MAXVALUE);
CREATE UNIQUE INDEX day_u ON day (k, d);
-- or
CREATE TABLE day (d date NOT NULL, k integer NOT NULL, v text, w bigint DEFAULT 4) PARTITION BY RANGE (d);
CREATE TABLE day_20 PARTITION OF day FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (k);
CREATE TABLE s.day_20_1 PARTITION OF day_20 FOR VALUES IN (1);
CREATE TABLE s.day_20_2 (d date NOT NULL, k integer NOT NULL, v text, w bigint);
ALTER TABLE day ADD CONSTRAINT day_k UNIQUE (k, d);

-- what is on a partitioned table
CREATE TRIGGER on_day AFTER INSERT ON day FOR EACH ROW EXECUTE FUNCTION touch();
-- or
CREATE TRIGGER on_day AFTER INSERT OR UPDATE ON day FOR EACH ROW WHEN (new.k > 3) EXECUTE FUNCTION touch();
ALTER TABLE day_20 DISABLE TRIGGER on_day;
COMMENT ON TRIGGER on_day ON day IS 'of all';
-- or
ALTER TABLE day ADD CONSTRAINT day_item FOREIGN KEY (k) REFERENCES item (id);
CREATE POLICY of_day ON day USING (k > 1);

-- tables that inherit
CREATE TABLE base (a integer DEFAULT 1, b text, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE child (c integer) INHERITS (base);
CREATE TABLE grand (d integer) INHERITS (child);
-- or
CREATE TABLE base (a integer DEFAULT 1, b text, e date);
CREATE TABLE child (a integer DEFAULT 2, c integer, CONSTRAINT pos CHECK (a > 0)) INHERITS (base);
CREATE TABLE grand (d bigint, a integer) INHERITS (child);
-- or
CREATE TABLE base (a bigint, b text NOT NULL, CONSTRAINT pos CHECK (a > 0) NO INHERIT);
CREATE TABLE child (a bigint, b text, c integer);
CREATE TABLE grand (d integer) INHERITS (child, base);
-- or
CREATE TABLE base (a bigint, b text NOT NULL);
CREATE TABLE child (c integer) INHERITS (base);
CREATE TABLE grand (d integer, a bigint, b text NOT NULL, c integer);
ALTER TABLE child ALTER b SET DEFAULT 'of the child';
-- or
CREATE TABLE base (a bigint, b text NOT NULL);
CREATE TABLE child (c integer, b text) INHERITS (base);
CREATE TABLE grand (d integer) INHERITS (base, child);

-- a table of a type
CREATE TABLE typed OF pair;
-- or
CREATE TABLE typed OF pair (PRIMARY KEY (x), y DEFAULT 'y');
-- or
CREATE TABLE typed (x integer, y text);

-- views
CREATE VIEW seen AS SELECT id, n, note FROM item;
CREATE VIEW twice AS SELECT id, n + 1 AS m FROM seen;
-- or
CREATE VIEW seen WITH (security_barrier, check_option = local) AS SELECT id, note, n FROM item WHERE n > 0;
CREATE VIEW twice WITH (security_invoker) AS SELECT s.*, i.mood FROM seen s JOIN item i USING (id);
ALTER VIEW seen ALTER n SET DEFAULT 7;
COMMENT ON COLUMN seen.n IS 'a number';
-- or
CREATE VIEW seen AS SELECT id, n FROM item WHERE above(n);
CREATE MATERIALIZED VIEW twice AS SELECT id, count(*) AS m FROM seen GROUP BY id WITH NO DATA;
CREATE UNIQUE INDEX twice_id ON twice (id);
GRANT SELECT ON seen TO pg_monitor;
ALTER VIEW seen OWNER TO pg_monitor;
-- or
CREATE RECURSIVE VIEW seen (id, n) AS SELECT id, n FROM item UNION SELECT id, n FROM seen WHERE n > 3;
CREATE MATERIALIZED VIEW twice AS SELECT item, mood, total(n) FROM item GROUP BY item, mood WITH NO DATA;
COMMENT ON MATERIALIZED VIEW twice IS 'kept';
ALTER MATERIALIZED VIEW twice ALTER mood SET STATISTICS 8;

-- what is on views
CREATE TRIGGER on_view INSTEAD OF INSERT ON seen FOR EACH ROW EXECUTE FUNCTION touch();
GRANT UPDATE (n) ON seen TO PUBLIC;
-- or
CREATE RULE into_view AS ON INSERT TO seen DO INSTEAD INSERT INTO item (id, n) VALUES (new.id, new.n);
COMMENT ON RULE into_view ON seen IS 'goes there';

-- functions that read tables
CREATE FUNCTION of_item(item) RETURNS integer LANGUAGE sql STABLE AS 'SELECT $1.n::integer';
CREATE FUNCTION all_seen() RETURNS SETOF seen LANGUAGE sql BEGIN ATOMIC SELECT * FROM seen; END;
-- or
CREATE FUNCTION of_item(item, OUT a text, OUT b text) LANGUAGE sql STABLE AS 'SELECT $1.note, $1.note';
-- or
CREATE FUNCTION of_item(id item.id%TYPE) RETURNS TABLE (n bigint, m mood) LANGUAGE plpgsql ROWS 5 AS 'BEGIN RETURN; END';
CREATE FUNCTION all_seen() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(n) FROM item; END;

-- triggers
CREATE TRIGGER first BEFORE UPDATE OF n, note ON item FOR EACH ROW WHEN (old.n IS DISTINCT FROM new.n) EXECUTE FUNCTION touch('a');
-- or
CREATE CONSTRAINT TRIGGER first AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE item ENABLE ALWAYS TRIGGER first;
-- or
CREATE TRIGGER first AFTER DELETE ON item REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER TABLE item ENABLE REPLICA TRIGGER first;
COMMENT ON TRIGGER first ON item IS 'first';

-- policies
CREATE POLICY own ON item USING (n > 0);
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
-- or
CREATE POLICY own ON item AS RESTRICTIVE FOR UPDATE TO pg_monitor USING (above(n)) WITH CHECK (id > 0);
ALTER TABLE item FORCE ROW LEVEL SECURITY;
COMMENT ON POLICY own ON item IS 'its own';
-- or
CREATE POLICY own ON item FOR SELECT TO PUBLIC, pg_monitor USING (EXISTS (SELECT FROM line WHERE item = n));

-- a rule
CREATE RULE keep AS ON DELETE TO line DO INSTEAD NOTHING;
-- or
CREATE RULE keep AS ON UPDATE TO line WHERE old.word IS NULL DO ALSO DELETE FROM item WHERE id = old.id;
ALTER TABLE line DISABLE RULE keep;

-- statistics
CREATE STATISTICS s.of_item ON n, id FROM item;
-- or
CREATE STATISTICS s.of_item (ndistinct, mcv) ON n, note, lower(note) FROM item;
ALTER STATISTICS s.of_item SET STATISTICS 20;
COMMENT ON STATISTICS s.of_item IS 'together';

-- publications
CREATE PUBLICATION news FOR TABLE item;
-- or
CREATE PUBLICATION news FOR TABLE item (id, n) WHERE (id > 3), line WITH (publish = 'insert, update');
COMMENT ON PUBLICATION news IS 'what is new';
-- or
CREATE PUBLICATION news FOR TABLES IN SCHEMA s, TABLE line;
-- or
CREATE PUBLICATION news FOR ALL TABLES WITH (publish_via_partition_root);

-- foreign data
CREATE FOREIGN DATA WRAPPER wrap OPTIONS (debug 'true');
CREATE SERVER far TYPE 'a' VERSION '1' FOREIGN DATA WRAPPER wrap OPTIONS (host 'h');
-- or
CREATE FOREIGN DATA WRAPPER wrap;
COMMENT ON FOREIGN DATA WRAPPER wrap IS 'wraps';
GRANT USAGE ON FOREIGN DATA WRAPPER wrap TO pg_monitor;
CREATE SERVER far VERSION '2' FOREIGN DATA WRAPPER wrap OPTIONS (host 'i', port '7');
GRANT USAGE ON FOREIGN SERVER far TO pg_monitor;
-- or
CREATE FOREIGN DATA WRAPPER wrap;
CREATE SERVER far FOREIGN DATA WRAPPER wrap;
COMMENT ON SERVER far IS 'far away';
ALTER SERVER far OWNER TO pg_monitor;

-- a foreign table
CREATE FOREIGN TABLE away (id integer, note text OPTIONS (column_name 'x')) SERVER far OPTIONS (file 'f');
-- or
CREATE FOREIGN TABLE away (id bigint NOT NULL, note text COLLATE "C" DEFAULT 'x', CHECK (id > 0)) SERVER far OPTIONS (file 'g', format 'csv');
COMMENT ON FOREIGN TABLE away IS 'away';
-- or
CREATE FOREIGN TABLE away PARTITION OF day FOR VALUES FROM ('1990-01-01') TO ('1991-01-01') SERVER far;

-- an event trigger
CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION on_event();
-- or
CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER watch ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION on_event();
ALTER EVENT TRIGGER watch DISABLE;
COMMENT ON EVENT TRIGGER watch IS 'watches';

-- owners and grants of tables
GRANT SELECT, INSERT ON item TO pg_monitor;
GRANT USAGE ON SCHEMA s TO PUBLIC;
-- or
ALTER TABLE item OWNER TO pg_monitor;
GRANT UPDATE ON line TO PUBLIC;
-- or
GRANT ALL ON item, line TO pg_monitor WITH GRANT OPTION;
ALTER TABLE day OWNER TO pg_monitor;
GRANT USAGE ON TYPE mood TO pg_monitor;
REVOKE USAGE ON TYPE pair FROM PUBLIC;

-- default privileges
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO pg_monitor;
-- or
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- or
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT USAGE ON SEQUENCES TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO pg_monitor;

-- comments
COMMENT ON SCHEMA s IS 'the other';
COMMENT ON TABLE item IS 'it''s an item';
COMMENT ON VIEW seen IS 'seen';
-- or
COMMENT ON TABLE item IS E'two\nlines';
COMMENT ON COLUMN item.n IS 'a number';
COMMENT ON TABLE day IS 'by day';
COMMENT ON TYPE span IS 'a span';
-- or
COMMENT ON SCHEMA s IS NULL;
COMMENT ON COLUMN day.v IS 'a value';
COMMENT ON DOMAIN tags IS 'tags';
