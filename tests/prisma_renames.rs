//! Fields and models of another `@map` or `@@map` are the same under another name, and their rows stay.

use crate::support::{Project, on_each_database};

on_each_database!(
    a_field_with_another_map_keeps_its_values,
    a_model_with_another_map_keeps_its_rows,
    names_that_all_change_at_once_keep_the_rows,
    the_last_commit_tells_what_a_name_was,
    a_name_that_was_anothers_is_asked,
    a_field_of_another_name_is_asked,
    a_join_table_whose_sides_change_places_keeps_its_pairs,
    what_is_to_go_goes,
);

fn models(project: &Project, text: &str) {
    let provider = if project.database.is_sqlite() { "sqlite" } else { "postgresql" };
    project.write("schema.prisma", format!("datasource db {{\n  provider = \"{provider}\"\n}}\n\n{text}"));
}

/// A database that is what these models say, with `rows` in it.
fn built(project: &Project, text: &str, rows: &[&str]) {
    project.configure("schema = \"schema.prisma\"");
    models(project, text);
    assert_eq!(project.run(&["revision", "--autogenerate", "-m", "init"]).status, 0);
    assert_eq!(project.run(&["upgrade"]).status, 0);
    for row in rows {
        project.database.execute(row);
    }
}

/// Writes a revision for the models as they are, and applies it: what it says.
#[track_caller]
fn changed(project: &Project, options: &[&str]) -> String {
    let arguments = [&["revision", "--autogenerate", "-m", "change"], options].concat();
    let ran = project.run(&arguments);
    assert_eq!(ran.status, 0, "{ran:?}");
    let upgraded = project.run(&["upgrade"]);
    assert_eq!(upgraded.status, 0, "{upgraded:?}");
    let ran_again = project.run(&["revision", "--autogenerate", "-m", "again"]);
    assert!(ran_again.stderr.contains("nothing to do"), "{ran_again:?}");
    ran.stderr
}

/// The hints of the refusal where nobody can be asked.
#[track_caller]
fn asked(project: &Project) -> Vec<String> {
    let error = project.refused(&["revision", "--autogenerate", "-m", "change"], 1);
    assert_eq!(error["kind"], "undecided_renames", "{error}");
    let hints = error["hints"].as_array().expect("hints");
    hints.iter().map(|hint| hint.as_str().expect("a text").to_owned()).collect()
}

const USER: &str = "model User {\n  id        Int    @id\n  firstName String @map(\"first_name\")\n  email     String @unique\n\n  @@map(\"users\")\n}\n";
const ANN: &str = "INSERT INTO users (id, first_name, email) VALUES (1, 'Ann', 'a@x')";

fn a_field_with_another_map_keeps_its_values(project: &Project) {
    built(project, USER, &[ANN]);
    models(project, &USER.replace("\"first_name\"", "\"given_name\""));
    let told = changed(project, &[]);
    assert!(told.contains("column users.first_name is users.given_name now"), "{told}");
    assert_eq!(project.database.scalar("SELECT given_name FROM users"), "Ann");
    // The map itself can go, too.
    models(project, &USER.replace(" @map(\"first_name\")", "").replace("\"given_name\"", "x"));
    let ran = project.run(&["revision", "--autogenerate", "-m", "change"]);
    assert!(ran.status == 1 && ran.stderr.contains("--rename users.given_name:users.firstName"), "{ran:?}");
    assert_eq!(project.run(&["downgrade", "-1"]).status, 0);
    assert_eq!(project.database.scalar("SELECT first_name FROM users"), "Ann");
}

fn a_model_with_another_map_keeps_its_rows(project: &Project) {
    built(project, USER, &[ANN]);
    models(project, &USER.replace("\"users\"", "\"accounts\""));
    let told = changed(project, &[]);
    assert!(told.contains("table users is accounts now"), "{told}");
    assert_eq!(project.database.scalar("SELECT email FROM accounts"), "a@x");
    assert!(!project.database.has_table("users"));
}

/// The change of a whole project to snake case: hardly a column is called as it was.
fn names_that_all_change_at_once_keep_the_rows(project: &Project) {
    let before = "model Post {\n  Id Int @id @default(autoincrement())\n  BodyText String\n  WrittenBy Int\n  Writer WriterName @relation(fields: [WrittenBy], references: [Id])\n}\n\nmodel WriterName {\n  Id Int @id @default(autoincrement())\n  FullName String @unique\n  posts Post[]\n}\n";
    built(
        project,
        before,
        &[
            "INSERT INTO \"WriterName\" (\"FullName\") VALUES ('Ann')",
            "INSERT INTO \"Post\" (\"BodyText\", \"WrittenBy\") VALUES ('text', 1)",
        ],
    );
    let after = "model Post {\n  Id Int @id @default(autoincrement()) @map(\"id\")\n  BodyText String @map(\"body_text\")\n  WrittenBy Int @map(\"written_by\")\n  Writer WriterName @relation(fields: [WrittenBy], references: [Id])\n\n  @@map(\"posts\")\n}\n\nmodel WriterName {\n  Id Int @id @default(autoincrement()) @map(\"id\")\n  FullName String @unique @map(\"full_name\")\n  posts Post[]\n\n  @@map(\"writer_names\")\n}\n";
    models(project, after);
    changed(project, &[]);
    let joined = "SELECT full_name || ' ' || body_text FROM posts JOIN writer_names w ON w.id = written_by";
    assert_eq!(project.database.scalar(joined), "Ann text");
    assert!(!project.database.has_table("Post") && !project.database.has_table("WriterName"));
    assert_eq!(project.run(&["downgrade", "-1"]).status, 0);
    assert_eq!(project.database.scalar("SELECT \"FullName\" FROM \"WriterName\""), "Ann");
}

fn the_last_commit_tells_what_a_name_was(project: &Project) {
    let before = USER.replace("\"first_name\"", "\"fn\"").replace("\"users\"", "\"tbl_7\"");
    built(project, &before, &["INSERT INTO tbl_7 (id, fn, email) VALUES (1, 'Ann', 'a@x')"]);
    project.git_init();
    // What was committed with a fault, and what is committed already, is looked past.
    project.write("schema.prisma", "model");
    project.commit("broken");
    models(project, USER);
    project.commit("new names");
    let told = changed(project, &[]);
    assert!(told.contains("table tbl_7 is users now") && told.contains("column tbl_7.fn"), "{told}");
    assert_eq!(project.database.scalar("SELECT first_name FROM users"), "Ann");
}

/// A column that is called as the field is, and that another field had.
fn a_name_that_was_anothers_is_asked(project: &Project) {
    let before = "model User {\n  id Int @id\n  nick String @map(\"first_name\")\n\n  @@map(\"users\")\n}\n";
    built(project, before, &["INSERT INTO users (id, first_name) VALUES (1, 'Ann')"]);
    project.git_init();
    let after =
        "model User {\n  id Int @id\n  firstName String @map(\"given_name\")\n\n  @@map(\"users\")\n}\n";
    models(project, after);
    let hints = asked(project);
    assert!(hints[0].ends_with("--rename users.first_name:users.given_name"), "{hints:?}");
    changed(project, &["--rename", "users.first_name:users.given_name"]);
    assert_eq!(project.database.scalar("SELECT given_name FROM users"), "Ann");
}

fn a_field_of_another_name_is_asked(project: &Project) {
    built(project, USER, &[ANN]);
    let after =
        USER.replace("firstName String @map(\"first_name\")", "givenName String @map(\"given_name\")");
    models(project, &after);
    let hints = asked(project);
    let lines = ["--rename users.first_name:users.given_name", "--drop users.first_name", "--renames none"];
    assert!(lines.iter().zip(&hints).all(|(line, hint)| hint.ends_with(line)), "{hints:?}");
    assert_eq!(project.database.scalar("SELECT first_name FROM users"), "Ann");
}

/// `A` of a join table is the side whose model comes first in the alphabet.
fn a_join_table_whose_sides_change_places_keeps_its_pairs(project: &Project) {
    let tables = |zebra: &str| {
        format!(
            "model {zebra} {{\n  id Int @id\n  marks Mark[]\n\n  @@map(\"zebras\")\n}}\n\nmodel Mark {{\n  id Int @id\n  zebras {zebra}[]\n\n  @@map(\"marks\")\n}}\n"
        )
    };
    let rows = [
        "INSERT INTO zebras VALUES (1), (2)",
        "INSERT INTO marks VALUES (1), (2)",
        "INSERT INTO \"_MarkToZebra\" (\"A\", \"B\") VALUES (1, 2)",
    ];
    built(project, &tables("Zebra"), &rows);
    project.git_init();
    models(project, &tables("Beast"));
    let told = changed(project, &[]);
    assert!(told.contains("_MarkToZebra is _BeastToMark now"), "{told}");
    assert_eq!(project.database.scalar("SELECT \"A\" FROM \"_BeastToMark\""), "2");
    assert_eq!(project.database.scalar("SELECT \"B\" FROM \"_BeastToMark\""), "1");
    // Under one name, the columns change places all the same.
    let named = |zebra: &str| tables(zebra).replace("[]\n", "[] @relation(\"R\")\n");
    models(project, &named("Beast"));
    changed(project, &["--rename", "_BeastToMark:_R"]);
    models(project, &named("Zebra"));
    changed(project, &[]);
    assert_eq!(project.database.scalar("SELECT \"A\" FROM \"_R\""), "1");
    assert_eq!(project.database.scalar("SELECT \"B\" FROM \"_R\""), "2");
}

fn what_is_to_go_goes(project: &Project) {
    built(project, USER, &[ANN]);
    models(
        project,
        &USER.replace("firstName String @map(\"first_name\")", "firstName String? @map(\"given\")"),
    );
    changed(project, &["--drop", "users.first_name"]);
    assert_eq!(project.database.scalar("SELECT count(given) FROM users"), "0");
}
