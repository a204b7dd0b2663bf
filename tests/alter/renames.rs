//! Confirmed renames, and those that need no confirmation: what hangs on a table goes along, and rows stay.

use revgraph::alter::Rename;
use revgraph::catalog::{ObjectKind, ObjectName};

fn object(kind: ObjectKind, schema: Option<&str>, name: &str) -> ObjectName {
    ObjectName::new(kind, schema, name)
}

fn renamed(from: ObjectName, to: ObjectName) -> Rename {
    Rename { from, to, label: None }
}

#[cfg(feature = "sqlite")]
mod on_sqlite {
    use revgraph::alter::Hints;

    use super::super::lite::{Lite, text};
    use super::*;

    fn table(name: &str) -> ObjectName {
        object(ObjectKind::Table, None, name)
    }

    fn column(table_name: &str, name: &str) -> ObjectName {
        table(table_name).part(ObjectKind::Column, name)
    }

    /// There with these renames and back with their reverse; the statements of the way there.
    #[track_caller]
    fn there_and_back(before: &str, rows: &str, after: &str, renames: Vec<Rename>) -> String {
        let database = Lite::with(&format!("{before}; {rows};"));
        let (left, right, original) = (Lite::with(before), Lite::with(after), database.rows());
        let hints = Hints { renames, ..database.hints() };
        let up = database.lead(&right.catalog(), &hints).unwrap_or_else(|error| panic!("up: {error}"));
        assert_eq!(database.differences(&right), [""; 0], "up:\n{}", text(&up));
        let renames = hints.renames.iter().rev().map(Rename::reversed).collect();
        let back = Hints { renames, ..database.hints() };
        let down = database.lead(&left.catalog(), &back).unwrap_or_else(|error| panic!("down: {error}"));
        assert_eq!(database.differences(&left), [""; 0], "down:\n{}", text(&down));
        assert_eq!(database.rows(), original);
        text(&up)
    }

    #[test]
    fn everything_that_names_a_table_or_column_follows() {
        let before = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> ''));
            CREATE TABLE posts (author INT REFERENCES users);
            CREATE INDEX by_name ON users (name) WHERE name > 'a';
            CREATE VIEW names AS SELECT name AS n FROM users;
            CREATE TRIGGER tr AFTER UPDATE OF name ON users BEGIN SELECT new.name; END;
            CREATE VIEW broken AS SELECT 1 FROM nowhere";
        let after = before
            .replace("users", "accounts")
            .replace("name ", "full_name ")
            .replace("(name", "(full_name")
            .replace("new.name", "new.full_name");
        let renames = vec![
            renamed(column("users", "name"), column("accounts", "full_name")),
            renamed(table("users"), table("accounts")),
        ];
        let up = there_and_back(
            before,
            "INSERT INTO users VALUES (1, 'x'); INSERT INTO posts VALUES (1)",
            &after,
            renames,
        );
        assert!(up.starts_with("DROP VIEW broken;\nALTER TABLE users RENAME COLUMN name TO full_name;\nALTER TABLE users RENAME TO accounts;\n"), "{up}");
        assert!(!up.contains("DROP TABLE"), "{up}");
    }

    #[test]
    fn names_change_places() {
        let renames =
            vec![renamed(column("t", "a"), column("t", "b")), renamed(column("t", "b"), column("t", "a"))];
        there_and_back(
            "CREATE TABLE t (a INT, b TEXT)",
            "INSERT INTO t VALUES (1, 'x')",
            "CREATE TABLE t (b INT, a TEXT)",
            renames,
        );
        let renames = vec![renamed(table("t"), table("u")), renamed(table("u"), table("t"))];
        there_and_back(
            "CREATE TABLE t (a INT); CREATE TABLE u (b TEXT)",
            "INSERT INTO t VALUES (1)",
            "CREATE TABLE u (a INT); CREATE TABLE t (b TEXT)",
            renames,
        );
    }
}

#[cfg(feature = "postgres")]
mod on_postgres {
    use revgraph::alter::{self, Hints, ServerVersion};

    use super::super::postgres::Schema;
    use super::*;

    fn table(name: &str) -> ObjectName {
        object(ObjectKind::Table, Some("public"), name)
    }

    /// The renames alone lead from one schema to the other; their statements.
    #[track_caller]
    fn lead(before: &str, after: &str, renames: Vec<Rename>) -> String {
        let (left, right) = (Schema::with(before), Schema::with(after));
        let hints = Hints { renames, server: ServerVersion(150_000), ..Hints::default() };
        let statements =
            alter::renames(&left.catalog(), &right.catalog(), &hints).expect("nothing is missing");
        let text: String = statements.iter().map(|statement| format!("{};\n", statement.sql)).collect();
        left.database.execute(&text);
        assert_eq!(left.dump(), right.dump(), "{text}");
        text
    }

    #[test]
    fn a_table_takes_along_what_is_called_after_it() {
        let before = "CREATE TABLE users (id serial PRIMARY KEY, big bigint GENERATED ALWAYS AS IDENTITY, name text UNIQUE CHECK (name <> ''), boss int REFERENCES users (id));
            CREATE INDEX users_boss_idx ON users (boss);
            CREATE TABLE posts (author int REFERENCES users (id), at date);
            CREATE VIEW names AS SELECT users.name FROM users";
        let after = before.replace("users", "accounts").replace("boss", "chief");
        let column = table("users").part(ObjectKind::Column, "boss");
        let renames = vec![
            renamed(table("users"), table("accounts")),
            renamed(column, table("accounts").part(ObjectKind::Column, "chief")),
        ];
        let text = lead(before, &after, renames);
        for piece in [
            "ALTER TABLE public.users RENAME COLUMN boss TO chief",
            "ALTER TABLE public.users RENAME TO accounts",
            "ALTER SEQUENCE public.users_id_seq RENAME TO accounts_id_seq",
            "ALTER SEQUENCE public.users_big_seq RENAME TO accounts_big_seq",
            "RENAME CONSTRAINT users_pkey TO accounts_pkey",
            "RENAME CONSTRAINT users_name_key TO accounts_name_key",
            "RENAME CONSTRAINT users_name_check TO accounts_name_check",
            "RENAME CONSTRAINT users_boss_fkey TO accounts_chief_fkey",
            "ALTER INDEX public.users_boss_idx RENAME TO accounts_chief_idx",
        ] {
            assert!(text.contains(piece), "{piece}:\n{text}");
        }
    }

    #[test]
    fn what_holds_no_values_is_renamed_without_a_question() {
        let before = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a int CONSTRAINT old CHECK (a > 0), m mood); CREATE INDEX i ON t (a DESC)";
        let after = before.replace("old", "new").replace("INDEX i", "INDEX j").replace("mood", "feeling");
        let text = lead(before, &after, Vec::new());
        assert_eq!(text.lines().count(), 3, "{text}");
    }

    #[test]
    fn labels_and_schemas() {
        let before = "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE a.t (id int PRIMARY KEY)";
        let after = before
            .replace("'sad'", "'unhappy'")
            .replace("a.t", "b.u")
            .replace("id int", "id int CONSTRAINT t_pkey");
        let mood = object(ObjectKind::Enum, Some("public"), "mood");
        let label = Some(("sad".to_owned(), "unhappy".to_owned()));
        let renames = vec![
            Rename { from: mood.clone(), to: mood, label },
            renamed(object(ObjectKind::Table, Some("a"), "t"), object(ObjectKind::Table, Some("b"), "u")),
        ];
        lead(before, &after, renames);
    }
}
