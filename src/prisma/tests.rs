//! The engine's own SQL as second opinion, faults and their places, and rubbish.

use std::fs;
use std::path::{Path, PathBuf};

use super::{PrismaVersion, SchemaError, SourceFile, read, statements};

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/prisma/schemas");

fn file(text: &str) -> SourceFile {
    SourceFile { path: PathBuf::from("schema.prisma"), text: text.to_owned() }
}

fn with_datasource(provider: &str, text: &str) -> SourceFile {
    file(&format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{text}"))
}

fn sql(provider: &str, text: &str) -> Vec<String> {
    let schema = read(&[with_datasource(provider, text)]).unwrap_or_else(|error| panic!("{error}"));
    statements(&schema, PrismaVersion::LATEST).into_iter().map(|statement| statement.sql).collect()
}

/// `line:column: message`, the lines counted behind the datasource.
fn faults(provider: &str, text: &str) -> Vec<String> {
    let Err(SchemaError { problems }) = read(&[with_datasource(provider, text)]) else { return Vec::new() };
    let told = |problem: super::Problem| {
        format!("{}:{}: {}", problem.excerpt.line - 3, problem.excerpt.column, problem.message)
    };
    problems.into_iter().map(told).collect()
}

/// What differs in nothing but spelling is made the same.
fn normal(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let text = words.join(" ").replace("(\"A\",\"B\")", "(\"A\", \"B\")").replace("\",\"", "\", \"");
    // What has a backslash is an escape string here, so that it means the same on every server.
    let Some((before, rest)) = text.split_once("E'") else { return text };
    format!("{before}'{}", rest.replacen("\\\\", "\\", 1))
}

fn engine_statements(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("the engine's SQL");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("-- ")).collect();
    let all = lines.join("\n");
    let mut all: Vec<String> =
        all.split(";\n").map(normal).map(|one| one.trim_end_matches(';').to_owned()).collect();
    all.retain(|one| !one.is_empty() && one != "CREATE SCHEMA IF NOT EXISTS \"public\"");
    all.sort();
    all
}

#[test]
fn the_sql_is_that_of_prismas_engine() {
    let mut seen = 0;
    for provider in ["postgresql", "sqlite"] {
        for entry in fs::read_dir(Path::new(SCHEMAS).join(provider)).expect("the schemas").flatten() {
            let folder = entry.path();
            let text = fs::read_to_string(folder.join("schema.prisma")).expect("a schema");
            let schema = read(&[file(&text)]).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let made = statements(&schema, PrismaVersion::LATEST);
            let mut own: Vec<String> = made.iter().map(|statement| normal(&statement.sql)).collect();
            // The engine leaves it to whoever runs its SQL.
            own.retain(|statement| statement != "CREATE EXTENSION IF NOT EXISTS \"citext\"");
            own.sort();
            let mut engine = engine_statements(&folder.join("schema.sql"));
            if provider == "sqlite" {
                // The engine's two faults, mended.
                for statement in &mut engine {
                    *statement = statement
                        .replace("DEFAULT {\"a\": [1, 2]}", "DEFAULT '{\"a\": [1, 2]}'")
                        .replace("BLOB NOT NULL DEFAULT '68656c6c6f'", "BLOB NOT NULL DEFAULT x'68656c6c6f'");
                }
            }
            assert_eq!(own, engine, "{}", folder.display());
            seen += 1;
        }
    }
    assert!(seen > 30, "only {seen} schemas were found");
}

#[test]
fn files_of_a_folder_are_one_schema() {
    let files = [
        file(
            "model Post {\n  id Int @id\n  authorId Int\n  author User @relation(fields: [authorId], references: [id])\n}\n",
        ),
        with_datasource("sqlite", "model User {\n  id Int @id\n  posts Post[]\n}\n"),
    ];
    let schema = read(&files).expect("a schema");
    assert_eq!(statements(&schema, PrismaVersion::LATEST).len(), 2);
}

#[test]
fn join_tables_of_older_versions_have_a_unique_index() {
    let text = "model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  as A[]\n}\n";
    let schema = read(&[with_datasource("postgresql", text)]).expect("a schema");
    let of = |version: u32| {
        let all = statements(&schema, PrismaVersion(version)).into_iter();
        all.map(|statement| statement.sql).collect::<Vec<_>>().join(";\n")
    };
    assert!(of(5).contains("CREATE UNIQUE INDEX \"_AToB_AB_unique\"") && !of(5).contains("_AB_pkey"));
    assert!(of(6).contains("CONSTRAINT \"_AToB_AB_pkey\" PRIMARY KEY") && !of(6).contains("_AB_unique"));
}

#[test]
fn quotes_in_names_are_doubled() {
    let made = sql("postgresql", "model A {\n  id Int @id @map(\"i\\\"d\")\n\n  @@map(\"t\\\"x\")\n}\n");
    assert!(made[0].starts_with("CREATE TABLE \"t\"\"x\" (\n    \"i\"\"d\" INTEGER"), "{made:?}");
}

#[test]
fn views_are_read_and_not_made() {
    let text = "model A {\n  id Int @id\n  vs V[]\n}\nview V {\n  aId Int\n  a A @relation(fields: [aId], references: [id])\n}\n";
    assert_eq!(sql("postgresql", text).len(), 1);
}

#[test]
fn faults_are_told_by_name_at_their_place() {
    let cases: &[(&str, &str, &str)] = &[
        ("postgresql", "modle A {\n  id Int @id\n}\n", "1:1: `modle` begins no block"),
        ("postgresql", "model A {\n  id Int @idd\n}\n", "2:10: there is no attribute `@idd` here"),
        ("postgresql", "model A {\n  id Itn @id\n}\n", "2:6: there is no type `Itn`"),
        (
            "postgresql",
            "model A {\n  id Int @id\n  b Int @db.Foo\n}\n",
            "3:9: PostgreSQL has no native type `Foo`",
        ),
        (
            "sqlite",
            "model A {\n  id Int @id\n  b String @db.Text\n}\n",
            "3:12: there are no native types for SQLite",
        ),
        ("sqlite", "model A {\n  id Int @id\n  b Int[]\n}\n", "3:3: SQLite has no lists"),
        (
            "postgresql",
            "model A {\n  a Int? @id\n}\n",
            "2:10: `a` is a part of the key, so it must be required",
        ),
        ("postgresql", "model A {\n  a Int\n}\n", "1:7: `A` has no key whose fields are all required"),
        ("postgresql", "model A {\n  a Int @id\n  a Int\n}\n", "3:3: `A` has two fields `a`"),
        (
            "postgresql",
            "model A {\n  a Int @id\n  b Int @map(\"a\")\n}\n",
            "3:3: `a` and `b` are both the column `a`",
        ),
        ("postgresql", "model A { a Int\n  b Int @id\n}\n", "1:11: nothing may stand behind `{` on its line"),
        (
            "postgresql",
            "model A {\n  a Int @id @default(\"x)\n}\n",
            "2:22: this string is not closed on its line",
        ),
        ("postgresql", "model A {\n  a Int @id @default(1.5)\n}\n", "2:22: this is no value of type Int"),
        (
            "postgresql",
            "model A {\n  a Int @id\n  b B\n}\nmodel B {\n  a Int @id\n}\n",
            "3:3: `b` of `A` has no field on the other side, in `B`",
        ),
        ("postgresql", "model A {\n  a Int @id\n  @@index([b])\n}\n", "3:12: `A` has no field `b`"),
        ("postgresql", "enum E {\n}\n", "1:6: the enum `E` has no value"),
        (
            "postgresql",
            "model A {\n  a Int @id\n  @@schema(\"x\")\n}\n",
            "3:12: the datasource has no schema `x`",
        ),
        (
            "postgresql",
            "model A {\n  a Int @id\n  b Int\n  @@index([b])\n  @@index([b], type: Hash)\n}\n",
            "5:3: two indexes would be called `A_b_idx` in the database",
        ),
    ];
    for (provider, text, told) in cases {
        assert_eq!(faults(provider, text), [*told], "{text}");
    }
}

#[test]
fn a_near_name_is_suggested() {
    let Err(error) = read(&[with_datasource("sqlite", "model A {\n  id Int @id @updatedat\n}\n")]) else {
        panic!("it has a fault");
    };
    assert_eq!(error.problems[0].help.as_deref(), Some("did you mean updatedAt?"));
}

proptest::proptest! {
    #[test]
    fn rubbish_is_no_panic_and_faults_point_into_the_text(text in ".{0,200}") {
        points_into(&text)?;
    }

    #[test]
    fn near_schemas_are_no_panic_and_faults_point_into_the_text(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)
    ) {
        points_into(&pieces.concat())?;
        points_into(&format!("datasource db {{\n  provider = \"sqlite\"\n}}\n{}", pieces.concat()))?;
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 300, ..Default::default() })]

    #[test]
    fn changed_schemas_are_no_panic_and_faults_point_into_the_text(
        which in proptest::prelude::any::<proptest::sample::Index>(),
        changes in proptest::collection::vec(
            (
                proptest::prelude::any::<proptest::sample::Index>(),
                0..12_usize,
                proptest::sample::select(PIECES),
            ),
            1..4,
        )
    ) {
        let schemas = all_schemas();
        let mut text = which.get(&schemas).clone();
        for (at, length, piece) in changes {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let start = at.index(ends.len());
            let end = (start + length).min(ends.len() - 1);
            // Nothing is put in the place of something, or something in the place of nothing, or both.
            text.replace_range(ends[start]..ends[end], if length % 3 == 0 { "" } else { piece });
        }
        points_into(&text)?;
    }
}

/// The texts of all schemas in the folders.
fn all_schemas() -> Vec<String> {
    let folders = ["postgresql", "sqlite"].map(|provider| Path::new(SCHEMAS).join(provider));
    let folders = folders.into_iter().flat_map(|folder| fs::read_dir(folder).unwrap().flatten());
    folders.map(|folder| fs::read_to_string(folder.path().join("schema.prisma")).unwrap()).collect()
}

const PIECES: &[&str] = &[
    "model ",
    "enum ",
    "view ",
    "type ",
    "datasource ",
    "generator ",
    "A",
    "B",
    "a",
    " {\n",
    "}\n",
    "\n",
    "  ",
    " Int",
    " String",
    "[]",
    "?",
    " @id",
    " @unique",
    " @default(",
    " @relation(",
    " @map(",
    "@@id(",
    "@@index(",
    "@@map(",
    ")",
    "[",
    "]",
    ", ",
    ": ",
    "\"x\"",
    "\"",
    "1",
    "-1.5",
    "fields",
    "references",
    "now()",
    "// c\n",
    "/// d\n",
    "é",
    "{",
    "where",
    "provider = \"postgresql\"\n",
    "Unsupported(",
    "@db.VarChar(3)",
    "\r\n",
];

fn points_into(text: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    if let Err(error) = read(&[file(text)]) {
        proptest::prop_assert!(!error.problems.is_empty());
        for problem in error.problems {
            let excerpt = problem.excerpt;
            proptest::prop_assert!(excerpt.text.get(excerpt.mark.clone()).is_some());
            proptest::prop_assert!(text.contains(&excerpt.text));
            // A place at the very end is on the last line, or behind its break.
            let line = text.split('\n').nth(excerpt.line - 1);
            let width = line.map(|line| line.chars().count());
            proptest::prop_assert!(width.is_some_and(|width| excerpt.column <= width + 1), "{excerpt:?}");
        }
    }
    Ok(())
}
