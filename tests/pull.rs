//! `pull` into files of SQL, and into models in several files.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    each_object_goes_to_the_file_that_has_it,
    a_folder_gets_a_file_for_what_is_new,
    one_file_keeps_what_was_written_by_hand,
    models_in_several_files_are_edited_where_they_are,
    what_prisma_did_not_make_is_pulled_and_nothing_is_left_to_do,
);

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A project whose database is what the files say.
fn built(project: &Project, schema: &str, files: &[(&str, &str)]) {
    project.configure(&format!("schema = {schema}"));
    for (path, text) in files {
        fs::create_dir_all(project.path(path).parent().expect("a folder")).expect("it can be made");
        project.write(path, text);
    }
    let ran = project.run(&["diff", "--sql", "empty", "schema"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    project.database.pipe(&ran.stdout);
    let ran = project.run(&["pull"]);
    assert!(ran.status == 0 && ran.stderr.contains("nothing to do"), "{ran:?}");
}

/// Pulls: the files that it wrote.
#[track_caller]
fn pulled(project: &Project) -> Vec<String> {
    let ran = project.run(&["pull"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    for arguments in [["diff", "database", "schema"], ["diff", "schema", "database"]] {
        let ran = project.run(&arguments);
        assert_eq!(ran.status, 0, "{ran:?}");
    }
    assert!(project.run(&["pull"]).stderr.contains("nothing to do"));
    let name = |line: &str| line.strip_prefix("[PROJECT]/").unwrap_or(line).to_owned();
    ran.stdout.lines().map(name).collect()
}

const USERS: &str = "-- the people\ncreate table users (\n    id integer primary key, -- a number\n    name text not null\n);\n\n-- quick\ncreate index users_name on users (name);\n";
const POSTS: &str = "-- what they say\ncreate table posts (\n    id integer primary key,\n    author integer references users (id)\n);\ncreate index posts_author on posts (author);\n";

fn each_object_goes_to_the_file_that_has_it(project: &Project) {
    let views = "-- in any order\ncreate view names as select name from users;\n";
    built(
        project,
        "[\"views.sql\", \"users.sql\", \"posts.sql\"]",
        &[("users.sql", USERS), ("posts.sql", POSTS), ("views.sql", views)],
    );
    project.database.execute("ALTER TABLE users ADD COLUMN age integer");
    project.database.execute("CREATE INDEX users_age ON users (age)");
    project.database.execute("DROP INDEX posts_author");
    project.database.execute("CREATE VIEW ages AS SELECT age FROM users");
    let mut files = pulled(project);
    files.sort();
    assert_eq!(files, ["posts.sql", "users.sql", "views.sql"]);
    let users = read(project, "users.sql");
    for part in [
        "-- the people\n",
        "-- a number\n",
        "-- quick\ncreate index users_name on users (name);\n",
        "users_age",
    ] {
        assert!(users.contains(part), "{part}: {users}");
    }
    assert_eq!(
        read(project, "posts.sql"),
        POSTS.replace("create index posts_author on posts (author);\n", "")
    );
    assert!(read(project, "views.sql").starts_with(views) && read(project, "views.sql").contains("ages"));
}

fn a_folder_gets_a_file_for_what_is_new(project: &Project) {
    built(project, "\"sql\"", &[("sql/users.sql", USERS), ("sql/posts.sql", POSTS)]);
    project
        .database
        .execute("CREATE TABLE tags (id integer PRIMARY KEY, post integer REFERENCES posts (id))");
    project.database.execute("CREATE INDEX tags_post ON tags (post)");
    assert_eq!(pulled(project), ["sql/tags.sql"]);
    assert!(read(project, "sql/tags.sql").contains("tags_post"));
    project.database.execute("DROP TABLE tags");
    assert_eq!(pulled(project), ["sql/tags.sql"]);
    assert_eq!(
        (read(project, "sql/users.sql"), read(project, "sql/posts.sql")),
        (USERS.to_owned(), POSTS.to_owned())
    );
}

fn one_file_keeps_what_was_written_by_hand(project: &Project) {
    let only = "-- revgraph: only sqlite\nCREATE TRIGGER t AFTER DELETE ON posts BEGIN SELECT 1; END;\n-- revgraph: end\n";
    built(project, "\"schema.sql\"", &[("schema.sql", &format!("{USERS}\n{POSTS}\n{only}-- the end\n"))]);
    project.database.execute("ALTER TABLE posts ADD COLUMN body text");
    project.database.execute("ALTER TABLE posts RENAME COLUMN author TO writer");
    assert_eq!(pulled(project), ["schema.sql"]);
    let text = read(project, "schema.sql");
    assert!(
        text.starts_with(USERS) && text.contains("-- what they say\n") && text.contains("writer"),
        "{text}"
    );
    assert!(text.contains(&format!("{only}-- the end\n")) && !text.contains("author integer"), "{text}");
}

fn models_in_several_files_are_edited_where_they_are(project: &Project) {
    let provider = if project.database.is_sqlite() { "sqlite" } else { "postgresql" };
    let datasource = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n");
    let user = "/// People.\nmodel User {\n  id    Int    @id\n  posts Post[] // theirs\n}\n";
    let post = "model Post {\n  id       Int  @id\n  authorId Int\n  author   User @relation(fields: [authorId], references: [id])\n}\n";
    built(
        project,
        "[\"models/base.prisma\", \"models\"]",
        &[("models/base.prisma", &datasource), ("models/user.prisma", user), ("models/post.prisma", post)],
    );
    project.database.execute("ALTER TABLE \"User\" ADD COLUMN name text");
    project.database.execute(
        "CREATE TABLE \"TagName\" (id integer NOT NULL PRIMARY KEY, post integer NOT NULL REFERENCES \"Post\" (id))",
    );
    let mut files = pulled(project);
    files.sort();
    assert_eq!(files, ["models/post.prisma", "models/tagname.prisma", "models/user.prisma"]);
    assert_eq!(read(project, "models/user.prisma"), user.replace("theirs\n", "theirs\n  name String?\n"));
    assert!(read(project, "models/tagname.prisma").starts_with("model TagName {\n"));
    assert_eq!(read(project, "models/base.prisma"), datasource);
    // Two models in one file: what is new comes to those that it belongs to.
    fs::remove_file(project.path("models/tagname.prisma")).expect("it is there");
    project.write("models/post.prisma", post);
    project.write(
        "models/user.prisma",
        format!("{}\nmodel Alone {{\n  id Int @id\n}}\n", read(project, "models/user.prisma")),
    );
    project.database.execute("CREATE TABLE \"Alone\" (id integer NOT NULL PRIMARY KEY)");
    assert_eq!(pulled(project), ["models/post.prisma"]);
    assert!(read(project, "models/post.prisma").contains("\nmodel TagName {\n"));
}

/// Made by hand: defaults as people write them, and partial indexes, with and without the preview feature for them.
fn what_prisma_did_not_make_is_pulled_and_nothing_is_left_to_do(project: &Project) {
    let is_sqlite = project.database.is_sqlite();
    project.database.execute(if is_sqlite {
        "CREATE TABLE account (id integer primary key, email text not null, is_on boolean not null default TRUE, \
         at datetime not null default (current_timestamp), gone_at datetime)"
    } else {
        "CREATE TABLE account (id integer primary key, email text not null, is_on boolean not null default 't', \
         at timestamp(3) not null default now(), gone_at timestamp(3), numbers integer[] not null default '{}', \
         words text[] default '{a,\"b c\"}', big bigint not null default '5')"
    });
    project.database.execute("CREATE UNIQUE INDEX account_email ON account (email) WHERE gone_at IS NULL");
    let provider = if is_sqlite { "sqlite" } else { "postgresql" };
    let datasource = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n");
    project.configure("schema = \"schema.prisma\"");
    for (features, is_written) in [("", false), ("  previewFeatures = [\"partialIndexes\"]\n", true)] {
        let generator = format!("generator client {{\n  provider = \"prisma-client-js\"\n{features}}}\n");
        project.write("schema.prisma", format!("{generator}\n{datasource}"));
        pulled(project);
        let models = read(project, "schema.prisma");
        let predicate = if is_sqlite { "gone_at IS NULL" } else { "(gone_at IS NULL)" };
        let index = format!("@@unique([email], where: raw(\"{predicate}\"), map: \"account_email\")");
        assert_eq!(models.contains(&index), is_written, "{models}");
        assert_eq!(models.contains("index account_email stays as it is"), !is_written, "{models}");
        assert!(is_sqlite || models.contains("@default([\"a\", \"b c\"])"), "{models}");
        let ran = project.run(&["revision", "--autogenerate", "--from", "database", "--check"]);
        assert_eq!(ran.status, 0, "{ran:?}");
    }
}
