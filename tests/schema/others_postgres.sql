CREATE COLLATION german (provider = icu, locale = 'de-DE', deterministic = false);
CREATE COLLATION "Plain" (locale = 'C');
COMMENT ON COLLATION german IS 'as in Germany';
CREATE TABLE t (id integer PRIMARY KEY, name text COLLATE german, body text, price numeric);
CREATE FUNCTION plus(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION alike(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower(a) = lower(b)';
CREATE FUNCTION unlike(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower(a) <> lower(b)';
CREATE OPERATOR @+ (FUNCTION = plus, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = @+);
CREATE OPERATOR === (
    FUNCTION = alike, LEFTARG = text, RIGHTARG = text, COMMUTATOR = ===, NEGATOR = !==, RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
CREATE OPERATOR !== (FUNCTION = unlike, LEFTARG = text, RIGHTARG = text, COMMUTATOR = !==, NEGATOR = ===);
CREATE FUNCTION negated(a text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''-'' || a';
CREATE OPERATOR ~~~ (FUNCTION = negated, RIGHTARG = text);
COMMENT ON OPERATOR @+ (integer, integer) IS 'adds';
COMMENT ON OPERATOR ~~~ (NONE, text) IS 'negates';
ALTER TABLE t ADD CHECK (id OPERATOR(public.@+) 1 > 0);
CREATE TYPE pair AS (one integer, other integer);
CREATE FUNCTION pair_of(integer) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, $1)::pair';
CREATE CAST (integer AS pair) WITH FUNCTION pair_of(integer) AS ASSIGNMENT;
CREATE CAST (pair AS text) WITH INOUT;
COMMENT ON CAST (integer AS pair) IS 'twice';
CREATE TYPE span AS RANGE (subtype = integer);
CREATE TEXT SEARCH DICTIONARY short (TEMPLATE = pg_catalog.simple, StopWords = 'english', Accept = 'false');
CREATE TEXT SEARCH CONFIGURATION own (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION own ALTER MAPPING FOR asciiword, word WITH short, english_stem;
COMMENT ON TEXT SEARCH CONFIGURATION own IS 'ours';
CREATE INDEX t_body ON t USING gin (to_tsvector('own'::regconfig, body));
CREATE FOREIGN DATA WRAPPER far OPTIONS (debug 'true');
CREATE SERVER there TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER far OPTIONS (host 'h', "Port" '5');
COMMENT ON SERVER there IS 'far away';
CREATE FOREIGN TABLE ft (id integer OPTIONS (column_name 'ID') NOT NULL, name text DEFAULT 'x', CHECK (id > 0)) SERVER there OPTIONS (table_name 'it''s');
COMMENT ON FOREIGN TABLE ft IS 'elsewhere';
COMMENT ON COLUMN ft.id IS 'a key';
CREATE STATISTICS st (ndistinct, dependencies) ON id, price FROM t;
ALTER STATISTICS st SET STATISTICS 200;
COMMENT ON STATISTICS st IS 'to plan by';
CREATE SCHEMA s;
CREATE PUBLICATION parts FOR TABLE t (id, name) WHERE (id > 1) WITH (publish = 'insert'); -- since 15
CREATE PUBLICATION more FOR TABLES IN SCHEMA s WITH (publish_via_partition_root = true); -- since 15
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION nothing;
COMMENT ON PUBLICATION parts IS 'for others'; -- since 15
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE FUNCTION on_ddl();
CREATE EVENT TRIGGER idle ON ddl_command_start EXECUTE FUNCTION on_ddl();
ALTER EVENT TRIGGER idle DISABLE;
COMMENT ON EVENT TRIGGER watch IS 'looks';
