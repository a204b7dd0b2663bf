-- a table that others are about
CREATE TABLE item (id INTEGER PRIMARY KEY, n INT, note TEXT, at TEXT);
-- or
CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER NOT NULL DEFAULT 3, note VARCHAR(30) COLLATE NOCASE DEFAULT 'it''s', at DATETIME DEFAULT CURRENT_TIMESTAMP);
-- or
CREATE TABLE "Item" (n TEXT, id INTEGER NOT NULL PRIMARY KEY ON CONFLICT REPLACE, note TEXT NOT NULL ON CONFLICT IGNORE DEFAULT (lower('A')), at TEXT) STRICT;
-- or
CREATE TABLE item (id TEXT, n NUMERIC DEFAULT (1 + 1), note, at TEXT CHECK (at <> ''), PRIMARY KEY (id, n DESC)) WITHOUT ROWID;
-- or
CREATE TABLE item (id INT PRIMARY KEY DESC, n REAL DEFAULT +1, note BLOB DEFAULT x'00', at TEXT, UNIQUE (n, id) ON CONFLICT IGNORE);

-- columns that come in place
ALTER TABLE item ADD COLUMN price REAL DEFAULT -1.5;
-- or
ALTER TABLE item ADD COLUMN price INTEGER NOT NULL DEFAULT 0 CHECK (price >= 0);
-- or
ALTER TABLE item ADD COLUMN price TEXT COLLATE RTRIM;
ALTER TABLE item ADD COLUMN "a ""quoted"" one" TEXT DEFAULT 'x';

-- generated columns
ALTER TABLE item ADD COLUMN twice INT AS (n * 2);
-- or
ALTER TABLE item ADD COLUMN twice TEXT GENERATED ALWAYS AS (coalesce(note, '') || n) VIRTUAL NOT NULL;
-- or
ALTER TABLE item ADD COLUMN twice INT;

-- indexes
CREATE INDEX item_note ON item (note, n DESC);
CREATE UNIQUE INDEX item_at ON item (at) WHERE at IS NOT NULL;
-- or
CREATE INDEX item_note ON item (lower(note) COLLATE NOCASE, n + 1) WHERE n > 0;
-- or
CREATE UNIQUE INDEX item_note ON item (note COLLATE NOCASE, id);
CREATE INDEX item_twice ON item (twice);

-- a table that refers to it
CREATE TABLE line (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item ON DELETE CASCADE, word TEXT);
-- or
CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER CONSTRAINT of_item REFERENCES item (id) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, word TEXT UNIQUE, up INTEGER REFERENCES line (id));
-- or
CREATE TABLE line (word TEXT NOT NULL, item INTEGER NOT NULL, id INTEGER, CONSTRAINT "key" PRIMARY KEY (item, word), FOREIGN KEY (item) REFERENCES item (id) ON DELETE SET NULL, CHECK (length(word) < 99)) WITHOUT ROWID;
-- or
CREATE TABLE line (id INTEGER PRIMARY KEY, item TEXT, word ANY, up INTEGER GENERATED ALWAYS AS (id + 1) STORED, CONSTRAINT short CHECK (length(word) < 9)) STRICT;

-- tables that refer to each other
CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER REFERENCES egg (id));
CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER NOT NULL REFERENCES hen (id) ON DELETE CASCADE);
-- or
CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER DEFAULT 1 REFERENCES egg (id) DEFERRABLE INITIALLY DEFERRED, name TEXT);
CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER REFERENCES hen (id) ON DELETE CASCADE, CHECK (hen <> id));

-- a table with a key of two columns, and one that refers to both
CREATE TABLE place (x INT NOT NULL, y INT NOT NULL, what TEXT, PRIMARY KEY (x, y));
CREATE TABLE thing (x INT, y INT, FOREIGN KEY (x, y) REFERENCES place (x, y) ON DELETE CASCADE);
-- or
CREATE TABLE place (x INT NOT NULL, y INT NOT NULL, what TEXT, UNIQUE (y, x)) STRICT;
CREATE TABLE thing (y INT, x INT, z TEXT, FOREIGN KEY (y, x) REFERENCES place (y, x));
-- or
CREATE TABLE place (y TEXT, x INT, what TEXT COLLATE NOCASE NOT NULL DEFAULT '', PRIMARY KEY (x, y)) WITHOUT ROWID;
CREATE TABLE thing (x INT, y TEXT, FOREIGN KEY (x, y) REFERENCES place DEFERRABLE INITIALLY DEFERRED);

-- views, one of another
CREATE VIEW seen AS SELECT id, n, note FROM item;
CREATE VIEW twice_seen AS SELECT id, n + 1 AS m FROM seen WHERE n > 0;
-- or
CREATE VIEW seen (id, n) AS SELECT i.id, count(*) FROM item i JOIN line l ON l.item = i.id GROUP BY 1;
CREATE VIEW twice_seen AS WITH q AS (SELECT * FROM seen) SELECT * FROM q UNION ALL SELECT 1, 2;
-- or
CREATE VIEW twice_seen AS SELECT seen.id FROM seen JOIN item USING (id);
CREATE VIEW seen AS SELECT * FROM item /* all */ ;
-- or
CREATE VIEW "seen" AS SELECT note, id, n FROM "item" -- and the rest
;
CREATE VIEW third AS SELECT id FROM twice_seen;

-- triggers
CREATE TRIGGER on_item AFTER INSERT ON item BEGIN UPDATE item SET note = 'x' WHERE id = new.id; END;
-- or
CREATE TRIGGER on_item BEFORE UPDATE OF n, note ON item FOR EACH ROW WHEN old.n IS NOT new.n BEGIN INSERT INTO line (id, item) VALUES (new.id, new.id); SELECT RAISE(IGNORE); END;
CREATE TRIGGER on_line AFTER DELETE ON line BEGIN DELETE FROM item WHERE id = old.item; END;
-- or
CREATE TRIGGER on_line AFTER DELETE ON line WHEN old.word = 'END;' BEGIN DELETE FROM item WHERE note = old.word; END;

-- triggers of views
CREATE TRIGGER into_seen INSTEAD OF INSERT ON seen BEGIN INSERT INTO item (id, n) VALUES (new.id, new.n); END;
-- or
CREATE TRIGGER into_seen INSTEAD OF DELETE ON seen BEGIN DELETE FROM item WHERE id = old.id; END;
CREATE TRIGGER into_twice INSTEAD OF UPDATE ON twice_seen BEGIN SELECT old.id; END;

-- full text with content of its own
CREATE VIRTUAL TABLE found USING fts5(title, body);
-- or
CREATE VIRTUAL TABLE found USING fts5(title, body UNINDEXED, tokenize = 'porter ascii', prefix = '2 3');
-- or
CREATE VIRTUAL TABLE found USING fts5(body, title, extra);
-- or
CREATE VIRTUAL TABLE found USING fts4(title, body, tokenize=porter);

-- full text of a table
CREATE VIRTUAL TABLE notes USING fts5(note, content = 'item', content_rowid = 'id');
CREATE TRIGGER notes_come AFTER INSERT ON item BEGIN INSERT INTO notes (rowid, note) VALUES (new.id, new.note); END;
-- or
CREATE VIRTUAL TABLE notes USING fts5(note, content = '');
-- or
CREATE VIRTUAL TABLE notes USING fts5(note, at, content = 'item', content_rowid = 'id');

-- a tree of boxes
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);
-- or
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1, +label TEXT);
-- or
CREATE VIRTUAL TABLE box USING rtree_i32(id, x0, x1);

-- a table that is one or a view
CREATE TABLE thin (id INTEGER PRIMARY KEY, word TEXT DEFAULT "dq", num INT DEFAULT (-(5)), flag BOOLEAN DEFAULT TRUE);
-- or
CREATE VIEW thin AS SELECT 1 AS id, 'x' AS word;
-- or
CREATE TABLE thin (id INTEGER PRIMARY KEY, word TEXT DEFAULT 'dq' UNIQUE, num DECIMAL(10, 2) DEFAULT .5, flag BOOLEAN NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)));
-- or
CREATE TABLE thin (id INTEGER PRIMARY KEY NOT NULL, word JSON CHECK (json_valid(word)), num BIGINT DEFAULT 9223372036854775807, flag DATE DEFAULT CURRENT_DATE) STRICT;

-- names that must be quoted
CREATE TABLE "Group" ("order" INTEGER PRIMARY KEY, [a b] TEXT, `c"d` INT DEFAULT 1, "Größe" REAL);
CREATE INDEX "by a b" ON "Group" ([a b]);
-- or
CREATE TABLE "Group" ("order" INTEGER PRIMARY KEY, "a b" TEXT COLLATE NOCASE UNIQUE, "c""d" TEXT, "Größe" REAL NOT NULL DEFAULT 1e3);
CREATE VIEW "two words" AS SELECT "a b", "c""d" FROM "Group";
-- or
CREATE TABLE "group" ("ORDER" INTEGER PRIMARY KEY AUTOINCREMENT, "Größe" REAL, "values" TEXT);
CREATE TRIGGER "on group" AFTER INSERT ON "group" BEGIN UPDATE "group" SET "values" = new."Größe"; END;

-- a check that names its table
CREATE TABLE named (a INT, b TEXT, CHECK (named.a IS NULL OR named.a > -1000));
-- or
CREATE TABLE named (a INTEGER NOT NULL DEFAULT 5, b TEXT COLLATE NOCASE, CONSTRAINT own CHECK ("named"."a" <> 3));
CREATE VIEW of_named AS SELECT a FROM named;
-- or
CREATE TABLE named (a TEXT, c INT DEFAULT (1 + 1), CHECK (a <> 'named.a' AND named.c > 0));
CREATE TRIGGER on_named AFTER INSERT ON named BEGIN UPDATE named SET c = 7 WHERE named.a = new.a; END;
