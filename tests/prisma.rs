//! Models of Prisma as the desired schema, on both databases: what they build beside the engine's own SQL, what stays
//! that they cannot say, and the way back.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Project, on_each_database};

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/prisma/schemas");

on_each_database!(
    the_models_build_what_the_engines_sql_builds,
    a_pulled_schema_is_that_of_the_database_and_leaves_what_is_right_alone,
    what_models_cannot_say_stays,
    what_has_changed_in_the_database_is_pulled_and_the_rest_keeps_its_text,
    keys_that_have_changed_are_pulled_once,
    faults_are_shown_at_their_place,
);

/// The folders of schemas for this database. Two of SQLite's hold SQL that SQLite refuses: a column twice, and a default
/// without quotes.
fn folders(project: &Project) -> Vec<PathBuf> {
    let provider = if project.database.is_sqlite() { "sqlite" } else { "postgresql" };
    let entries = fs::read_dir(Path::new(SCHEMAS).join(provider)).expect("the schemas");
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.retain(|folder| {
        let is_broken = folder.ends_with("13_keywords_case") || folder.ends_with("03_defaults");
        !(project.database.is_sqlite() && is_broken)
    });
    folders.sort();
    folders
}

fn the_models_build_what_the_engines_sql_builds(project: &Project) {
    for folder in folders(project) {
        let engine = fs::read_to_string(folder.join("schema.sql")).expect("the engine's SQL");
        let extension = if engine.contains("CITEXT") { "CREATE EXTENSION citext;\n" } else { "" };
        project.write("engine.sql", format!("{extension}{engine}"));
        let models = folder.join("schema.prisma").display().to_string();
        let ran = project.run(&["diff", "engine.sql", &models]);
        assert_eq!(ran.status, 0, "{}\n{}{}", folder.display(), ran.stdout, ran.stderr);
    }
}

fn a_pulled_schema_is_that_of_the_database_and_leaves_what_is_right_alone(project: &Project) {
    let model = "model Account {\n  id       Int     @id @default(autoincrement()) // by hand\n  email    String  @unique\n  ownerId  Int?    @map(\"owner\")\n  owner    Account? @relation(\"owns\", fields: [ownerId], references: [id])\n  owned    Account[] @relation(\"owns\")\n  labels   Label[]\n\n  @@index([email, ownerId])\n  @@map(\"accounts\")\n}\n\nmodel Label {\n  name String @id\n  accounts Account[]\n}\n";
    let models = datasource(project) + model;
    project.write("schema.prisma", &models);
    assert_eq!(project.run(&["revision", "--autogenerate", "--to", "schema.prisma", "-m", "init"]).status, 0);
    assert_eq!(project.run(&["upgrade"]).status, 0);
    assert_eq!(project.run(&["pull", "schema.prisma"]).status, 0);
    assert_eq!(fs::read_to_string(project.path("schema.prisma")).expect("the models"), models);
    assert_eq!(project.run(&["pull", "new/schema.prisma"]).status, 0);
    let ran = project.run(&["diff", "database", "new/schema.prisma"]);
    assert_eq!(ran.status, 0, "{}{}\n{}", ran.stdout, ran.stderr, pulled(project, "new/schema.prisma"));
}

fn pulled(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path(path)).expect("the models")
}

fn datasource(project: &Project) -> String {
    let provider = if project.database.is_sqlite() { "sqlite" } else { "postgresql" };
    format!("datasource db {{\n  provider = \"{provider}\"\n}}\n\n")
}

const ACCOUNT: &str = "model Account {\n  id    Int    @id\n  email String @unique // the login\n}\n";

fn what_models_cannot_say_stays(project: &Project) {
    project.write("schema.prisma", datasource(project) + ACCOUNT);
    assert_eq!(project.run(&["revision", "--autogenerate", "--to", "schema.prisma", "-m", "init"]).status, 0);
    let by_hand = if project.database.is_sqlite() {
        "CREATE TRIGGER watch BEFORE UPDATE ON \"Account\" BEGIN SELECT 1; END;"
    } else {
        "COMMENT ON TABLE \"Account\" IS 'people';\nALTER TABLE \"Account\" ADD CONSTRAINT sound CHECK (email <> '');\n\
         CREATE SEQUENCE numbers;\nALTER TABLE \"Account\" ENABLE ROW LEVEL SECURITY;\n\
         CREATE POLICY own ON \"Account\" USING (true);\n\
         CREATE FUNCTION short(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT left($1, 1)';"
    };
    assert_eq!(project.run(&["upgrade"]).status, 0);
    let head = project.database.version_rows().remove(0);
    let up = format!(
        "CREATE TABLE audit (id INTEGER PRIMARY KEY);\nCREATE VIEW emails AS SELECT email FROM \"Account\";\n\
         CREATE INDEX folded ON \"Account\" (lower(email));\nCREATE INDEX few ON \"Account\" (email) WHERE id > 3;\n{by_hand}\n"
    );
    project.revision("b1", &head, &up, "-- revgraph: irreversible by hand\n");
    assert_eq!(project.run(&["upgrade"]).status, 0);
    let ran = project.run(&["diff", "database", "schema.prisma"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    // A new field: nothing else is touched, and a second look finds nothing.
    let more = ACCOUNT.replace("}\n", "  age   Int?\n}\n");
    project.write("schema.prisma", datasource(project) + &more);
    let ran = project.run(&["diff", "--sql", "b1", "schema.prisma"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("ADD COLUMN age") && !ran.stdout.contains("DROP"), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches(';').count(), 1, "{}", ran.stdout);
    let ran = project.run(&["revision", "--autogenerate", "--to", "schema.prisma", "-m", "age"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ran = project.run(&["revision", "--autogenerate", "--to", "schema.prisma", "-m", "again"]);
    assert!(ran.stderr.contains("nothing to do"), "{}", ran.stderr);
}

fn what_has_changed_in_the_database_is_pulled_and_the_rest_keeps_its_text(project: &Project) {
    project.write("schema.prisma", datasource(project) + ACCOUNT);
    assert_eq!(project.run(&["revision", "--autogenerate", "--to", "schema.prisma", "-m", "init"]).status, 0);
    assert_eq!(project.run(&["upgrade"]).status, 0);
    project.database.execute("ALTER TABLE \"Account\" ADD COLUMN age INTEGER DEFAULT 3");
    project.database.execute("CREATE TABLE \"Post\" (id INTEGER NOT NULL PRIMARY KEY, author INTEGER NOT NULL REFERENCES \"Account\" (id))");
    project.database.execute("CREATE INDEX by_age ON \"Account\" (age)");
    let ran = project.run(&["pull", "schema.prisma"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let text = pulled(project, "schema.prisma");
    assert!(text.contains("  email String @unique // the login\n  age Int? @default(3)\n"), "{text}");
    assert!(text.contains("  @@index([age], map: \"by_age\")\n"), "{text}");
    assert!(text.contains("model Post {\n") && text.contains("Post Post[]"), "{text}");
    let ran = project.run(&["diff", "database", "schema.prisma"]);
    assert_eq!(ran.status, 0, "{}{}\n{text}", ran.stdout, ran.stderr);
}

/// An attribute of a field may be given only once: the keys of the database take the place of those of the models.
fn keys_that_have_changed_are_pulled_once(project: &Project) {
    project.write("schema.prisma", datasource(project) + ACCOUNT);
    assert_eq!(project.run(&["revision", "--autogenerate", "--to", "schema.prisma", "-m", "init"]).status, 0);
    assert_eq!(project.run(&["upgrade"]).status, 0);
    let tables = [
        // The type and the name of the key change, and there is a second unique index.
        "id BIGINT NOT NULL, email TEXT NOT NULL, CONSTRAINT another PRIMARY KEY (id)",
        "id BIGINT NOT NULL, email TEXT NOT NULL, CONSTRAINT another PRIMARY KEY (email)",
        "id INTEGER NOT NULL, email TEXT, PRIMARY KEY (id)",
    ];
    for (number, table) in tables.iter().enumerate() {
        project.database.execute("DROP TABLE \"Account\"");
        project.database.execute(&format!("CREATE TABLE \"Account\" ({table})"));
        for name in ["Account_email_key", "a_second", "z_third"] {
            project.database.execute(&format!("CREATE UNIQUE INDEX \"{name}\" ON \"Account\" (email)"));
        }
        for models in ["schema.prisma".to_owned(), format!("new{number}.prisma")] {
            let ran = project.run(&["pull", &models]);
            assert_eq!(ran.status, 0, "{}", ran.stderr);
            let text = pulled(project, &models);
            let ran = project.run(&["diff", "database", &models]);
            assert_eq!(ran.status, 0, "{}{}\n{text}", ran.stdout, ran.stderr);
            assert_eq!((text.matches("@id").count(), text.matches("unique").count()), (1, 3), "{text}");
        }
    }
}

fn faults_are_shown_at_their_place(project: &Project) {
    project.write("schema.prisma", datasource(project) + "model A {\n  id Int @idd\n}\n");
    let error = project.refused(&["schema", "schema.prisma"], 2);
    assert_eq!((&error["kind"], &error["line"], &error["column"]), (&"models".into(), &6.into(), &10.into()));
    assert_eq!(error["hints"][0], "did you mean id?");
    // What the database refuses is shown at the field that it comes from.
    let text = "model A {\n  id Int @id\n  a Int @default(dbgenerated(\"no(\"))\n}\n";
    project.write("schema.prisma", datasource(project) + text);
    let ran = project.run(&["schema", "schema.prisma"]);
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("schema.prisma:5"), "{}", ran.stderr);
}

/// The bookkeeping, or everything, in a schema of its own, which a scratch database has before anything is made.
#[test]
fn schemas_that_an_environment_needs_are_not_made_twice() {
    for (lines, schema) in [("version_table_schema = \"books\"", "books"), ("", "shop")] {
        let project = Project::new(crate::support::Kind::Postgres);
        project.database.execute(&format!("CREATE SCHEMA {schema}"));
        if schema == "shop" {
            project.write("alembic.toml", format!("url = \"{}&schema=shop\"\n", project.database.url()));
        }
        project.configure(lines);
        project.configure("schema = \"schema.prisma\"");
        project.write("schema.prisma", datasource(&project) + ACCOUNT);
        assert_eq!(project.run(&["revision", "--autogenerate", "-m", "init"]).status, 0);
        assert_eq!(project.run(&["upgrade"]).status, 0);
        let more = ACCOUNT.replace("}\n", "  age   Int?\n}\n");
        project.write("schema.prisma", datasource(&project) + &more);
        let ran = project.run(&["revision", "--autogenerate", "-m", "age"]);
        assert_eq!(ran.status, 0, "{ran:?}");
        let ran = project.run(&["revision", "--autogenerate", "--from", "database", "-m", "age"]);
        assert_ne!(ran.status, 0, "{ran:?}");
        assert!(ran.stderr.contains("does not stand at the heads"), "{ran:?}");
        assert_eq!(project.run(&["upgrade"]).status, 0);
        let ran = project.run(&["pull"]);
        assert!(ran.status == 0 && ran.stderr.contains("nothing to do"), "{ran:?}");
    }
}

#[test]
fn words_of_prisma_are_answered() {
    let project = Project::new(crate::support::Kind::Sqlite);
    let error = project.refused(&["migrate", "deploy"], 2);
    assert_eq!(error["message"], "Prisma's `migrate deploy` is `revgraph upgrade` here");
}

#[test]
fn an_import_names_the_models() {
    let project = Project::new(crate::support::Kind::Sqlite);
    fs::create_dir_all(project.path("prisma/migrations/20240301090000_init")).expect("a folder");
    project.write("prisma/schema.prisma", datasource(&project) + ACCOUNT);
    project.write(
        "prisma/migrations/20240301090000_init/migration.sql",
        "CREATE TABLE \"Account\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" TEXT NOT NULL);\n\
         CREATE UNIQUE INDEX \"Account_email_key\" ON \"Account\"(\"email\");\n",
    );
    let ran = project.run(&["import", "prisma", "prisma/migrations"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let config = fs::read_to_string(project.path("alembic.toml")).expect("the configuration");
    assert!(config.ends_with("schema = \"prisma/schema.prisma\"\n"), "{config}");
    let ran = project.run(&["revision", "--autogenerate"]);
    assert!(ran.stderr.contains("nothing to do"), "{}", ran.stderr);
}
