//! What people read, on SQLite, whose words are the same everywhere.

#![cfg(feature = "sqlite")]

use insta::assert_snapshot;

use crate::support::{Kind, Project, Script};

fn project() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", ""), ("b", "a")]);
    project
}

#[test]
fn a_run_tells_its_steps_and_where_the_database_stands() {
    let project = project();
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @r"
    exit 0
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db (a new file)
    upgraded to a ([TIME])
    upgraded to b ([TIME])
    2 revisions up; the database stands at b
    ");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @r"
    exit 0
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db
    nothing to do: the database stands at b
    ");
    assert_snapshot!(project.run(&["current"]).snapshot(), @r"
    exit 0
    -- stdout
    b (head)
    -- stderr
    ");
    assert_snapshot!(project.run(&["downgrade", "base"]).snapshot(), @r"
    exit 0
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db
    downgraded b ([TIME])
    downgraded a ([TIME])
    2 revisions down; the database stands at base
    ");
}

#[test]
fn quiet_says_nothing_but_results() {
    let project = project();
    assert_snapshot!(project.run(&["upgrade", "--quiet"]).snapshot(), @r"
    exit 0
    -- stdout
    -- stderr
    ");
    assert_snapshot!(project.run(&["downgrade", "base", "--quiet"]).snapshot(), @r"
    exit 0
    -- stdout
    -- stderr
    ");
}

#[test]
fn a_dry_run_tells_what_would_run() {
    assert_snapshot!(project().run(&["upgrade", "--dry-run"]).snapshot(), @r"
    exit 0
    -- stdout
    upgrade a  test a
    upgrade b  test b
    -- stderr
    notice: sqlite:[PROJECT]/test.db: there is no such file; it counts as an empty database
    nothing has run; 2 revisions would
    ");
}

#[test]
fn a_failing_statement_is_shown() {
    let project = project();
    let up = "CREATE TABLE t_c (id INTEGER);\nINSERT INTO t_c\n  SELECT nowt FROM t_a;\nSELECT 1;";
    project.revision("c", "b", up, "");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @r"
    exit 1
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db (a new file)
    upgraded to a ([TIME])
    upgraded to b ([TIME])
    error: the upgrade to c failed at statement 2 of 3: no such column: nowt
     --> versions/c_test.up.sql:8:10
      |
    8 |   SELECT nowt FROM t_a;
      |          ^^^^
      |
      = note: it was rolled back; the database stands at b
      = note: 2 of 3 revisions were done before
    help: mend the script and run the same command again
    ");
}

#[test]
fn a_refused_statement_is_shown() {
    let project = project();
    project.revision("c", "b", "CREATE TABLE t_c (id INTEGER);\nCOMMIT;", "");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @r"
    exit 1
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db (a new file)
    error: nothing has run: the scripts hold what cannot run as they ask
     --> versions/c_test.up.sql:7:1
      |
    7 | COMMIT;
      | ^^^^^^ the script runs in a transaction of its own, and this statement would commit it halfway
      |
    help: leave the transaction to revgraph, or put `-- revgraph: no-transaction` into the header
    ");
}

#[test]
fn an_edited_script_is_told() {
    let project = project();
    project.run(&["upgrade", "a"]);
    project.revision("a", "", "SELECT 1;", "");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"
    exit 4
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db
    error: a changed since the database applied it
     |
     = note: versions/a_test.up.sql is not what was applied as a
     = note: --- ledger:a.up.sql
             +++ [PROJECT]/versions/a_test.up.sql
             @@ -3,4 +3,4 @@
              -- revision: a
              -- down_revision: 
              
             -CREATE TABLE t_a (id INTEGER PRIMARY KEY);
             +SELECT 1;
    help: put the script back as it was, and write the change as a new revision
    help: if the database already is as the script now says: revgraph resolve --accept a
    ");
}

#[test]
fn an_unknown_version_row_is_told() {
    let project = project();
    project.run(&["upgrade"]);
    project.database.execute("UPDATE alembic_version SET version_num = 'gone'");
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @r"
    exit 4
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db
    error: the version table names gone, which no script has
     |
    help: are these the right scripts for this database, and is the checkout up to date?
    help: if the database is known to stand elsewhere: revgraph stamp --purge REV
    ");
}

#[test]
fn an_unknown_target_is_told() {
    assert_snapshot!(project().run(&["upgrade", "nowhere"]).snapshot(), @r"
    exit 1
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db (a new file)
    error: there is no revision or branch `nowhere`
     |
    help: revgraph history lists the revisions
    ");
}

#[test]
fn an_unknown_directive_is_told() {
    let project = project();
    project.script(&Script {
        id: "c",
        header: &["revgraph: no-transction"],
        up: "SELECT 1;",
        ..Script::default()
    });
    assert_snapshot!(project.run(&["upgrade"]).snapshot(), @"
    exit 4
    -- stdout
    -- stderr
    database: sqlite:[PROJECT]/test.db (a new file)
    error: there is no directive `no-transction`; there are no-transaction, irreversible, only, end, recorded-empty, recorded-rows and not-imported
     --> versions/c_test.up.sql:5:1
      |
    5 | -- revgraph: no-transction
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
}
