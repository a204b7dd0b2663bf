//! `--sql`: piped through `psql` or `sqlite3` it leaves what the online run leaves.

use crate::support::{Database, Project, Script, on_each_database};

on_each_database!(
    a_graph_goes_up_and_down_as_online,
    one_transaction_for_all_is_as_online,
    a_stamp_is_as_online,
    a_no_transaction_script_is_as_online,
    a_no_transaction_script_amid_one_transaction_is_as_online,
    awkward_scripts_are_as_online,
    a_failing_script_leaves_nothing_half_applied,
    a_database_that_stands_elsewhere_is_not_changed,
    downgrading_needs_both_ends,
    ensure_version_is_as_online,
);

/// A second database beside the project's, for what is piped.
struct Pair<'p> {
    project: &'p Project,
    piped: Database,
}

impl<'p> Pair<'p> {
    fn new(project: &'p Project) -> Self {
        let folder = project.path("piped");
        std::fs::create_dir(&folder).expect("a folder");
        Self { project, piped: Database::new(project.database.kind(), &folder) }
    }

    /// Runs a command online, and what it prints with `--sql` on the other database; compares the two.
    #[track_caller]
    fn agree(&self, online: &[&str], offline: &[&str]) {
        self.project.json(online);
        let sql = self.project.run(offline);
        assert_eq!(sql.status, 0, "{offline:?}: {}", sql.stderr);
        let output = self.piped.pipe(&sql.stdout);
        assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), sql.stdout);
        assert_eq!(self.piped.schema(), self.project.database.schema(), "{online:?}: schema");
        let (piped, online_lines) = (self.piped.bookkeeping(), self.project.database.bookkeeping());
        for (piped, line) in piped.iter().zip(&online_lines) {
            assert_eq!(piped, line, "{online:?}: bookkeeping");
        }
        assert_eq!(piped.len(), online_lines.len(), "{online:?}: bookkeeping");
    }
}

/// Two bases, a diamond, a dependency across, and a head of each.
fn graph(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("m", "b, c"), ("z", "m"), ("x", "")]);
    project.table("y", "x", &["depends_on: b", "branch_labels: side"]);
}

fn a_graph_goes_up_and_down_as_online(project: &Project) {
    graph(project);
    let pair = Pair::new(project);
    pair.agree(&["upgrade", "m"], &["upgrade", "--sql", "m"]);
    pair.agree(&["upgrade", "z"], &["upgrade", "--sql", "m:z"]);
    pair.agree(&["downgrade", "m"], &["downgrade", "--sql", "z:m"]);
    pair.agree(&["downgrade", "base"], &["downgrade", "--sql", "m:base"]);
}

fn one_transaction_for_all_is_as_online(project: &Project) {
    graph(project);
    project.configure("transaction = \"all\"");
    let pair = Pair::new(project);
    pair.agree(&["upgrade", "heads"], &["upgrade", "--sql", "heads"]);
    pair.agree(&["downgrade", "base"], &["downgrade", "--sql", "heads:base"]);
}

fn a_stamp_is_as_online(project: &Project) {
    graph(project);
    let pair = Pair::new(project);
    pair.agree(&["stamp", "m"], &["stamp", "--sql", "m"]);
    pair.agree(&["stamp", "b"], &["stamp", "--sql", "m:b"]);
}

fn a_no_transaction_script_is_as_online(project: &Project) {
    no_transaction_in_the_middle(project);
    let pair = Pair::new(project);
    pair.agree(&["upgrade"], &["upgrade", "--sql"]);
    pair.agree(&["downgrade", "base"], &["downgrade", "--sql", "c:base"]);
}

fn a_no_transaction_script_amid_one_transaction_is_as_online(project: &Project) {
    no_transaction_in_the_middle(project);
    project.configure("transaction = \"all\"");
    let pair = Pair::new(project);
    pair.agree(&["upgrade"], &["upgrade", "--sql"]);
}

fn no_transaction_in_the_middle(project: &Project) {
    project.tables(&[("a", "")]);
    let up = format!("{}\nCREATE INDEX a_index ON t_a (id);", project.database.vacuum("t_a"));
    let down = Some("DROP INDEX a_index;");
    project.script(&Script {
        id: "b",
        down_revision: "a",
        header: &["revgraph: no-transaction"],
        up: &up,
        down,
    });
    project.tables(&[("c", "b")]);
}

/// Quotes, backslashes, variables of psql, statements without an end, comments at the end.
fn awkward_scripts_are_as_online(project: &Project) {
    let up = "CREATE TABLE notes (text VARCHAR(200));\n\
        INSERT INTO notes VALUES ('it''s :not a \\variable; -- nor a comment\n\n\nand it goes on'); -- a comment\n\
        INSERT INTO notes VALUES (':''x''');\n\
        /* a comment; with an end */ INSERT INTO notes VALUES ('$$ é 😀 $$')";
    project.revision("a", "", up, "DROP TABLE notes -- without an end");
    let own = if project.database.is_postgres() {
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $body$\n\n  SELECT 'a;b';\n\n$body$;\nINSERT INTO notes SELECT f();\n\
         COPY notes FROM stdin;\ncopied\\tand \\\\ escaped\n\\.\nINSERT INTO notes VALUES (E'\\\\x');"
    } else {
        "CREATE TRIGGER t AFTER INSERT ON notes BEGIN UPDATE notes SET text = 'x;y' WHERE text = 'x'; END;\nINSERT INTO notes VALUES ('x');"
    };
    project.revision("b", "a", own, "-- revgraph: irreversible");
    let pair = Pair::new(project);
    pair.agree(&["upgrade"], &["upgrade", "--sql"]);
    let notes = "SELECT text FROM notes ORDER BY text";
    assert_eq!(pair.piped.column(notes), project.database.column(notes));
}

fn a_failing_script_leaves_nothing_half_applied(project: &Project) {
    let broken =
        "CREATE TABLE t_b (id INTEGER);\nSELECT nothing FROM t_b;\nCREATE TABLE t_late (id INTEGER);";
    project.tables(&[("a", "")]).revision("b", "a", broken, "").tables(&[("c", "b")]);
    let output = project.database.pipe(&project.run(&["upgrade", "--sql"]).stdout);
    assert!(!output.status.success());
    assert_eq!(project.database.version_rows(), ["a"]);
    project.assert_applied(&["a"]);
    project.table("b", "a", &[]);
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
}

/// The rows are checked inside the transaction that moves them.
fn a_database_that_stands_elsewhere_is_not_changed(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    let output = project.database.pipe(&project.run(&["upgrade", "--sql", "b:c"]).stdout);
    assert!(!output.status.success());
    let output = project.database.pipe(&project.run(&["upgrade", "--sql", "b"]).stdout);
    assert!(!output.status.success(), "it is not empty");
    assert_eq!(project.database.version_rows(), ["a"]);
    project.assert_applied(&["a"]);
}

fn downgrading_needs_both_ends(project: &Project) {
    graph(project);
    let ran = project.run(&["downgrade", "--sql", "base", "--json"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.error()["message"].to_string().contains("FROM:TO"), "{ran:?}");
}

fn ensure_version_is_as_online(project: &Project) {
    let pair = Pair::new(project);
    pair.agree(&["ensure-version"], &["ensure-version", "--sql"]);
}
