//! What a server, a database or a role is set to must not change what a script does, where the version rows are looked
//! for, or whether something is written.

use crate::support::cluster::cluster;
use crate::support::{Kind, Project, Script};

fn project() -> Project {
    Project::new(Kind::Postgres)
}

fn set(project: &Project, setting: &str) {
    project.database.execute(&format!("ALTER DATABASE {} SET {setting}", project.database.name()));
}

/// With the setting off the string ends elsewhere, and a `COMMIT` is hidden in it.
#[test]
fn strings_are_read_as_they_are_cut() {
    let hiding = r"CREATE TABLE t_a (x text);
INSERT INTO t_a VALUES ('\'), ('; COMMIT; CREATE TABLE stolen (x text); --');";
    for (transaction, header) in [("each", &[][..]), ("all", &[]), ("each", &["revgraph: no-transaction"])] {
        let project = project();
        set(&project, "standard_conforming_strings = off");
        project.configure(&format!("transaction = \"{transaction}\""));
        project.script(&Script { id: "a", header, up: hiding, ..Script::default() });
        // Behind a script whose settings are reset.
        let again = hiding.replace("t_a", "t_b");
        project.script(&Script { id: "b", down_revision: "a", header, up: &again, ..Script::default() });
        let text = project.run(&["upgrade", "--sql"]).stdout;
        project.takes(&["upgrade"], &["a", "b"], &["b"]);
        assert_eq!(project.database.tables(), ["t_a", "t_b"], "{transaction} {header:?}");
        assert_eq!(project.database.column("SELECT x FROM t_b ORDER BY x")[1], r"\");

        let piped = self::project();
        set(&piped, "standard_conforming_strings = off");
        let output = piped.database.pipe(&text);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(piped.database.tables(), ["t_a", "t_b"], "{transaction} {header:?}");
    }
}

#[test]
fn a_script_that_changes_how_strings_are_read_is_refused_where_that_matters() {
    let project = project();
    let off = "SET standard_conforming_strings = off;\n";
    project.revision(
        "a",
        "",
        &format!("{off}CREATE TABLE t_a (x text);\nINSERT INTO t_a VALUES ('a\\\\b');"),
        "",
    );
    let error = project.refused(&["upgrade"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"refused".into(), &8.into()), "{error}");
    project.revision(
        "a",
        "",
        &format!("{off}CREATE TABLE t_a (x text);\nINSERT INTO t_a VALUES (E'a\\\\b');"),
        "",
    );
    project.takes(&["upgrade"], &["a"], &["a"]);
}

/// A script is UTF-8, also behind a `SET client_encoding`, which a statement sent on its own would be read by.
#[test]
fn a_script_that_changes_how_characters_are_read_is_refused_where_that_matters() {
    for header in [&[][..], &["revgraph: no-transaction"]] {
        let project = project();
        let write = |value: &str| {
            let up = format!("SET client_encoding = 'LATIN1';\nCREATE TABLE t_a (x text DEFAULT '{value}');");
            project.script(&Script { id: "a", header, up: &up, ..Script::default() });
        };
        write("é");
        let error = project.refused(&["upgrade"], 1);
        assert_eq!(error["kind"], "refused", "{error}");
        assert!(error.to_string().contains("client_encoding"), "{error}");
        write("e");
        project.takes(&["upgrade"], &["a"], &["a"]);
    }
}

/// A script moves the search path; the next run must not begin anew.
#[test]
fn a_version_table_off_the_search_path_is_named() {
    let project = project();
    let name = project.database.name().to_owned();
    let up = format!("CREATE SCHEMA app;\nALTER DATABASE {name} SET search_path TO app;");
    project.revision("a", "", &up, "").tables(&[("b", "a")]);
    project.json(&["upgrade", "a"]);
    for command in [&["upgrade"][..], &["stamp", "b"], &["current"], &["status"]] {
        let ran = project.run(&[command, &["--json"]].concat());
        assert_eq!(ran.status, 4, "{command:?}: {ran:?}");
        let error = ran.error();
        assert_eq!(error["kind"], "version_table_elsewhere", "{command:?}");
        assert!(error["message"].as_str().is_some_and(|told| told.contains("public")), "{error}");
    }
    assert_eq!(project.database.all_tables().iter().filter(|table| *table == "alembic_version").count(), 1);
    project.configure("version_table_schema = \"public\"");
    assert_eq!(project.json(&["upgrade"]).steps(), ["b"]);
}

#[test]
fn where_only_reading_is_possible_nothing_is_written() {
    let project = project();
    project.tables(&[("a", "")]);
    set(&project, "default_transaction_read_only = on");
    for command in [&["upgrade"][..], &["stamp", "a"], &["ensure-version"], &["protect", "x"]] {
        let ran = project.run(&[command, &["--json"]].concat());
        assert_eq!(ran.status, 1, "{command:?}: {ran:?}");
        let error = ran.error();
        assert!(error["hints"].to_string().contains("primary"), "{command:?}: {error}");
        assert_eq!(project.database.all_tables(), [""; 0], "{command:?}");
    }
    let ran = project.run(&["diff", "database", "head", "--json"]);
    assert!(ran.error()["hints"].to_string().contains("scratch_url"), "{ran:?}");
}

/// A name that the server would cut loses the ledger.
#[test]
fn names_that_the_server_would_cut_are_made_to_fit_or_refused() {
    let project = project();
    project.tables(&[("a", ""), ("b", "a")]);
    let table = "v".repeat(60);
    project.configure(&format!("version_table = \"{table}\""));
    assert_eq!(project.run(&["upgrade", "a"]).status, 0);
    let ran = project.run(&["upgrade"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(project.run(&["log"]).stdout.matches("upgrade").count(), 2);
    project.write(
        "alembic.toml",
        format!("url = \"{}\"\nversion_table = \"{table}vvv\"\n", project.database.url()),
    );
    assert_eq!(project.run(&["upgrade"]).status, 2);
}

/// Who a login acts as by `ALTER ROLE … SET role` is who writes the journal too.
#[test]
fn the_journal_is_written_as_whom_the_login_acts() {
    let project = project();
    let name = project.database.name().to_owned();
    let (group, login) = (format!("group_{name}"), format!("login_{name}"));
    project.database.execute(&format!(
        "CREATE ROLE {group}; CREATE ROLE {login} LOGIN NOINHERIT PASSWORD 'secret' IN ROLE {group}; \
         ALTER ROLE {login} SET role = {group}; ALTER DATABASE {name} OWNER TO {group}; \
         GRANT ALL ON SCHEMA public TO {group}"
    ));
    let header = &["revgraph: no-transaction"];
    project.script(&Script {
        id: "a",
        header,
        up: "CREATE TABLE t_a (x int);\nVACUUM t_a;",
        ..Script::default()
    });
    let url = cluster().tcp_url(&name, &login, "secret");
    let ran = project.run(&["upgrade", "--url", &url]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(project.database.version_rows(), ["a"]);
    project.database.execute(&format!("ALTER DATABASE {name} OWNER TO postgres"));
}

/// A checkout with other line ends makes the same database, and so does psql.
#[test]
fn line_ends_do_not_reach_the_database() {
    let up = "CREATE TABLE t_a (x text);\nCREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 'a\nb';\nEND $$;\n\
              INSERT INTO t_a VALUES ('one\ntwo');\nCOPY t_a FROM stdin;\nthree\nfour\n\\.\nINSERT INTO t_a VALUES (f());";
    let rows = |project: &Project| {
        let source = project.database.scalar("SELECT prosrc FROM pg_proc WHERE proname = 'f'");
        (source, project.database.column("SELECT x FROM t_a ORDER BY x"))
    };
    let (unix, windows, piped) = (project(), project(), project());
    unix.revision("a", "", up, "");
    unix.takes(&["upgrade"], &["a"], &["a"]);
    windows.write(
        "versions/a_test.up.sql",
        format!("-- test a\n--\n-- revision: a\n-- down_revision: \n\n{up}\n").replace('\n', "\r\n"),
    );
    let text = windows.run(&["upgrade", "--sql"]).stdout;
    windows.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(rows(&windows), rows(&unix));
    let output = piped.database.pipe(&text);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(rows(&piped), rows(&unix));
}

/// psql puts its own variables in the place of `:NAME`, an array's slice included.
#[test]
fn psql_finds_no_variables_in_a_script() {
    let up = "CREATE TABLE t_a AS SELECT (ARRAY[10, 20, 30])[lo:PORT] AS x, '1'::int AS y FROM (SELECT 1 AS lo, 2 AS port) AS v (lo, PORT);";
    let project = project();
    project.revision("a", "", up, "");
    let text = project.run(&["upgrade", "--sql"]).stdout;
    let output = project.database.pipe(&text);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(project.database.scalar("SELECT x::text FROM t_a"), "{10,20}");
}

/// A function of the user's that goes before the server's.
#[test]
fn the_times_of_the_ledger_are_the_servers() {
    let project = project();
    project.database.execute(
        "CREATE SCHEMA app; CREATE FUNCTION app.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '1999-01-01'::timestamptz $$",
    );
    set(&project, "search_path = app, pg_catalog");
    project.tables(&[("a", "")]);
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(
        project.database.scalar("SELECT count(*) FROM app.revgraph_ledger WHERE happened_at < '2020-01-01'"),
        "0"
    );
}
