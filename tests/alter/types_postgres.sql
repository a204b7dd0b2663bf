CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
COMMENT ON TYPE mood IS 'how one is';
CREATE DOMAIN moody AS mood DEFAULT 'ok';
CREATE DOMAIN positive AS integer CONSTRAINT above CHECK (VALUE > 0);
CREATE TYPE pair AS (one integer, two text);
CREATE TYPE feeling AS (since date, what mood);
CREATE TABLE person (
    id serial PRIMARY KEY,
    mood mood NOT NULL DEFAULT 'ok' CHECK (mood <> 'sad'),
    moods mood[] DEFAULT '{ok,happy}',
    moody moody,
    feeling feeling,
    pair pair,
    positive positive,
    plain integer NOT NULL,
    always bigint GENERATED ALWAYS AS IDENTITY (START WITH 100)
);
CREATE INDEX person_happy ON person (id) WHERE mood = 'happy';
CREATE UNIQUE INDEX person_mood ON person (mood, id);
CREATE VIEW happy AS SELECT id, mood FROM person WHERE mood = 'happy';
CREATE FUNCTION better(mood) RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'happy'::mood $$;
CREATE SEQUENCE loose;
CREATE TABLE day (at date NOT NULL, n integer) PARTITION BY RANGE (at);
CREATE TABLE day_1 PARTITION OF day FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE day_2 (at date NOT NULL, n integer);
CREATE INDEX day_n ON day (n);
CREATE TABLE parent (a integer, b text, CONSTRAINT a_above CHECK (a > 0));
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other_child (a integer, b text, CONSTRAINT a_above CHECK (a > 0));
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER there VERSION '1' FOREIGN DATA WRAPPER far OPTIONS (host 'a', port '1');
CREATE PUBLICATION news FOR TABLE person;
CREATE STATISTICS person_stat ON mood, plain FROM person;
CREATE COLLATION plain_c (LOCALE = 'C');
INSERT INTO person (mood, moods, moody, feeling, pair, positive, plain)
    SELECT 'happy', '{ok}', 'ok', '(2020-01-01,sad)', '(1,"a, b")', n, n FROM generate_series(1, 5) AS n;
INSERT INTO day VALUES ('2020-05-05', 1);
INSERT INTO day_2 VALUES ('2021-05-05', 2);
INSERT INTO child VALUES (1, 'c');
INSERT INTO other_child VALUES (2, 'o');
