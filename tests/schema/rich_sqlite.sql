CREATE TABLE zone (code TEXT COLLATE nocase PRIMARY KEY ON CONFLICT REPLACE, name) WITHOUT ROWID;
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- the row id
    email VARCHAR(320) NOT NULL ON CONFLICT IGNORE CONSTRAINT email_unique UNIQUE ON CONFLICT ROLLBACK,
    zone TEXT REFERENCES zone ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "order" INT DEFAULT -1 CHECK ("order" <> 0),
    'single quoted' TEXT DEFAULT 'it''s; fine',
    [in brackets] REAL DEFAULT (random() / 2),
    total INT GENERATED ALWAYS AS ("order" * 2) STORED,
    shown AS (upper(email)),
    at TEXT DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT has_at CHECK (email LIKE '%@%' /* roughly */),
    UNIQUE (zone, "order" COLLATE rtrim DESC)
    FOREIGN KEY ("order", zone) REFERENCES other (x, y) MATCH FULL
);
CREATE TABLE other (x INT, y TEXT, z ANY, PRIMARY KEY (x, y)) STRICT, WITHOUT ROWID;
CREATE TABLE quirk (id INTEGER PRIMARY KEY DESC, name);
CREATE TABLE "a table" ("a ""quoted"" name" TEXT);
CREATE UNIQUE INDEX account_at ON account (date(at) DESC, "order" COLLATE nocase) WHERE "order" > 3;
CREATE VIEW adults (who) AS
    SELECT email FROM account -- all
    WHERE "order" > 18;
CREATE VIEW commented AS SELECT 1 AS x -- the end
;
CREATE TRIGGER touch AFTER UPDATE OF email ON account WHEN NEW.id > 3 BEGIN
    UPDATE account SET at = CURRENT_TIMESTAMP WHERE id = NEW.id;
    SELECT 1;
END;
CREATE TRIGGER on_view INSTEAD OF INSERT ON adults BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE search USING fts5(title, body, tokenize = 'porter');
