-- a column comes, with everything that a column can have
ALTER TABLE account ADD COLUMN nick varchar(20) COLLATE "C" DEFAULT 'x' NOT NULL;
ALTER TABLE account ALTER COLUMN nick SET STORAGE EXTERNAL, ALTER COLUMN nick SET STATISTICS 7, ALTER COLUMN nick SET (n_distinct = 3);
COMMENT ON COLUMN account.nick IS 'called so';
GRANT SELECT (nick) ON account TO PUBLIC;

-- a column goes with what reads it
ALTER TABLE account DROP CONSTRAINT account_during_excl; DROP POLICY own ON account; DROP TRIGGER touch ON account; DROP VIEW a_first; DROP FUNCTION adults_of; DROP VIEW adults; ALTER TABLE account DROP COLUMN number;

-- a column that views, functions and indexes read gets another type
DROP FUNCTION adults_of; DROP VIEW a_first; DROP TRIGGER on_view ON adults; DROP VIEW adults; DROP POLICY own ON account; DROP TRIGGER touch ON account;
ALTER TABLE account ALTER COLUMN number TYPE bigint;
CREATE VIEW adults (who, number) WITH (security_barrier, check_option = local) AS SELECT email, number FROM account WHERE number > 18;
COMMENT ON VIEW adults IS 'those above 18';
COMMENT ON COLUMN adults.who IS 'the email';
ALTER VIEW adults ALTER COLUMN number SET DEFAULT 20;
GRANT SELECT ON adults TO PUBLIC;
CREATE VIEW a_first AS SELECT * FROM adults;
CREATE TRIGGER on_view INSTEAD OF INSERT ON adults FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION adults_of(text) RETURNS SETOF adults LANGUAGE sql AS $$ SELECT * FROM adults WHERE who = $1 $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF email, zone ON account FOR EACH ROW WHEN (NEW.number > 3) EXECUTE FUNCTION touch('x');
COMMENT ON TRIGGER touch ON account IS 'always';
CREATE POLICY own ON account AS RESTRICTIVE FOR UPDATE TO postgres USING (email = CURRENT_USER) WITH CHECK (number > 0);
COMMENT ON POLICY own ON account IS 'only one''s own';

-- a type that takes USING, with a default that cannot be converted
ALTER TABLE account ALTER COLUMN body SET DEFAULT '7';
ALTER TABLE base ALTER COLUMN b TYPE integer USING b::integer;

-- text becomes varchar, and the default with it
ALTER TABLE zone ALTER COLUMN name TYPE varchar(40), ALTER COLUMN name SET DEFAULT 'none';

-- a generated column's expression and what it reads
ALTER TABLE account DROP COLUMN double;
ALTER TABLE account ALTER COLUMN "Select" TYPE bigint;
ALTER TABLE account ADD COLUMN double bigint GENERATED ALWAYS AS ("Select" * 3) STORED;

-- a generated column becomes plain
ALTER TABLE account ALTER COLUMN double DROP EXPRESSION;

-- a plain column becomes generated
ALTER TABLE hen ADD COLUMN copy integer GENERATED ALWAYS AS (egg + 1) STORED;

-- nullability and defaults
ALTER TABLE account ALTER COLUMN email DROP NOT NULL, ALTER COLUMN "Select" DROP DEFAULT, ALTER COLUMN mood SET DEFAULT 'happy, really', ALTER COLUMN body SET NOT NULL;

-- storage, statistics, options
ALTER TABLE account ALTER COLUMN body SET STORAGE EXTENDED, ALTER COLUMN body SET STATISTICS -1, ALTER COLUMN zone RESET (n_distinct), ALTER COLUMN email SET (n_distinct = 9), ALTER COLUMN email SET COMPRESSION pglz;

-- the collation of a column under an index
ALTER TABLE zone ALTER COLUMN name TYPE text COLLATE "C";

-- parameters of tables
ALTER TABLE account SET (fillfactor = 60, toast.autovacuum_enabled = true); ALTER TABLE account RESET (autovacuum_enabled); ALTER TABLE scratch SET LOGGED; ALTER TABLE nothing SET UNLOGGED;

-- replica identity by an index that comes
CREATE UNIQUE INDEX egg_hen ON egg (hen, id); ALTER TABLE egg ALTER COLUMN hen SET NOT NULL; ALTER TABLE egg REPLICA IDENTITY USING INDEX egg_hen; ALTER TABLE account REPLICA IDENTITY DEFAULT;

-- the primary key that others refer to
ALTER TABLE egg DROP CONSTRAINT of_hen; ALTER TABLE hen DROP CONSTRAINT hen_pkey; ALTER TABLE hen ADD CONSTRAINT hen_pkey PRIMARY KEY (id) INCLUDE (egg); ALTER TABLE egg ADD CONSTRAINT of_hen FOREIGN KEY (hen) REFERENCES hen;

-- both ends of a reference get another type
ALTER TABLE egg DROP CONSTRAINT of_hen; ALTER TABLE hen ALTER COLUMN id TYPE text; ALTER TABLE egg ALTER COLUMN hen TYPE text; ALTER TABLE egg ADD CONSTRAINT of_hen FOREIGN KEY (hen) REFERENCES hen;

-- both ends of a reference become wider
ALTER TABLE hen ALTER COLUMN id TYPE bigint; ALTER TABLE egg ALTER COLUMN hen TYPE bigint;

-- constraints: validated, deferred, renamed, other parameters
ALTER TABLE account VALIDATE CONSTRAINT not_checked; ALTER TABLE egg ALTER CONSTRAINT of_hen DEFERRABLE INITIALLY DEFERRED; ALTER TABLE zone RENAME CONSTRAINT zone_pkey TO zone_key; ALTER INDEX email_unique SET (fillfactor = 90);

-- a validated constraint is validated no longer, another rule for a check
ALTER TABLE account DROP CONSTRAINT has_at; ALTER TABLE account ADD CONSTRAINT has_at CHECK (email ~ 'x') NOT VALID;

-- an exclusion and a unique key go
ALTER TABLE account DROP CONSTRAINT account_during_excl; ALTER TABLE account DROP CONSTRAINT mood_or_zone;

-- indexes: renamed, other keys, parameters, clustering
ALTER INDEX account_mood RENAME TO account_by_mood; DROP INDEX account_lower; CREATE INDEX account_lower ON account (upper(email)); ALTER INDEX account_number SET (fillfactor = 55); ALTER TABLE account SET WITHOUT CLUSTER;

-- a clustered index is made again
DROP INDEX account_number; CREATE UNIQUE INDEX account_number ON account (number); ALTER TABLE account CLUSTER ON account_number;

-- a unique key becomes a unique index of the same name
ALTER TABLE account DROP CONSTRAINT email_unique; CREATE UNIQUE INDEX email_unique ON account (email);

-- a view gets a column at its end
CREATE OR REPLACE VIEW adults (who, number, zone) WITH (security_barrier, check_option = local) AS SELECT email, number, zone FROM account WHERE number > 18;

-- a view gets other options, defaults and comments
ALTER VIEW adults RESET (check_option); ALTER VIEW adults SET (security_invoker = true); ALTER VIEW adults ALTER COLUMN number DROP DEFAULT; COMMENT ON COLUMN adults.who IS NULL; COMMENT ON VIEW adults IS 'grown up';

-- a materialized view gets another query
DROP MATERIALIZED VIEW counts; CREATE MATERIALIZED VIEW counts AS SELECT mood, count(*) + 1 AS n FROM account GROUP BY mood; CREATE INDEX counts_n ON counts (n); COMMENT ON MATERIALIZED VIEW counts IS 'one more';

-- a view becomes a table
DROP VIEW a_first; CREATE TABLE a_first (who varchar(320), number integer);

-- a view that reads what comes
CREATE TABLE late_table (id integer PRIMARY KEY, account bigint REFERENCES account); CREATE OR REPLACE VIEW a_first AS SELECT who, (SELECT max(id) FROM late_table)::integer AS number FROM adults;

-- functions: another body, a default, another name of an argument, another result
CREATE OR REPLACE FUNCTION add_one(i integer, by integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT i + by + 1 $$;
DROP PROCEDURE tidy; CREATE PROCEDURE tidy(INOUT m integer) LANGUAGE plpgsql AS $$ BEGIN m := m + 2; END $$;
DROP FUNCTION of_account; CREATE FUNCTION of_account(a account) RETURNS varchar LANGUAGE sql STABLE AS $$ SELECT a.email $$;

-- a function that a default, a body and a check use gets another result
DROP FUNCTION atomic; ALTER TABLE account ALTER COLUMN "Select" DROP DEFAULT; DROP FUNCTION add_one;
CREATE FUNCTION add_one(i integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT i::bigint + 1 $$;
ALTER TABLE account ALTER COLUMN "Select" SET DEFAULT add_one(41);
CREATE FUNCTION atomic(i integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT add_one(i) + 1; END;
ALTER TABLE hen ADD CONSTRAINT counted CHECK (add_one(id) > 0);

-- a function whose body mentions what comes
CREATE TABLE brand_new (id integer);
CREATE FUNCTION all_new() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM brand_new $$;

-- an aggregate gets another start
DROP AGGREGATE total(integer); CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1'); COMMENT ON AGGREGATE total(integer) IS 'from one';

-- triggers: enabled, another event, a constraint trigger of other timing
ALTER TABLE account ENABLE ALWAYS TRIGGER off; ALTER TABLE account DISABLE TRIGGER touch; DROP TRIGGER late ON account; CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON account FOR EACH ROW EXECUTE FUNCTION touch();

-- a trigger's function is made again
DROP TRIGGER on_view ON adults; CREATE FUNCTION touch_view() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER on_view INSTEAD OF INSERT ON adults FOR EACH ROW EXECUTE FUNCTION touch_view(); ALTER VIEW adults RENAME COLUMN number TO how_many;

-- rules
CREATE OR REPLACE RULE no_delete AS ON DELETE TO zone WHERE old.name IS NULL DO INSTEAD NOTHING; CREATE RULE twice AS ON INSERT TO nothing DO ALSO SELECT 1; ALTER TABLE zone DISABLE RULE no_delete;

-- policies: altered, of another command, gone with row security
ALTER POLICY own ON account TO PUBLIC USING (email = 'x'); DROP POLICY everything ON account; CREATE POLICY everything ON account FOR INSERT WITH CHECK (true); ALTER TABLE account NO FORCE ROW LEVEL SECURITY; ALTER TABLE zone ENABLE ROW LEVEL SECURITY; CREATE POLICY shown ON zone USING (code <> '');

-- row security ends
ALTER TABLE account DISABLE ROW LEVEL SECURITY; DROP POLICY own ON account;

-- tables that refer to each other come
CREATE TABLE left_one (id integer PRIMARY KEY, other integer); CREATE TABLE right_one (id integer PRIMARY KEY, other integer REFERENCES left_one, CHECK (id > 0)); ALTER TABLE left_one ADD FOREIGN KEY (other) REFERENCES right_one; CREATE INDEX ON left_one (other); GRANT SELECT, INSERT ON left_one TO PUBLIC; COMMENT ON TABLE left_one IS 'left';

-- tables that refer to each other go
DROP TABLE hen, egg CASCADE;

-- a table and a function that need each other come
CREATE TABLE pair (id integer, n integer); CREATE FUNCTION weight(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1.n $$; ALTER TABLE pair ADD CHECK (weight(pair) > 0); CREATE VIEW weights AS SELECT p.id, p.weight FROM pair p;

-- comments come and go
COMMENT ON TABLE account IS NULL; COMMENT ON COLUMN account."Select" IS 'other'; COMMENT ON CONSTRAINT has_at ON account IS NULL; COMMENT ON INDEX account_lower IS 'x'; COMMENT ON FUNCTION touch() IS NULL; COMMENT ON TRIGGER touch ON account IS NULL; COMMENT ON POLICY own ON account IS NULL; COMMENT ON RULE no_delete ON zone IS NULL; COMMENT ON CONSTRAINT of_hen ON egg IS 'whose';

-- grants
GRANT SELECT ON account TO PUBLIC; GRANT UPDATE (email) ON account TO PUBLIC; REVOKE EXECUTE ON FUNCTION add_one(integer, integer) FROM PUBLIC; GRANT USAGE ON SCHEMA "Audit" TO PUBLIC; GRANT SELECT ON adults TO pg_monitor WITH GRANT OPTION; REVOKE INSERT ON zone FROM postgres;

-- owners
ALTER TABLE zone OWNER TO pg_monitor; ALTER FUNCTION touch() OWNER TO pg_monitor; ALTER VIEW a_first OWNER TO pg_monitor; CREATE TABLE owned (id integer); ALTER TABLE owned OWNER TO pg_monitor;

-- a name moves from one kind to another
DROP INDEX account_mood; CREATE TABLE account_mood (id integer PRIMARY KEY); DROP TABLE nothing; CREATE VIEW nothing AS SELECT 1 AS one;

-- identity: of another kind, with other options, gone, new
ALTER TABLE account ALTER COLUMN id SET GENERATED ALWAYS; ALTER TABLE account ALTER COLUMN number SET INCREMENT BY 5 SET NO CYCLE; ALTER TABLE hen ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
