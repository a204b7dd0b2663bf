CREATE TABLE t (
    s varchar(10) CHECK (s IN ('a', 'b')), n integer, d date, c char(3) CHECK (c NOT IN ('x', 'y')),
    CONSTRAINT several CHECK (n > 0 AND n BETWEEN 1 AND 10 AND (s = 'a' OR s IN ('q', 'r'))),
    g boolean GENERATED ALWAYS AS (s IN ('a', 'b')) STORED,
    f text DEFAULT (CASE WHEN 'a'::varchar IN ('a', 'b') THEN 'x' ELSE 'y' END),
    CONSTRAINT apart EXCLUDE USING btree ((s IN ('a', 'b')) WITH =) WHERE (s IN ('a', 'q'))
);
CREATE TABLE child (more integer) INHERITS (t);
ALTER TABLE t ADD CONSTRAINT later CHECK (s NOT IN ('x', 'y')) NOT VALID;
CREATE INDEX t_some ON t ((s IN ('a', 'b'))) WHERE s IN ('a', 'c');
CREATE VIEW v AS SELECT * FROM t WHERE s IN ('a', 'b') AND (n > 1 AND n BETWEEN 2 AND 3);
CREATE VIEW above AS SELECT s IN ('a', 'b') AS x FROM v WHERE s IN ('b', 'c');
CREATE VIEW filled AS SELECT n FROM t;
ALTER VIEW filled ALTER COLUMN n SET DEFAULT CASE WHEN 'a'::varchar(3) IN ('a', 'b') THEN 1 END;
CREATE MATERIALIZED VIEW m AS SELECT s IN ('a', 'b') AS x, 1 / count(*) AS n FROM t GROUP BY 1;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (s IN ('a', 'b')) WITH CHECK (s NOT IN ('a', 'b'));
CREATE DOMAIN word AS varchar(3) DEFAULT CASE WHEN 'a'::varchar(3) IN ('a', 'b') THEN 'q' END CHECK (VALUE IN ('a', 'b'));
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER on_t BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.s IN ('a', 'b')) EXECUTE FUNCTION changed();
CREATE RULE also AS ON UPDATE TO t WHERE NEW.s IN ('a', 'b') DO ALSO SELECT NEW.s IN ('a', 'c') AS x;
CREATE FUNCTION f(x varchar DEFAULT CASE WHEN 'a'::varchar(3) IN ('a', 'b') THEN 'q' END) RETURNS boolean
    LANGUAGE sql AS $$SELECT x IN ('a', 'b')$$;
CREATE TABLE parted (s varchar(5), n integer, CHECK (s IN ('a', 'b'))) PARTITION BY LIST ((s IN ('a', 'b')));
CREATE TABLE part PARTITION OF parted FOR VALUES IN (true);
CREATE INDEX parted_s ON parted (s) WHERE s IN ('a', 'c');
