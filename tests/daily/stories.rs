//! The days of teams that come from Prisma and from Alembic, played command by command as their own documents have them:
//! a table in `docs/daily.md` says the same.

use std::fs;

use crate::support::{Project, Ran, on_each_database};

on_each_database!(
    a_team_with_one_variable_and_migrate_dev,
    a_team_that_leaves_db_push_for_migrations,
    a_team_that_stays_with_db_push,
    a_monorepo_with_seeds_and_a_failed_migration,
    a_team_with_models_in_a_folder,
    a_team_with_alembic_and_too_many_files,
);

/// Runs a line, which is to succeed.
#[track_caller]
fn run(project: &Project, line: &str) -> Ran {
    ends(project, line, 0)
}

/// Runs a line, which is to end with this status.
#[track_caller]
fn ends(project: &Project, line: &str, status: i32) -> Ran {
    let arguments = shell_words::split(line).expect("words");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = project.run(&arguments);
    assert_eq!(ran.status, status, "{line}: {}{}", ran.stdout, ran.stderr);
    ran
}

/// A project without a database yet, whose URL is in `.env` under this name, with models in this file.
fn prisma_project(project: &Project, variable: &str, file: &str, models: &str) {
    run(project, "database drop --yes");
    fs::create_dir_all(project.path(file).parent().expect("a folder")).expect("a folder");
    project.write(".env", format!("{variable}=\"{}\"\n", project.database.url()));
    project.write("alembic.toml", "schema = \"prisma\"\nseed = \"seed.sql\"\n");
    project.write("seed.sql", "");
    write_models(project, file, models);
}

fn write_models(project: &Project, file: &str, models: &str) {
    let provider = if project.database.is_sqlite() { "sqlite" } else { "postgresql" };
    let source =
        format!("datasource db {{\n  provider = \"{provider}\"\n  url = env(\"DATABASE_URL\")\n}}\n\n");
    project.write(file, source + models);
}

#[track_caller]
fn is_in_line(project: &Project) {
    assert_eq!(run(project, "diff schema database --json").json()["differences"], serde_json::json!([]));
    assert_eq!(run(project, "dev --json").json()["revisions"], serde_json::json!([]));
}

const TASK: &str = "model Task {\n  id Int @id @default(autoincrement())\n  taskId String @unique\n  status String\n  priority Int @default(0)\n}\n";

fn a_team_with_one_variable_and_migrate_dev(project: &Project) {
    prisma_project(project, "POSTGRES_DSN", "prisma/schema.prisma", TASK);
    // docker-compose up -d postgres
    run(project, "database wait --timeout 30s");
    // prisma migrate dev, and once more with a name
    run(project, "dev");
    let more = TASK.replace("}", "  traceId String?\n}");
    write_models(project, "prisma/schema.prisma", &more);
    run(project, "dev -m \"add trace id\"");
    is_in_line(project);
    // prisma migrate deploy, status, diff
    run(project, "upgrade");
    assert_eq!(run(project, "status --json").json()["state"], "up_to_date");
    run(project, "diff schema database");
    // prisma db pull, after somebody has changed the database by hand
    project.database.execute("ALTER TABLE \"Task\" ADD COLUMN \"spanId\" TEXT");
    ends(project, "dev", 4);
    run(project, "pull");
    assert!(
        fs::read_to_string(project.path("prisma/schema.prisma")).expect("it is there").contains("spanId")
    );
    run(project, "dev --drift write -m \"span ids\"");
    is_in_line(project);
    // What Prisma leaves to be written by hand
    run(project, "downgrade -1 --yes");
    run(project, "upgrade");
    // prisma migrate reset
    run(project, "reset --yes");
    is_in_line(project);
}

const ACCOUNT: &str = "model AiServiceAccount {\n  id String @id\n  name String\n  status String @default(\"active\")\n\n  @@index([status])\n  @@map(\"ai_service_accounts\")\n}\n";

fn a_team_that_leaves_db_push_for_migrations(project: &Project) {
    prisma_project(project, "DATABASE_URL", "prisma/schema.prisma", ACCOUNT);
    // What they have done so far
    run(project, "push");
    project.database.execute("INSERT INTO ai_service_accounts (id, name) VALUES ('a', 'x')");
    // The database gets its history without losing a row
    run(project, "dev --drift write -m baseline");
    let more =
        ACCOUNT.replace("  status", "  priority Int @default(50)\n  geminiProjectId String?\n  status");
    write_models(
        project,
        "prisma/schema.prisma",
        &more.replace("@@index([status])", "@@index([status])\n  @@index([priority])"),
    );
    // prisma migrate dev --name add_ai_account_fields
    run(project, "dev -m \"add ai account fields\"");
    is_in_line(project);
    assert_eq!(project.database.column("SELECT priority FROM ai_service_accounts"), ["50"]);
    run(project, "status");
    // Another developer: quick-install
    run(project, "reset --yes");
    is_in_line(project);
    // A deployment
    run(project, "upgrade --wait 30s");
}

fn a_team_that_stays_with_db_push(project: &Project) {
    prisma_project(project, "DATABASE_URL", "prisma/schema.prisma", ACCOUNT);
    run(project, "push");
    write_models(project, "prisma/schema.prisma", &ACCOUNT.replace("  status", "  region String?\n  status"));
    run(project, "push");
    run(project, "push");
    assert_eq!(run(project, "diff schema database --json").json()["differences"], serde_json::json!([]));
    // prisma db push --force-reset
    project.database.execute("INSERT INTO ai_service_accounts (id, name) VALUES ('a', 'x')");
    run(project, "reset --yes");
    run(project, "push");
    assert_eq!(project.database.scalar("SELECT count(*) FROM ai_service_accounts"), "0");
}

const USER: &str = "model User {\n  id Int @id @default(autoincrement())\n  email String @unique\n}\n";

fn a_monorepo_with_seeds_and_a_failed_migration(project: &Project) {
    prisma_project(project, "DATABASE_URL", "prisma/schema.prisma", USER);
    run(project, "dev -m \"create users\"");
    // "Database does not exist"
    run(project, "database drop --yes");
    run(project, "database create");
    // db:migrate:deploy, db:seed, and the seed once more
    run(project, "upgrade");
    project.write("seed.sql", "INSERT INTO \"User\" (email) VALUES ('gift@example.com');\n");
    run(project, "seed");
    run(project, "seed");
    assert_eq!(project.database.scalar("SELECT count(*) FROM \"User\""), "1");
    // vim schema.prisma; db:migrate:dev, with the migration looked at before
    write_models(project, "prisma/schema.prisma", &USER.replace("  email", "  avatar String?\n  email"));
    run(project, "dev --create-only -m \"add user avatar field\"");
    run(project, "check");
    run(project, "dev");
    // db:migrate:reset, which seeds
    run(project, "reset --yes");
    assert_eq!(project.database.scalar("SELECT count(*) FROM \"User\""), "1");
    // "Migration is in a failed state"
    let parent = project.database.version_rows().join(",");
    project.revision(
        "bad",
        &parent,
        "-- revgraph: no-transaction\nCREATE TABLE half (id INTEGER);\nSELECT * FROM nowhere;",
        "DROP TABLE half;",
    );
    ends(project, "upgrade", 1);
    ends(project, "status", 4);
    project.database.execute("DROP TABLE half");
    run(project, "resolve --rolled-back bad");
    project.revision("bad", &parent, "CREATE TABLE half (id INTEGER);", "DROP TABLE half;");
    run(project, "upgrade");
}

fn a_team_with_models_in_a_folder(project: &Project) {
    prisma_project(project, "DATABASE_URL", "prisma/schema.prisma", "");
    project.write(
        "prisma/auth.prisma",
        "model User {\n  id String @id\n  todos Todo[]\n\n  @@map(\"user\")\n}\n",
    );
    project.write(
        "prisma/todo.prisma",
        "model Todo {\n  id String @id\n  title String\n  userId String\n  user User @relation(fields: [userId], references: [id], onDelete: Cascade)\n\n  @@index([userId])\n  @@map(\"todos\")\n}\n",
    );
    // db:migrate, db:push, db:reset, db:init
    run(project, "dev -m init");
    ends(project, "push", 1);
    // Adding a new model: a file, and db:migrate
    project.write("prisma/product.prisma", "model Product {\n  id String @id\n  name String\n  price Float\n\n  @@index([name])\n  @@map(\"products\")\n}\n");
    run(project, "dev -m \"add products\"");
    is_in_line(project);
    run(project, "reset --yes");
    is_in_line(project);
    assert_eq!(project.database.tables(), ["products", "todos", "user"]);
}

fn a_team_with_alembic_and_too_many_files(project: &Project) {
    project.tables(&[
        ("e2412789c190", ""),
        ("9c0a54914c78", "e2412789c190"),
        ("d98dd8ec85a3", "9c0a54914c78"),
    ]);
    run(project, "upgrade head");
    project.database.execute("INSERT INTO t_e2412789c190 VALUES (1)");
    // One revision in the place of all, proved; the database with its rows goes on
    run(project, "squash --rev-id 001_initial_schema -m \"initial schema\"");
    run(project, "upgrade head");
    assert_eq!(project.database.version_rows(), ["001_initial_schema"]);
    assert_eq!(project.database.column("SELECT id FROM t_e2412789c190"), ["1"]);
    // alembic revision --autogenerate, upgrade, current, history
    project.write("schema.sql", "CREATE TABLE t_e2412789c190 (id INTEGER PRIMARY KEY);\nCREATE TABLE t_9c0a54914c78 (id INTEGER PRIMARY KEY);\nCREATE TABLE t_d98dd8ec85a3 (id INTEGER PRIMARY KEY);\nCREATE TABLE logs (id INTEGER PRIMARY KEY);\n");
    project.configure("schema = \"schema.sql\"");
    run(project, "revision --autogenerate -m \"add logs\"");
    run(project, "upgrade head");
    run(project, "current");
    run(project, "history --verbose");
    // alembic downgrade -1, upgrade head --sql
    run(project, "downgrade -1 --yes");
    run(project, "upgrade head --sql");
    run(project, "upgrade head");
    // Version conflicts, and beginning anew: downgrade base, DROP SCHEMA, upgrade head
    run(project, "status");
    run(project, "reset --yes");
    assert_eq!(project.database.version_rows().len(), 1);
    assert!(project.database.has_table("logs"));
    // A new database
    run(project, "database drop --yes");
    run(project, "upgrade --create head");
}

/// What a habit's answer names has to be there.
#[cfg(feature = "sqlite")]
#[test]
fn what_is_typed_by_habit_is_answered_with_commands_that_exist() {
    let project = Project::new(crate::support::Kind::Sqlite);
    for line in [
        "migrate dev --name x",
        "migrate dev --create-only",
        "migrate deploy",
        "migrate reset",
        "migrate status",
        "migrate resolve",
        "migrate diff",
        "db push",
        "db push --force-reset",
        "db pull",
        "db seed",
    ] {
        let told = ends(&project, line, 2).stderr;
        let commands: Vec<&str> = told.split('`').filter_map(|part| part.strip_prefix("revgraph ")).collect();
        assert!(!commands.is_empty(), "{line}: {told}");
        for command in commands {
            run(&project, &format!("{command} --help"));
        }
    }
}
