//! `seed`: what fills a database with rows.

use crate::support::background::{Background, eventually};
use crate::support::{Project, on_each_database};

on_each_database!(
    seeds_run_in_order_and_once,
    what_has_changed_runs_again,
    one_file_runs_alone,
    a_seed_that_fails_half_way_leaves_nothing,
    a_seed_without_transaction_goes_on_where_it_failed,
    a_command_finds_the_database_in_its_environment,
    a_command_that_fails_is_told,
    what_a_command_has_started_ends_with_it,
    what_cannot_run_is_refused_before_anything_runs,
    an_emptied_database_is_seeded_again,
    what_was_recorded_without_its_script_is_no_empty_database,
    bad_settings_are_told,
);

fn with_tables(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
}

/// Two files, of which the second stands in a folder.
fn with_seeds(project: &Project) {
    with_tables(project);
    project.configure("seed = [\"first.sql\", \"more/\"]");
    project.write("first.sql", "INSERT INTO t_a VALUES (1);\n");
    std::fs::create_dir(project.path("more")).expect("a folder");
    project.write("more/10.sql", "INSERT INTO t_a SELECT id + 1 FROM t_a;\n");
}

/// The seeds of a document that have run.
fn ran(project: &Project, arguments: &[&str]) -> Vec<String> {
    let document = project.json(arguments).json();
    let seeds = document["seeds"].as_array().expect("a list").clone();
    let ran = seeds.iter().filter(|seed| seed["ran"] == true);
    ran.map(|seed| seed["name"].as_str().expect("a name").to_owned()).collect()
}

fn rows(project: &Project) -> Vec<String> {
    project.database.column("SELECT id FROM t_a ORDER BY id")
}

fn seed_events(project: &Project) -> Vec<String> {
    let events = project.database.events();
    events.into_iter().filter(|event| event.starts_with("seed ")).collect()
}

fn seeds_run_in_order_and_once(project: &Project) {
    with_seeds(project);
    assert_eq!(ran(project, &["seed"]), ["first.sql", "more/10.sql"]);
    assert_eq!(rows(project), ["1", "2"]);
    assert_eq!(seed_events(project), ["seed first.sql done", "seed more/10.sql done"]);
    let checksums = "SELECT detail FROM revgraph_ledger WHERE operation = 'seed'";
    assert!(project.database.column(checksums).iter().all(|checksum| checksum.len() == 64));
    assert_eq!(ran(project, &["seed"]), [""; 0]);
    let told = project.run(&["seed"]);
    assert!(told.stderr.contains("first.sql is there since"), "{}", told.stderr);
    assert_eq!(rows(project), ["1", "2"]);
    assert_eq!(project.database.version_rows(), ["a"]);
}

fn what_has_changed_runs_again(project: &Project) {
    with_seeds(project);
    ran(project, &["seed"]);
    project.write("first.sql", "INSERT INTO t_a VALUES (10);\n");
    assert_eq!(ran(project, &["seed"]), ["first.sql"]);
    // Another checkout may have other line ends.
    project.write("first.sql", "INSERT INTO t_a VALUES (10);\r\n");
    assert_eq!(ran(project, &["seed"]), [""; 0]);
    project.write("first.sql", "INSERT INTO t_a VALUES (20);\n");
    project.write("more/10.sql", "INSERT INTO t_a VALUES (30);\n");
    assert_eq!(ran(project, &["seed", "--again"]), ["first.sql", "more/10.sql"]);
    assert_eq!(rows(project), ["1", "2", "10", "20", "30"]);
}

fn one_file_runs_alone(project: &Project) {
    with_seeds(project);
    assert_eq!(ran(project, &["seed", "--only", "more/10.sql"]), ["more/10.sql"]);
    let error = project.refused(&["seed", "--only", "versions/a_test.up.sql"], 2);
    assert!(error["message"].as_str().is_some_and(|told| told.contains("first.sql, more/10.sql")), "{error}");
}

fn a_seed_that_fails_half_way_leaves_nothing(project: &Project) {
    with_seeds(project);
    project.write("more/20.sql", "INSERT INTO t_a VALUES (7);\n\nINSERT INTO nowhere VALUES (1);\n");
    let error = project.refused(&["seed"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"seed".into(), &3.into()), "{error}");
    assert!(error["file"].as_str().is_some_and(|file| file.ends_with("more/20.sql")), "{error}");
    assert_eq!(error["rolled_back"], serde_json::json!(["first.sql", "more/10.sql"]));
    assert_eq!(rows(project), [""; 0]);
    assert_eq!(seed_events(project), ["seed more/20.sql failed"]);
    project.write("more/20.sql", "INSERT INTO t_a VALUES (7);\n");
    assert_eq!(ran(project, &["seed"]), ["first.sql", "more/10.sql", "more/20.sql"]);
}

fn a_seed_without_transaction_goes_on_where_it_failed(project: &Project) {
    with_seeds(project);
    let seed = |last: &str| format!("-- revgraph: no-transaction\nINSERT INTO t_a VALUES (7);\n{last};\n");
    project.write("more/20.sql", seed("INSERT INTO nowhere VALUES (8)"));
    project.write("more/30.sql", "INSERT INTO t_a VALUES (9);\n");
    let ran_first = project.run(&["seed", "--json"]);
    let error = ran_first.error();
    assert_eq!((ran_first.status, &error["line"]), (1, &3.into()), "{error}");
    assert_eq!(error["done"], serde_json::json!(["first.sql", "more/10.sql"]));
    assert_eq!(rows(project), ["1", "2", "7"]);
    // What is left of a seed concerns no revision.
    project.table("b", "a", &[]);
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.json(&["status"]).json()["state"], "up_to_date");
    project.write("more/20.sql", seed("INSERT INTO t_a VALUES (8)"));
    assert_eq!(ran(project, &["seed"]), ["more/20.sql", "more/30.sql"]);
    assert_eq!(rows(project), ["1", "2", "7", "8", "9"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM revgraph_statement"), "0");
}

fn a_command_finds_the_database_in_its_environment(project: &Project) {
    with_tables(project);
    project.write("app.sh", "echo \"$DATABASE_URL $REVGRAPH_DIALECT $#\" > seen; echo \"made rows\"\n");
    project.configure("seed_command = [\"sh\", \"app.sh\"]");
    let said = project.run(&["seed"]);
    assert_eq!(said.status, 0, "{}", said.stderr);
    assert!(said.stderr.contains("made rows"), "{}", said.stderr);
    let seen = std::fs::read_to_string(project.path("seen")).expect("it has run in this folder");
    let (url, rest) = seen.split_once(' ').expect("three words");
    let dialect = if project.database.is_postgres() { "postgres" } else { "sqlite" };
    assert_eq!(rest, format!("{dialect} 0\n"));
    let same = project.json(&["current", "--url", url]).json();
    assert_eq!(same["heads"][0]["revision"], "a");
    assert_eq!(ran(project, &["seed"]), [""; 0]);
    project.write("app.sh", "exit 0\n");
    assert_eq!(ran(project, &["seed"]), ["seed_command"]);
}

fn a_command_that_fails_is_told(project: &Project) {
    with_tables(project);
    project.configure("seed_command = [\"sh\", \"-c\", \"echo $DATABASE_URL; exit 7\"]");
    let said = project.run(&["seed"]);
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert!(said.stderr.contains("sh ended with exit status: 7"), "{}", said.stderr);
    assert_eq!(seed_events(project), ["seed seed_command failed"]);
    project.write(
        "alembic.toml",
        format!("url = {:?}\nseed_command = [\"no-such-program\"]", project.database.url()),
    );
    assert_eq!(project.refused(&["seed"], 1)["kind"], "seed_command");
}

fn what_cannot_run_is_refused_before_anything_runs(project: &Project) {
    with_seeds(project);
    project.write("more/20.sql", "INSERT INTO t_a VALUES (7);\nCOMMIT;\n");
    project.write("more/30.sql", "DELETE FROM alembic_version;\n");
    let error = project.refused(&["seed"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"refused".into(), &2.into()), "{error}");
    assert_eq!(rows(project), [""; 0]);
    assert_eq!(seed_events(project), [""; 0]);
}

fn an_emptied_database_is_seeded_again(project: &Project) {
    with_seeds(project);
    ran(project, &["seed"]);
    project.json(&["downgrade", "base", "--yes"]);
    project.json(&["upgrade"]);
    assert_eq!(ran(project, &["seed"]), ["first.sql", "more/10.sql"]);
}

/// A downgrade of all that has run here does not empty a database that was adopted or stamped.
fn what_was_recorded_without_its_script_is_no_empty_database(project: &Project) {
    project.revision("a", "", "CREATE TABLE t (x INTEGER);", "DROP TABLE t;");
    project.revision("b", "a", "CREATE TABLE u (x INTEGER);", "DROP TABLE u;");
    project.write("seed.sql", "INSERT INTO t VALUES (1);");
    project.configure("seed = \"seed.sql\"");
    let count = || project.database.scalar("SELECT count(*) FROM t");
    for begins_by_another in [false, true] {
        project.database.execute("CREATE TABLE t (x INTEGER)");
        if begins_by_another {
            project.database.execute(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY); \
                 INSERT INTO alembic_version VALUES ('a')",
            );
        } else {
            project.json(&["stamp", "a"]);
        }
        project.json(&["upgrade"]);
        assert_eq!(ran(project, &["seed"]), ["seed.sql"]);
        project.json(&["downgrade", "a", "--yes"]);
        assert!(ran(project, &["seed"]).is_empty());
        assert_eq!(count(), "1");
        project.json(&["downgrade", "base", "--yes"]);
        project.json(&["upgrade"]);
        assert_eq!((ran(project, &["seed"]), count()), (vec!["seed.sql".to_owned()], "1".to_owned()));
        for table in ["alembic_version", "revgraph_ledger", "revgraph_statement", "t", "u"] {
            project.database.execute(&format!("DROP TABLE IF EXISTS {table}"));
        }
    }
}

fn bad_settings_are_told(project: &Project) {
    with_tables(project);
    assert_eq!(project.refused(&["seed"], 2)["kind"], "usage");
    let url = format!("url = {:?}\n", project.database.url());
    for (lines, status, kind) in [
        ("seed = \"missing.sql\"", 1, "io"),
        ("seed = \"versions/none\"", 1, "io"),
        ("seed = []\nseed_command = [\"true\"]", 2, "config"),
        ("seed = 7", 2, "config"),
    ] {
        project.write("alembic.toml", format!("{url}{lines}"));
        assert_eq!(project.refused(&["seed"], status)["kind"], kind, "{lines}");
    }
}

mod on_postgres {
    use crate::support::cluster::cluster;
    use crate::support::{Kind, Project};

    #[test]
    fn a_seed_may_hold_the_data_of_copy() {
        let project = Project::new(Kind::Postgres);
        super::with_tables(&project);
        project.configure("seed = \"rows.sql\"");
        project.write("rows.sql", "COPY t_a (id) FROM stdin;\n1\n2\n\\.\n");
        project.json(&["seed"]);
        assert_eq!(super::rows(&project), ["1", "2"]);
    }

    #[test]
    fn a_password_is_in_the_environment_of_a_command_and_nowhere_else() {
        let project = Project::new(Kind::Postgres);
        let role = format!("seeder_{}", project.database.name());
        project.database.execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 's3cret'"));
        super::with_tables(&project);
        let url = cluster().tcp_url(project.database.name(), &role, "s3cret");
        project.configure("seed_command = [\"sh\", \"-c\", \"echo $DATABASE_URL > seen; echo $DATABASE_URL; tr '\\\\0' ' ' < /proc/$PPID/cmdline > parent; exit 3\"]");
        let mut command = project.command(&["seed"]);
        let output = command.env("REVGRAPH_URL", &url).output().expect("it can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(std::fs::read_to_string(project.path("seen")).expect("it has run").trim_end(), url);
        let parent = std::fs::read_to_string(project.path("parent")).expect("it has run");
        assert!(!said.contains("s3cret") && !parent.contains("s3cret"), "{said} {parent}");
        assert!(said.contains(":***@"), "{said}");
        project.database.execute(&format!("DROP ROLE {role}"));
    }
}

/// One ends when it is asked to, the other, which holds the pipes open, only by force.
fn what_a_command_has_started_ends_with_it(project: &Project) {
    with_tables(project);
    let program = "trap '' TERM; sleep 60 & echo $! >started; (trap 'echo asked >>ended; exit' TERM; sleep 60 & wait) & wait";
    project.configure(&format!("seed_command = [\"sh\", \"-c\", \"{program}\"]"));
    let seeding = Background::start(project, &["seed", "--json"], &[]);
    let started = project.path("started");
    eventually("the command has begun", || {
        std::fs::read_to_string(&started).is_ok_and(|text| text.ends_with('\n'))
    });
    seeding.signal("INT");
    let ran = seeding.wait();
    assert_eq!((ran.status, &ran.error()["kind"]), (130, &"interrupted".into()), "{}", ran.snapshot());
    let pid = std::fs::read_to_string(&started).expect("it is there");
    let state = std::path::Path::new("/proc").join(pid.trim()).join("stat");
    // Who takes over orphans may leave them behind as zombies.
    eventually("its child has ended", || {
        std::fs::read_to_string(&state).is_ok_and(|stat| stat.contains(") Z ")) || !state.exists()
    });
    assert_eq!(seed_events(project).last().map(String::as_str), Some("seed seed_command interrupted"));
}
