//! `revgraph::Migrator`, as a program uses it.

#[cfg(feature = "postgres")]
mod diesel_source;
mod examples;
#[cfg(feature = "sqlite")]
mod lent;

use std::time::Duration;

use revgraph::errors::{BackendError, ExecuteError};
use revgraph::{ChecksumPolicy, Database, Migrator, MigratorError, State, Step, TransactionMode, Watch};

use crate::support::{Project, on_each_database};

on_each_database!(
    a_program_and_the_command_take_turns,
    scripts_that_are_compiled_in_do_the_same,
    a_squashed_history_that_is_compiled_in_meets_an_old_database,
    sixteen_threads_share_a_history,
    a_failure_names_the_place_and_changes_nothing,
    an_edited_script_is_refused_unless_asked_for,
    a_program_older_than_the_database_is_told,
    whoever_holds_the_lock_is_named,
    a_failure_of_everything_takes_all_back,
    tables_and_actor_are_as_set,
    the_watch_hears_of_every_step,
    rows_that_nobody_vouches_for_are_warned_of,
);

fn migrator(project: &Project) -> Migrator {
    Migrator::from_directory(project.path("versions")).expect("sound scripts").actor("test")
}

fn upgrade(project: &Project, migrator: &Migrator) -> Result<Vec<String>, MigratorError> {
    let report = migrator.connect(&project.database.url())?.upgrade("head")?;
    Ok(report.steps.iter().map(|step| step.revision.to_string()).collect())
}

fn texts(ids: &[revgraph::RevisionId]) -> Vec<&str> {
    ids.iter().map(|id| id.as_str()).collect()
}

/// An error of a run.
fn run_error(error: MigratorError) -> ExecuteError {
    let MigratorError::Run(error) = error else { panic!("{error:?}") };
    *error
}

fn a_program_and_the_command_take_turns(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    let migrator = migrator(project);
    let connect = || migrator.connect(&project.database.url()).expect("it can be reached");
    assert_eq!(texts(&connect().pending().expect("an answer")), ["a", "b", "c"]);
    assert_eq!(connect().standing().expect("an answer").state, State::Empty);
    connect().upgrade("a").expect("it goes up");
    project.takes(&["upgrade", "+1"], &["b"], &["b"]);
    assert_eq!(texts(&connect().current().expect("an answer")), ["b"]);
    assert_eq!(texts(&connect().pending().expect("an answer")), ["c"]);
    let report = connect().upgrade("head").expect("it goes up");
    assert_eq!((report.steps.len(), texts(&report.heads)), (1, vec!["c"]));
    assert!(connect().upgrade("head").expect("nothing is left").steps.is_empty());
    let report = connect().downgrade("-2").expect("it goes down");
    assert_eq!((report.steps.len(), texts(&report.heads)), (2, vec!["a"]));
    project.assert_applied(&["a"]);
    assert_eq!(
        project.database.events(),
        ["upgrade a done", "upgrade b done", "upgrade c done", "downgrade c done", "downgrade b done"]
    );
    project.takes(&["upgrade", "head"], &["b", "c"], &["c"]);
}

fn scripts_that_are_compiled_in_do_the_same(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    let files: Vec<(String, String)> =
        ["a_test.up.sql", "a_test.down.sql", "b_test.up.sql", "b_test.down.sql"]
            .map(|name| {
                let path = format!("versions/{name}");
                let text = std::fs::read_to_string(project.path(&path)).expect("it is there");
                (path, text)
            })
            .into();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let embedded = Migrator::embedded(&files).expect("sound scripts").actor("test");
    assert_eq!(upgrade(project, &embedded).expect("it goes up"), ["a", "b"]);
    project.assert_applied(&["a", "b"]);
    let compiled_in = project.database.entries();
    for side in ["down", "up"] {
        let target = if side == "down" { "base" } else { "head" };
        project.json(&[&format!("{side}grade"), target]);
    }
    assert_eq!(compiled_in, project.database.entries());
    let connect = || embedded.connect(&project.database.url()).expect("it can be reached");
    assert_eq!(connect().downgrade("base").expect("it goes down").steps.len(), 2);
    project.assert_applied(&[]);
}

fn a_squashed_history_that_is_compiled_in_meets_an_old_database(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.json(&["upgrade", "b"]);
    let original = |id: &str| {
        let text = std::fs::read_to_string(project.path(&format!("versions/{id}_test.up.sql")))
            .expect("it is there");
        (format!("versions/backup/{id}_test.up.sql"), text)
    };
    let baseline = "-- baseline\n-- revision: s\n-- replaces: a, b, c\n\nCREATE TABLE t_s (id INTEGER);\n";
    let mut files: Vec<(String, String)> = ["a", "b", "c"].map(original).into();
    files.push(("versions/s_baseline.up.sql".to_owned(), baseline.to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let migrator = Migrator::embedded(&files).expect("sound scripts");
    assert_eq!(upgrade(project, &migrator).expect("it goes up"), ["c", "s"]);
    assert_eq!(project.database.version_rows(), ["s"]);
    assert_eq!(project.database.tables(), ["t_a", "t_b", "t_c"]);
}

fn sixteen_threads_share_a_history(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("d", "b, c")]);
    let migrator = migrator(project);
    let mut steps: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..16).map(|_| scope.spawn(|| upgrade(project, &migrator).expect("it goes up"))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect()
    });
    steps.sort();
    assert_eq!(steps, ["a", "b", "c", "d"]);
    assert_eq!(project.database.version_rows(), ["d"]);
}

fn a_failure_names_the_place_and_changes_nothing(project: &Project) {
    project.tables(&[("a", "")]);
    project.revision("b", "a", "CREATE TABLE t_b (id INTEGER);\nSELECT * FROM nowhere;", "DROP TABLE t_b;");
    let error = upgrade(project, &migrator(project)).expect_err("a failure");
    let path = project.path("versions/b_test.up.sql");
    let place = format!("upgrade of b failed at {}:7:", path.display());
    assert!(error.to_string().starts_with(&place), "{error}");
    let told = format!("{error:?}");
    let (_, because) = told.split_once("\n  because: statement 2 of 2: ").expect("the cause");
    assert!(because.contains("nowhere"), "{told}");
    assert!(!error.may_succeed_later());
    let ExecuteError::Step(run) = run_error(error) else { panic!("a step") };
    assert_eq!((run.planned, texts(&run.done.heads)), (2, vec!["a"]));
    project.assert_applied(&["a"]);
}

fn an_edited_script_is_refused_unless_asked_for(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    migrator(project)
        .connect(&project.database.url())
        .and_then(|database| database.upgrade("a"))
        .expect("up");
    project.revision("a", "", "CREATE TABLE t_a (id BIGINT);", "DROP TABLE t_a;");
    let error = run_error(upgrade(project, &migrator(project)).expect_err("it is refused"));
    assert!(matches!(&error, ExecuteError::Edited(edited) if edited.len() == 1), "{error:?}");
    let on_disk = std::fs::read_to_string(project.path("versions/a_test.up.sql")).expect("it is there");
    let compiled_in = on_disk.replace("BIGINT", "TEXT");
    let embedded = Migrator::embedded(&[("versions/a_test.up.sql", &compiled_in)]).expect("sound scripts");
    let error = run_error(upgrade(project, &embedded).expect_err("it is refused"));
    let ExecuteError::Edited(edited) = &error else { panic!("{error:?}") };
    let diff = edited.first().and_then(|one| one.diff.as_deref()).expect("a diff");
    assert!(diff.contains("+CREATE TABLE t_a (id TEXT);"), "{diff}");
    let tolerant = migrator(project).checksums(ChecksumPolicy::Warn);
    assert_eq!(upgrade(project, &tolerant).expect("it goes up"), ["b"]);
}

fn a_program_older_than_the_database_is_told(project: &Project) {
    project.tables(&[("a", "")]);
    let older = migrator(project);
    project.tables(&[("b", "a")]);
    upgrade(project, &migrator(project)).expect("it goes up");
    let error = run_error(upgrade(project, &older).expect_err("the database is ahead"));
    assert!(matches!(&error, ExecuteError::Ahead { missing, .. } if texts(missing) == ["b"]), "{error:?}");
    let connect = || older.connect(&project.database.url()).expect("it can be reached");
    assert_eq!(connect().standing().expect("an answer").state, State::Ahead);
    assert!(connect().pending().expect("an answer").is_empty());
    project.database.execute("UPDATE alembic_version SET version_num = 'x'");
    let error = connect().pending().expect_err("nobody can tell");
    assert!(error.to_string().contains('x'), "{error}");
}

fn whoever_holds_the_lock_is_named(project: &Project) {
    struct Blocked<'p>(&'p Project, Option<MigratorError>);
    impl Watch for Blocked<'_> {
        fn started(&mut self, _step: &Step) {}
        fn finished(&mut self, _step: &Step, _took: Duration) {
            let hasty = migrator(self.0).migration_lock_timeout(Duration::from_millis(50));
            // After the last step there is nothing left to do, and no lock to wait for.
            self.1 = self.1.take().or(upgrade(self.0, &hasty).err());
        }
        fn notice(&mut self, severity: &str, message: &str) {
            panic!("{severity}: {message}");
        }
    }
    project.tables(&[("a", ""), ("b", "a")]);
    let mut blocked = Blocked(project, None);
    let migrator = migrator(project);
    let database = migrator.connect(&project.database.url()).expect("it can be reached");
    database.watched_by(&mut blocked).upgrade("head").expect("it goes up");
    let error = blocked.1.expect("the other one had to wait");
    assert!(error.may_succeed_later());
    let MigratorError::Database(BackendError::LockNotHad { holder: Some(holder), .. }) = &error else {
        panic!("{error:?}")
    };
    assert!(holder.contains("process "), "{holder}");
    project.assert_applied(&["a", "b"]);
}

fn a_failure_of_everything_takes_all_back(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.revision("c", "b", "SELECT * FROM nowhere;", "SELECT 1;");
    let all = migrator(project).transaction(TransactionMode::All);
    assert!(upgrade(project, &all).is_err());
    assert!(project.database.version_rows().is_empty());
    assert!(project.database.tables().is_empty());
}

fn tables_and_actor_are_as_set(project: &Project) {
    project.tables(&[("a", "")]);
    let mut set = migrator(project).version_table("shop_version").actor("shop 1.0");
    let mut place = "shop_version".to_owned();
    if project.database.is_postgres() {
        project.database.execute("CREATE SCHEMA bookkeeping");
        set = set.version_table_schema("bookkeeping");
        place = "bookkeeping.shop_version".to_owned();
    }
    upgrade(project, &set).expect("it goes up");
    assert_eq!(project.database.column(&format!("SELECT version_num FROM {place}")), ["a"]);
    let ledger = place.replace("shop_version", "revgraph_ledger_shop_version");
    assert_eq!(project.database.column(&format!("SELECT DISTINCT actor FROM {ledger}")), ["shop 1.0"]);
    let wrong = migrator(project).version_table("a\0b");
    assert!(upgrade(project, &wrong).is_err());
}

#[derive(Default)]
struct Heard(Vec<String>);

impl Watch for Heard {
    fn planned(&mut self, steps: usize) {
        self.0.push(format!("{steps} planned"));
    }
    fn started(&mut self, step: &Step) {
        self.0.push(format!("{} begins", step.revision));
    }
    fn finished(&mut self, step: &Step, _took: Duration) {
        self.0.push(format!("{} is committed", step.revision));
    }
    fn notice(&mut self, severity: &str, message: &str) {
        self.0.push(format!("{severity}: {message}"));
    }
}

/// A program does not compare the schema, as the command does; it says so before it changes something, and only then.
fn rows_that_nobody_vouches_for_are_warned_of(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY); \
         INSERT INTO alembic_version VALUES ('a')",
    );
    let migrator = migrator(project);
    let run = |target: &str| {
        let mut heard = Heard::default();
        let database = migrator.connect(&project.database.url()).expect("it can be reached");
        database.watched_by(&mut heard).upgrade(target).expect("it goes up");
        heard.0.into_iter().filter(|line| line.starts_with("warning: the version rows say a,")).count()
    };
    assert_eq!([run("a"), run("b"), run("head")], [0, 1, 0]);
}

fn the_watch_hears_of_every_step(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    let mut heard = Heard::default();
    let migrator = migrator(project);
    let database = migrator.connect(&project.database.url()).expect("it can be reached");
    database.watched_by(&mut heard).upgrade("head").expect("it goes up");
    assert_eq!(heard.0, ["2 planned", "a begins", "a is committed", "b begins", "b is committed"]);
}

#[test]
fn all_of_it_can_go_to_another_thread() {
    fn is_sent<T: Send>() {}
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Migrator>();
    is_sent::<Database<'_>>();
    is_shared::<MigratorError>();
}

#[test]
fn no_password_is_told() {
    let migrator = Migrator::embedded(&[]).expect("no scripts are sound");
    for url in ["mysql://u:geheim@h/d", "u:geheim@h/d", "postgres://u:geheim@h:x/d"] {
        let error = migrator.connect(url).expect_err("no URL");
        assert!(matches!(error, MigratorError::Url(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
    #[cfg(feature = "postgres")]
    {
        let error = migrator.connect("postgres://u:geheim@localhost:1/d").expect_err("nobody is there");
        assert!(error.may_succeed_later());
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}

#[test]
fn what_is_no_target_is_told_before_anything() {
    let migrator = Migrator::embedded(&[("a.up.sql", "-- a\n-- revision: a\n")]).expect("sound scripts");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new.db");
    let url = format!("sqlite:{}", path.display());
    if cfg!(feature = "sqlite") {
        let upgrade =
            |target| migrator.connect(&url).expect("a new file").upgrade(target).expect_err("no target");
        assert!(matches!(upgrade("a:b"), MigratorError::Target(_)));
        assert!(matches!(run_error(upgrade("nowhere")), ExecuteError::Plan(_)));
        assert!(!path.exists());
    }
}
