//! The repository's own `versions/`: the fragmented history of a real team, squashed, on both databases.

use crate::support::{Database, Project, on_each_database};

on_each_database!(
    the_fragments_end_in_exactly_these_tables,
    the_baseline_makes_exactly_these_tables,
    fragments_and_baseline_leave_the_same,
    owners_own_and_deleting_one_deletes_what_is_theirs,
    going_down_to_the_base_leaves_nothing,
    every_revision_comes_and_goes,
    rows_live_through_the_change_to_uuids,
    offline_mode_leaves_the_same,
);

/// The configuration of the repository, whose scripts run on the test's database.
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/alembic.toml");

/// The revision that the fragments were squashed into.
const BASELINE: &str = "001";

/// The last of the fragments.
const LAST: &str = "7d5e0c4b91fa";

/// The fragments, oldest first.
const FRAGMENTS: [&str; 16] = [
    "e2412789c190",
    "9c0a54914c78",
    "d98dd8ec85a3",
    "1a31ce608336",
    "f1234567890a",
    "a1234567890b",
    "b1234567890c",
    "c1234567890d",
    "e3c92c171920",
    "g1234567890e",
    "1ee55d360fcb",
    "26c2c831dc19",
    "0a0ed29996b1",
    "2b2a406df71b",
    "19be435a02b1",
    "7d5e0c4b91fa",
];

/// The tables of the team's account, with their columns, both sorted.
const TABLES: [(&str, &str); 10] = [
    ("credential", "category created_at id is_disabled owner_id pat title updated_at"),
    ("credentialnodelink", "credential_id node_id"),
    (
        "issue",
        "assigned_node_id completed_at created_at description error_message id issue_number owner_id priority \
         repository_url result_branch started_at status title updated_at",
    ),
    ("node", "created_at description id ip last_heartbeat name owner_id status tags updated_at"),
    ("node_registration_key", "created_at id key updated_at"),
    ("project", "created_at description id is_active name owner_id updated_at"),
    ("prompt", "content created_at description id name owner_id tags updated_at"),
    ("repository", "created_at description id is_public name owner_id updated_at url"),
    ("user", "created_at email full_name hashed_password id is_active is_superuser updated_at"),
    (
        "workflowlog",
        "command created_at duration_ms error_message id issue_id node_id output status step_name",
    ),
];

/// The tables that belong to a user, whose rows go with theirs.
const OWNED: [&str; 6] = ["credential", "issue", "node", "project", "prompt", "repository"];

/// Runs a command on the repository's own scripts, with `--json`.
fn run(project: &Project, arguments: &[&str]) -> crate::support::Ran {
    project.json(&[arguments, &["-c", CONFIG, "--url", &project.database.url()]].concat())
}

fn columns(database: &Database, table: &str) -> String {
    let sql = if database.is_postgres() {
        format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
        )
    } else {
        format!("SELECT name FROM pragma_table_info('{table}')")
    };
    let mut names = database.column(&sql);
    names.sort();
    names.join(" ")
}

/// The tables of the database are just those of the account.
fn assert_tables(project: &Project) {
    let with_columns = |table: String| {
        let columns = columns(&project.database, &table);
        (table, columns)
    };
    let found: Vec<(String, String)> = project.database.tables().into_iter().map(with_columns).collect();
    assert_eq!(found, TABLES.map(|(table, columns)| (table.to_owned(), columns.to_owned())));
}

fn the_fragments_end_in_exactly_these_tables(project: &Project) {
    assert_eq!(run(project, &["upgrade", LAST]).steps(), FRAGMENTS);
    assert_tables(project);
    assert_eq!(project.database.version_rows(), [LAST]);
    let mut applied = FRAGMENTS.map(str::to_owned);
    applied.sort();
    assert_eq!(project.database.ledger(), applied);
}

fn the_baseline_makes_exactly_these_tables(project: &Project) {
    assert_eq!(run(project, &["upgrade", "head"]).steps(), [BASELINE]);
    assert_tables(project);
    assert_eq!(project.database.version_rows(), [BASELINE]);
    assert_eq!(project.database.ledger(), [BASELINE]);
    assert_eq!(run(project, &["downgrade", "base"]).steps(), [BASELINE]);
    assert_nothing_is_left(project);
}

fn fragments_and_baseline_leave_the_same(project: &Project) {
    run(project, &["upgrade", "c1234567890d"]);
    let steps = run(project, &["upgrade", "head"]).steps();
    assert_eq!(steps.len(), 9, "eight fragments and the baseline: {steps:?}");
    let folder = project.path("new");
    std::fs::create_dir(&folder).expect("a folder");
    let new = Database::new(project.database.kind(), &folder);
    project.json(&["upgrade", "head", "-c", CONFIG, "--url", &new.url()]);
    assert_eq!(new.version_rows(), project.database.version_rows());
    let compared = run(project, &["diff", &project.database.url(), &new.url()]);
    assert_eq!(compared.json()["differences"], serde_json::json!([]));
    run(project, &["downgrade", "c1234567890d"]);
    assert_eq!(project.database.version_rows(), ["c1234567890d"]);
}

/// Table, column, the table it points to, and what deleting there does; sorted.
fn foreign_keys(database: &Database) -> Vec<String> {
    let mut keys = if database.is_postgres() {
        database.column(
            "SELECT c.conrelid::regclass::text || '.' || a.attname || ' ' || c.confrelid::regclass::text || ' ' || \
             CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END \
             FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
             WHERE c.contype = 'f'",
        )
    } else {
        database.column(
            "SELECT m.name || '.' || k.\"from\" || ' ' || k.\"table\" || ' ' || k.on_delete \
             FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'",
        )
    };
    keys.iter_mut().for_each(|key| *key = key.replace('"', ""));
    keys.sort();
    keys
}

fn owners_own_and_deleting_one_deletes_what_is_theirs(project: &Project) {
    run(project, &["upgrade", "head"]);
    let keys = foreign_keys(&project.database);
    for table in OWNED {
        assert!(keys.contains(&format!("{table}.owner_id user CASCADE")), "{table}: {keys:?}");
    }
    for (column, target) in [
        ("credentialnodelink.credential_id", "credential"),
        ("credentialnodelink.node_id", "node"),
        ("issue.assigned_node_id", "node"),
        ("workflowlog.issue_id", "issue"),
        ("workflowlog.node_id", "node"),
    ] {
        assert!(keys.iter().any(|key| key.starts_with(&format!("{column} {target} "))), "{column}: {keys:?}");
    }
    assert_eq!(keys.len(), OWNED.len() + 5, "{keys:?}");
}

fn going_down_to_the_base_leaves_nothing(project: &Project) {
    run(project, &["upgrade", LAST]);
    let steps = run(project, &["downgrade", "base"]).steps();
    assert!(steps.iter().rev().eq(FRAGMENTS.iter()), "{steps:?}");
    assert_nothing_is_left(project);
    assert_eq!(run(project, &["upgrade", LAST]).steps(), FRAGMENTS);
}

fn assert_nothing_is_left(project: &Project) {
    assert_eq!(project.database.tables(), [""; 0]);
    assert_eq!((project.database.version_rows(), project.database.ledger()), (vec![], vec![]));
    let left = if project.database.is_postgres() {
        "SELECT relname::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace \
         AND relname NOT LIKE 'alembic%' AND relname NOT LIKE 'revgraph%' \
         UNION ALL SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'"
    } else {
        "SELECT name FROM sqlite_schema WHERE tbl_name NOT LIKE 'alembic%' AND tbl_name NOT LIKE 'revgraph%'"
    };
    assert_eq!(project.database.column(left), [""; 0]);
}

/// Each down script undoes exactly what its up script does.
fn every_revision_comes_and_goes(project: &Project) {
    for revision in FRAGMENTS {
        let before = user_schema(project);
        run(project, &["upgrade", revision]);
        run(project, &["downgrade", &format!("{revision}-1")]);
        assert_eq!(user_schema(project), before, "{revision}");
        run(project, &["upgrade", revision]);
    }
}

/// Tables with their columns and types, keys and indexes, beside the bookkeeping.
fn user_schema(project: &Project) -> Vec<String> {
    let database = &project.database;
    let columns = if database.is_postgres() {
        "SELECT table_name || '.' || column_name || ' ' || data_type || coalesce(character_maximum_length::text, '') || ' ' \
         || is_nullable || ' ' || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public' \
         AND table_name <> 'alembic_version' AND table_name NOT LIKE 'revgraph%' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' \
         AND tablename NOT LIKE 'revgraph%'"
    } else {
        "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '') \
         FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
         AND m.name <> 'alembic_version' AND m.name NOT LIKE 'revgraph%' \
         UNION ALL SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    };
    let mut lines = if database.is_sqlite() && !project.path("test.db").exists() {
        vec![]
    } else {
        database.column(columns)
    };
    lines.extend(foreign_keys(database));
    lines.sort();
    lines
}

fn rows_live_through_the_change_to_uuids(project: &Project) {
    run(project, &["upgrade", "9c0a54914c78"]);
    let flag = if project.database.is_postgres() { "TRUE" } else { "1" };
    for number in 1..=3 {
        project.database.execute(&format!(
            "INSERT INTO \"user\" (id, email, hashed_password, is_active, is_superuser) \
             VALUES ({number}, 'user{number}@example.org', 'x', {flag}, {flag}); \
             INSERT INTO item (id, title, owner_id) VALUES ({number}0, 'first of {number}', {number}), \
             ({number}1, 'second of {number}', {number})"
        ));
    }
    let owned =
        "SELECT u.email || ' ' || i.title FROM item i JOIN \"user\" u ON u.id = i.owner_id ORDER BY 1";
    let before = project.database.column(owned);
    assert_eq!(before.len(), 6);
    run(project, &["upgrade", "d98dd8ec85a3"]);
    assert_eq!(project.database.column(owned), before);
    let ids = project.database.column(
        "SELECT CAST(id AS VARCHAR(36)) FROM item UNION SELECT CAST(id AS VARCHAR(36)) FROM \"user\"",
    );
    assert_eq!(ids.len(), 9, "all are different: {ids:?}");
    for id in &ids {
        let digits: Vec<char> = id.chars().filter(|c| *c != '-').collect();
        assert!(digits.len() == 32 && digits.iter().all(char::is_ascii_hexdigit), "{id}");
        assert!(
            digits.get(12) == Some(&'4') && digits.get(16).is_some_and(|c| "89ab".contains(*c)),
            "version 4: {id}"
        );
    }
    run(project, &["upgrade", "2b2a406df71b"]);
    assert_eq!(project.database.column(owned), before, "through all the revisions before items go");
    run(project, &["downgrade", "9c0a54914c78"]);
    assert_eq!(project.database.column(owned), before, "and back to integers");
}

fn offline_mode_leaves_the_same(project: &Project) {
    let folder = project.path("piped");
    std::fs::create_dir(&folder).expect("a folder");
    let piped = Database::new(project.database.kind(), &folder);
    for (online, offline) in [
        (&["upgrade", "d98dd8ec85a3"], &["upgrade", "--sql", "d98dd8ec85a3"]),
        (&["upgrade", "head"], &["upgrade", "--sql", "d98dd8ec85a3:head"]),
        (&["downgrade", "1a31ce608336"], &["downgrade", "--sql", "head:1a31ce608336"]),
        (&["downgrade", "base"], &["downgrade", "--sql", "1a31ce608336:base"]),
    ] {
        run(project, online);
        let sql = project.run(&[&offline[..], &["-c", CONFIG, "--url", &project.database.url()]].concat());
        assert_eq!(sql.status, 0, "{}", sql.stderr);
        let output = piped.pipe(&sql.stdout);
        assert!(output.status.success(), "{offline:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(piped.schema(), project.database.schema(), "{offline:?}");
        assert_eq!(piped.bookkeeping(), project.database.bookkeeping(), "{offline:?}");
    }
}
