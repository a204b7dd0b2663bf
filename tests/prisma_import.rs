//! `import prisma` in projects as they are: models in folders, Prisma's configuration, packages of one repository.

use std::fs;

use crate::support::{Kind, Project, Ran, command_in};

const MIGRATION: &str = "CREATE TABLE \"Account\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" TEXT NOT NULL);\nCREATE UNIQUE INDEX \"Account_email_key\" ON \"Account\"(\"email\");\n";
const ACCOUNT: &str = "model Account {\n  id    Int    @id\n  email String @unique\n}\n";
const DATASOURCE: &str = "datasource db {\n  provider = \"sqlite\"\n}\n\n";

/// A folder without any `alembic.toml`, with these files.
fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::new(Kind::Sqlite);
    fs::remove_file(project.path("alembic.toml")).expect("it is there");
    fs::remove_dir(project.path("versions")).expect("it is there");
    for (path, text) in files {
        fs::create_dir_all(project.path(path).parent().expect("a folder")).expect("it can be made");
        project.write(path, text);
    }
    project
}

#[track_caller]
fn ran(project: &Project, folder: &str, arguments: &[&str]) -> Ran {
    let output = command_in(&project.path(folder), arguments).output().expect("it runs");
    let ran = Ran::new(&output, project.path("").as_path());
    assert_eq!(ran.status, 0, "{arguments:?}: {ran:?}");
    ran
}

#[track_caller]
fn has_nothing_to_do(project: &Project, folder: &str) {
    let ran = ran(project, folder, &["revision", "--autogenerate"]);
    assert!(ran.stderr.contains("nothing to do"), "{ran:?}");
}

#[test]
fn a_fresh_project_is_configured_and_its_models_are_named() {
    let project = project(&[
        (".env", "DATABASE_URL=file:./dev.db\n"),
        ("prisma/schema/base.prisma", DATASOURCE),
        ("prisma/schema/account.prisma", ACCOUNT),
        ("prisma/migrations/20240301090000_init/migration.sql", MIGRATION),
    ]);
    let imported = ran(&project, "", &["import", "prisma"]);
    assert!(imported.stderr.contains("alembic.toml says now: schema = \"prisma/schema\""), "{imported:?}");
    assert!(imported.stderr.contains("revgraph downs --missing"), "{imported:?}");
    let config = fs::read_to_string(project.path("alembic.toml")).expect("the configuration");
    assert!(config.starts_with("url = \"${DATABASE_URL}\"\n"), "{config}");
    ran(&project, "", &["downs", "--missing"]);
    has_nothing_to_do(&project, "");
    // Nothing is imported, named or offered twice.
    let again = ran(&project, "", &["import", "prisma"]);
    assert!(!again.stderr.contains("says now") && !again.stderr.contains("downs"), "{again:?}");
}

/// The configuration of revgraph in one package, the models in another, and the URL at the top.
#[test]
fn packages_of_one_repository_find_each_other() {
    let project = project(&[
        (".env", "DATABASE_URL=file:./dev.db\n"),
        ("apps/api/alembic.toml", "url = \"${DATABASE_URL}\"\n\n[env.test]\nurl = \"sqlite:test.db\"\n"),
        (
            "packages/db/prisma.config.ts",
            "// schema: 'old.prisma'\nexport default defineConfig({\n  schema: path.join('src', 'models'),\n  migrations: { path: './src/migrations' },\n});\n",
        ),
        ("packages/db/src/models/schema.prisma", DATASOURCE),
        ("packages/db/src/models/people/account.prisma", ACCOUNT),
        ("packages/db/src/migrations/20240301090000_init/migration.sql", MIGRATION),
    ]);
    ran(&project, "apps/api", &["import", "prisma", "../../packages/db/src/migrations"]);
    let config = fs::read_to_string(project.path("apps/api/alembic.toml")).expect("the configuration");
    assert!(config.contains("\nschema = \"../../packages/db/src/models\"\n[env.test]\n"), "{config}");
    has_nothing_to_do(&project, "apps/api");
    // Beside Prisma's configuration its folder of migrations need not be named.
    let here = ran(&project, "packages/db", &["import", "prisma"]);
    assert!(here.stderr.contains("schema = \"src/models\""), "{here:?}");
    has_nothing_to_do(&project, "packages/db");
}

#[test]
fn a_variable_beside_the_models_is_read() {
    let project = project(&[
        ("prisma/.env", "DATABASE_URL=file:./dev.db\n"),
        ("prisma/schema.prisma", &format!("{DATASOURCE}{ACCOUNT}")),
        ("prisma/migrations/20240301090000_init/migration.sql", MIGRATION),
    ]);
    ran(&project, "", &["import", "prisma"]);
    has_nothing_to_do(&project, "");
}

#[test]
fn a_desired_schema_that_is_named_stays() {
    let project = project(&[
        ("alembic.toml", "url = \"sqlite:dev.db\"\nschema = \"schema.sql\"\n"),
        ("prisma/schema.prisma", &format!("{DATASOURCE}{ACCOUNT}")),
        ("prisma/migrations/20240301090000_init/migration.sql", MIGRATION),
    ]);
    let imported = ran(&project, "", &["import", "prisma"]);
    assert!(imported.stderr.contains("downs --missing") && !imported.stderr.contains("says now"));
    let config = fs::read_to_string(project.path("alembic.toml")).expect("the configuration");
    assert_eq!(config, "url = \"sqlite:dev.db\"\nschema = \"schema.sql\"\n");
}
