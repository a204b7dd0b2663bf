//! Where the version rows are kept.

use crate::support::{Project, on_each_database};

on_each_database!(
    a_version_table_of_another_name_has_a_ledger_of_its_own,
    ids_may_be_longer_than_alembics_column,
    ensure_version_makes_the_tables_and_nothing_else,
    a_database_with_only_a_version_table_is_accepted,
);

fn a_version_table_of_another_name_has_a_ledger_of_its_own(project: &Project) {
    project.configure("version_table = \"Applied Revisions\"");
    project.tables(&[("a", ""), ("b", "a")]);
    let ran = project.json(&["upgrade"]);
    assert_eq!((ran.steps(), ran.heads()), (vec!["a".into(), "b".into()], vec!["b".into()]));
    assert_eq!(project.database.column("SELECT version_num FROM \"Applied Revisions\""), ["b"]);
    assert_eq!(
        project
            .database
            .column("SELECT revision FROM \"revgraph_ledger_Applied Revisions\" ORDER BY revision"),
        ["a", "b"]
    );
    assert!(!project.database.has_table("alembic_version") && !project.database.has_table("revgraph_ledger"));
    project.json(&["downgrade", "base"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM \"Applied Revisions\""), "0");
}

fn ids_may_be_longer_than_alembics_column(project: &Project) {
    let long = "x".repeat(50);
    let longer = "y".repeat(100);
    project.tables(&[("a", "")]);
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.revision(&long, "a", "SELECT 1;", "SELECT 1;").revision(&longer, &long, "SELECT 1;", "SELECT 1;");
    project.takes(&["upgrade", &long], &[&long], &[&long]);
    project.takes(&["upgrade"], &[&longer], &[&longer]);
    project.takes(&["downgrade", "a"], &[&longer, &long], &["a"]);
    project.takes(&["stamp", &longer], &[&longer], &[&longer]);
}

fn ensure_version_makes_the_tables_and_nothing_else(project: &Project) {
    project.tables(&[("a", "")]);
    for _ in 0..2 {
        assert_eq!(project.run(&["ensure-version"]).status, 0);
        assert!(
            project.database.has_table("alembic_version") && project.database.has_table("revgraph_ledger")
        );
        assert_eq!(project.database.version_rows(), [""; 0]);
        project.assert_applied(&[]);
    }
    project.takes(&["upgrade"], &["a"], &["a"]);
}

fn a_database_with_only_a_version_table_is_accepted(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.database.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, \
         CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); \
         INSERT INTO alembic_version VALUES ('b'); \
         CREATE TABLE t_a (id INTEGER PRIMARY KEY); CREATE TABLE t_b (id INTEGER PRIMARY KEY)",
    );
    assert_eq!(project.run(&["current"]).stdout, "b\n");
    assert_eq!(project.database.ledger(), [""; 0], "looking changes nothing");
    project.takes(&["upgrade"], &["c"], &["c"]);
    project.assert_applied(&["a", "b", "c"]);
    assert_eq!(
        project
            .database
            .column("SELECT origin FROM revgraph_ledger WHERE entry = 'recorded' ORDER BY revision"),
        ["adopted", "adopted", "upgrade"]
    );
    project.takes(&["downgrade", "base"], &["c", "b", "a"], &[]);
}

#[cfg(feature = "postgres")]
mod schemas {
    use crate::support::{Kind, Project};

    /// Schema and name of the bookkeeping tables and of `t_…`, sorted.
    fn placed(project: &Project) -> Vec<String> {
        project.database.column(
            "SELECT schemaname || '.' || tablename FROM pg_tables \
             WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
        )
    }

    #[test]
    fn the_bookkeeping_goes_into_the_configured_schema() {
        let project = Project::new(Kind::Postgres);
        project.configure("version_table_schema = \"Book Keeping\"");
        project.tables(&[("a", ""), ("b", "a")]);
        project.database.execute("CREATE SCHEMA \"Book Keeping\"");
        assert_eq!(project.json(&["upgrade"]).heads(), ["b"]);
        assert_eq!(
            placed(&project),
            [
                "Book Keeping.alembic_version",
                "Book Keeping.revgraph_ledger",
                "Book Keeping.revgraph_statement",
                "public.t_a",
                "public.t_b",
            ]
        );
        assert_eq!(project.run(&["current"]).stdout, "b (head)\n");
    }

    #[test]
    fn a_configured_schema_that_does_not_exist_is_told() {
        let project = Project::new(Kind::Postgres);
        project.configure("version_table_schema = \"nowhere\"");
        project.tables(&[("a", "")]);
        let error = project.refused(&["upgrade"], 1);
        assert!(error["message"].to_string().contains("nowhere"), "{error}");
    }

    #[test]
    fn prismas_schema_parameter_sets_the_search_path() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", ""), ("b", "a")]);
        project.database.execute("CREATE SCHEMA app");
        let url = format!("{}&schema=app&connection_limit=3", project.database.url());
        assert_eq!(project.json(&["upgrade", "--url", &url]).heads(), ["b"]);
        assert_eq!(
            placed(&project),
            ["app.alembic_version", "app.revgraph_ledger", "app.revgraph_statement", "app.t_a", "app.t_b"]
        );
        assert_eq!(project.run(&["current", "--url", &url]).stdout, "b (head)\n");
        assert_eq!(project.json(&["downgrade", "base", "--url", &url]).steps(), ["b", "a"]);
    }

    #[test]
    fn a_version_table_is_found_along_the_search_path() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", "")]);
        let name = project.database.scalar("SELECT current_database()");
        project
            .database
            .execute(&format!("CREATE SCHEMA first; ALTER DATABASE {name} SET search_path = first, public"));
        project.takes(&["upgrade"], &["a"], &["a"]);
        assert!(placed(&project).contains(&"first.alembic_version".to_owned()));
        project
            .database
            .execute(&format!("CREATE SCHEMA before; ALTER DATABASE {name} SET search_path = before, first"));
        assert_eq!(project.run(&["current"]).stdout, "a (head)\n");
    }

    #[test]
    fn the_column_is_widened_only_where_it_must_be() {
        let project = Project::new(Kind::Postgres);
        let width = || {
            project.database.scalar("SELECT character_maximum_length FROM information_schema.columns WHERE table_name = 'alembic_version'")
        };
        project.tables(&[("a", "")]);
        project.takes(&["upgrade"], &["a"], &["a"]);
        assert_eq!(width(), "32");
        let long = "x".repeat(40);
        project.revision(&long, "a", "SELECT 1;", "");
        project.takes(&["upgrade"], &[&long], &[&long]);
        assert_eq!(width(), "40");
    }
}
