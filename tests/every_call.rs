//! `kill -9` and SIGTERM at every call of a command that reaches a file or the server. Afterwards files and database are as
//! they were or as they are to be, and exit status 130 says that they are as they were. A test of the suite tries some of the
//! calls; `REVGRAPH_TORTURE` tries all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::fault::Fault;
use crate::support::{Kind, Project, Script, on_each_database};

on_each_database!(
    a_signal_leaves_no_part_of_what_is_written,
    a_signal_leaves_no_part_of_a_change,
    a_signal_leaves_no_part_of_a_backup,
);

/// More calls than any run here makes.
const MOST_CALLS: usize = 3_000;

/// How many runs that got through are looked at before no more signals are sent: a signal at their last calls comes too
/// late.
const THROUGH: usize = 2;

/// A command, and what is there before it.
struct Case {
    prepare: fn(&Project),
    command: &'static [&'static str],
}

/// What makes no difference between SQLite and PostgreSQL in [`Case::prepare`].
const TABLE: &str = "(id INTEGER PRIMARY KEY)";

/// Two heads, applied.
fn fork(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]);
    project.write("versions/heads", "b\nc\n");
    project.json(&["upgrade", "heads"]);
}

/// A line, applied.
fn line(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.write("versions/heads", "b\n");
    project.json(&["upgrade"]);
    project.configure("schema = [\"schema.sql\", \"more.sql\"]");
    project.write("schema.sql", format!("CREATE TABLE t_a {TABLE};\n"));
    project.write("more.sql", format!("CREATE TABLE t_b {TABLE};\n"));
}

/// A desired schema with one more table.
fn line_and_another_table(project: &Project) {
    line(project);
    project.write("schema.sql", format!("CREATE TABLE t_a {TABLE};\n\nCREATE TABLE t_d {TABLE};\n"));
}

/// A desired schema that is not what the database has.
fn line_behind(project: &Project) {
    line(project);
    project.write("schema.sql", "CREATE TABLE t_a (id INTEGER PRIMARY KEY, gone INTEGER);\n");
}

fn line_without_downs(project: &Project) {
    line(project);
    for (id, below) in [("d", "b"), ("e", "d")] {
        let up = format!("CREATE TABLE t_{id} {TABLE};");
        project.script(&Script { id, down_revision: below, up: &up, ..Script::default() });
    }
    project.write("versions/heads", "e\n");
}

/// A database without what its files say.
fn desired_alone(project: &Project) {
    project.database.execute("CREATE TABLE other (id INTEGER PRIMARY KEY); DROP TABLE other;");
    project.configure("schema = \"schema.sql\"");
    project.write("schema.sql", format!("CREATE TABLE t_a {TABLE};\nCREATE TABLE t_b {TABLE};\n"));
}

fn seeds(project: &Project) {
    line(project);
    project.configure("seed = [\"seed.sql\"]");
    project.write("seed.sql", "INSERT INTO t_a VALUES (1);\nINSERT INTO t_b VALUES (1);\n");
}

/// A database that has what it has not been stamped with.
fn unstamped(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute(&format!("CREATE TABLE t_a {TABLE}; CREATE TABLE t_b {TABLE};"));
}

fn backed_up(project: &Project) {
    line(project);
    project.json(&["backup", "kept.dump"]);
    project.database.execute("INSERT INTO t_a VALUES (7)");
}

fn of_sqlx(project: &Project) {
    fs::create_dir(project.path("migrations")).expect("a folder");
    for number in 1..4 {
        let up = format!("CREATE TABLE t_{number} {TABLE};\n");
        project.write(&format!("migrations/{number}_x.up.sql"), up);
        project.write(&format!("migrations/{number}_x.down.sql"), format!("DROP TABLE t_{number};\n"));
    }
}

fn of_prisma(project: &Project) {
    fs::create_dir_all(project.path("prisma/migrations/1_x")).expect("a folder");
    let provider = if project.database.is_sqlite() { "sqlite" } else { "postgresql" };
    project.write("prisma/migrations/migration_lock.toml", format!("provider = \"{provider}\"\n"));
    project.write("prisma/migrations/1_x/migration.sql", format!("CREATE TABLE t_1 {TABLE};\n"));
    project.write("prisma/schema.prisma", format!("datasource db {{\n  provider = \"{provider}\"\n}}\n"));
}

fn lost_scripts(project: &Project) {
    line(project);
    for side in ["up", "down"] {
        fs::remove_file(project.path(&format!("versions/b_test.{side}.sql"))).expect("it is there");
    }
}

fn stale_heads(project: &Project) {
    line(project);
    project.write("versions/heads", "a\n");
}

/// Commands that write scripts, or what stands beside them, and prove nothing.
const AUTHORING: [Case; 6] = [
    Case { prepare: fork, command: &["revision", "-m", "new", "--rev-id", "n", "--head", "b"] },
    Case { prepare: fork, command: &["merge", "heads", "-m", "both", "--rev-id", "m"] },
    Case { prepare: fork, command: &["rebase", "c", "--onto", "b", "--offline"] },
    Case { prepare: stale_heads, command: &["check", "--fix"] },
    Case { prepare: lost_scripts, command: &["show", "b", "--restore"] },
    Case { prepare: desired_alone, command: &["init", "new"] },
];

/// Commands that write files, and what they prove on scratch databases.
const WRITING: [Case; 6] = [
    Case { prepare: line, command: &["squash", "-m", "all", "--rev-id", "s"] },
    Case { prepare: line_without_downs, command: &["downs", "--missing"] },
    Case {
        prepare: line_and_another_table,
        command: &["revision", "--autogenerate", "-m", "new", "--rev-id", "n"],
    },
    Case { prepare: line_behind, command: &["pull"] },
    Case { prepare: line, command: &["pull", "schema.prisma"] },
    Case { prepare: of_sqlx, command: &["import", "sqlx", "migrations"] },
];

/// It writes scripts first, and then names the models: killed between the two it has done the first alone.
const IN_TWO_STEPS: [Case; 1] = [Case { prepare: of_prisma, command: &["import", "prisma"] }];

/// Commands that change a database.
const CHANGING: [Case; 3] = [
    Case { prepare: desired_alone, command: &["push"] },
    Case { prepare: seeds, command: &["seed"] },
    Case { prepare: unstamped, command: &["stamp", "b"] },
];

const BACKUPS: [Case; 2] = [
    Case { prepare: line, command: &["backup", "new.dump"] },
    Case { prepare: backed_up, command: &["restore", "kept.dump"] },
];

/// What a command may change: files, and what the database holds. Times and names that are random are left out.
#[derive(Debug, PartialEq, Eq)]
struct State {
    files: BTreeMap<String, String>,
    database: Vec<String>,
}

impl State {
    fn of(project: &Project) -> Self {
        let mut files = BTreeMap::new();
        collect(&project.path(""), "", &mut files);
        let database = &project.database;
        let tables = database.tables();
        let rows = tables
            .iter()
            .map(|table| format!("{table}: {}", database.scalar(&format!("SELECT count(*) FROM {table}"))));
        let rows = rows.collect::<Vec<_>>();
        Self { files, database: [rows, database.version_rows(), database.ledger()].concat() }
    }

    /// Without what a killed process leaves, and the next run of the command removes.
    fn without_staged(mut self) -> Self {
        self.files.retain(|name, _| !name.starts_with(".revgraph-") && !name.contains("/.revgraph-"));
        self
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a listing").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.insert(format!("{name}/"), String::new());
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, text(&entry.path()));
        }
    }
    // The database itself, and what SQLite has beside it.
    files.retain(|name, _| !name.contains(".db"));
    // A project that is not there yet has no folders.
    files.retain(|name, text| !(name.starts_with("new/") && text.is_empty()));
}

/// A text without its time of creation and the database's name; of what is no text, that it is there.
fn text(path: &Path) -> String {
    let name = path.to_string_lossy();
    if name.ends_with(".dump") || name.ends_with(".dump.json") {
        return "a backup".to_owned();
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    let is_alike = |line: &&str| !line.starts_with("-- created:") && !line.starts_with("url = ");
    let alike = text.lines().filter(is_alike);
    alike.collect::<Vec<_>>().join("\n")
}

fn prepared(kind: Kind, case: &Case) -> Project {
    let project = Project::new(kind);
    (case.prepare)(&project);
    project
}

/// What the command makes of the project where nothing happens to it.
fn both_states(kind: Kind, case: &Case) -> (State, State) {
    let project = prepared(kind, case);
    let before = State::of(&project);
    let ran = project.run(case.command);
    assert_eq!(ran.status, 0, "{:?}: {ran:?}", case.command);
    (before, State::of(&project))
}

/// Which calls to try.
fn calls(stride: usize) -> impl Iterator<Item = usize> {
    let stride = if std::env::var_os("REVGRAPH_TORTURE").is_some() { 1 } else { stride };
    (stride / 2..MOST_CALLS).step_by(stride)
}

#[track_caller]
fn killed_at_every_call(case: &Case) {
    let Case { command, .. } = case;
    let (before, after) = both_states(Kind::Sqlite, case);
    assert_ne!(before, after, "{command:?}");
    let mut project = prepared(Kind::Sqlite, case);
    let mut seen_after = 0;
    for call in calls(5) {
        let mut run = project.command(command);
        Fault::Kill(call).put_into(&mut run);
        let output = run.output().expect("it can be run");
        if output.status.code().is_some() {
            assert_eq!(output.status.code(), Some(0), "{command:?}, after a kill: {output:?}");
            assert_eq!(State::of(&project), after, "{command:?}");
            return;
        }
        // A command that only reads.
        project.run(&["heads"]);
        let found = State::of(&project).without_staged();
        if found == after {
            seen_after += 1;
            project = prepared(Kind::Sqlite, case);
        } else {
            assert_eq!(found, before, "{command:?}, killed at call {call}");
            assert_eq!(seen_after, 0, "{command:?}, killed at call {call}");
        }
    }
    panic!("{command:?}: no run came to its end");
}

/// With so many calls between two tries, or fewer where the command makes too few to be caught at one.
#[track_caller]
fn terminated(kind: Kind, case: &Case, stride: usize) {
    let is_caught = |stride| terminated_at_some_call(kind, case, stride);
    assert!([stride, 7, 1].into_iter().any(is_caught), "{:?} cannot be called off", case.command);
}

/// Whether one of the signals came in time.
#[track_caller]
fn terminated_at_some_call(kind: Kind, case: &Case, stride: usize) -> bool {
    let Case { command, .. } = case;
    let (before, after) = both_states(kind, case);
    assert_ne!(before, after, "{command:?}");
    let mut project = prepared(kind, case);
    let (mut cancelled, mut through) = (0, 0);
    for call in calls(stride) {
        let mut run = project.command(command);
        Fault::Terminate(call).put_into(&mut run);
        let output = run.output().expect("it can be run");
        let found = State::of(&project);
        if output.status.success() {
            assert_eq!(found, after, "{command:?}, through in spite of SIGTERM at call {call}: {output:?}");
            through += 1;
            if through == THROUGH {
                break;
            }
            project = prepared(kind, case);
        } else {
            assert_eq!(output.status.code(), Some(130), "{command:?}, SIGTERM at call {call}: {output:?}");
            let stderr = String::from_utf8_lossy(&output.stderr);
            let is_done = stderr.contains("the statements have run");
            let expected = if is_done { &after } else { &before };
            assert_eq!(&found, expected, "{command:?}, SIGTERM at call {call}: {output:?}");
            cancelled += 1;
            if is_done {
                project = prepared(kind, case);
            }
        }
    }
    assert_eq!(through, THROUGH, "{command:?}: {cancelled} cancelled, {through} through");
    cancelled > 0
}

fn a_signal_leaves_no_part_of_what_is_written(project: &Project) {
    terminated_each(project, &WRITING, 131);
    terminated_each(project, &IN_TWO_STEPS, 131);
}

fn a_signal_leaves_no_part_of_a_change(project: &Project) {
    terminated_each(project, &CHANGING, 41);
}

fn a_signal_leaves_no_part_of_a_backup(project: &Project) {
    terminated_each(project, &BACKUPS, 41);
}

/// Of a run on a server, which is asked a great deal, one call in `on_server` is tried.
fn terminated_each(project: &Project, cases: &[Case], on_server: usize) {
    let stride = if project.database.is_sqlite() { 17 } else { on_server };
    for case in cases {
        terminated(project.database.kind(), case, stride);
    }
}

#[test]
fn a_killed_command_has_done_all_or_nothing() {
    for case in AUTHORING.iter().chain(&WRITING) {
        killed_at_every_call(case);
    }
}

/// A journal that came with a checkout is refused by every command, those that only read included, and changes nothing.
#[test]
fn a_journal_from_elsewhere_is_refused_by_every_command() {
    let outside = tempfile::tempdir().expect("a folder");
    let project = Project::new(Kind::Sqlite);
    fork(&project);
    let out = outside.path().display();
    project.write(
        "versions/.revgraph-moves",
        format!(
            r#"{{"origin":"1:1","staging":"versions/.revgraph-staging","moves":[["versions/c_test.up.sql","versions/backup/c_test.up.sql"],["versions/b_test.up.sql","{out}/b_test.up.sql"]],"removals":["versions/heads"]}}"#
        ),
    );
    std::os::unix::fs::symlink(outside.path(), project.path("versions/backup")).expect("a link");
    let before = State::of(&project);
    for command in
        [vec!["history"], vec!["heads"], vec!["upgrade"], vec!["revision", "-m", "x"], vec!["check", "--fix"]]
    {
        let ran = project.run(&command);
        assert_eq!(ran.status, 4, "{command:?}: {ran:?}");
        assert_eq!(State::of(&project), before, "{command:?}");
    }
    assert_eq!(fs::read_dir(outside.path()).expect("a listing").count(), 0);
}
