//! Scratch work touches no database that it has not made: not one that a server or pooler gives instead, not one that
//! only has such a name, and no file that a script attaches.

#[cfg(feature = "postgres")]
mod postgres {
    use crate::support::cluster::cluster;
    use crate::support::proxy::Proxy;
    use crate::support::{Database, Kind, Project};

    /// A project whose server is behind a proxy that gives its database, whatever name is asked for.
    fn one_database_server() -> (Project, String) {
        let project = Project::new(Kind::Postgres);
        let name = project.database.name().to_owned();
        let role = format!("single_{name}");
        project.database.execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'sesame'"));
        let proxy = Proxy::to_one_database(cluster().port(), &name);
        let url = format!("postgresql://{role}:sesame@127.0.0.1:{}/{name}?sslmode=disable", proxy.port);
        project.write("alembic.toml", format!("url = \"{url}\"\n"));
        project.tables(&[("a", ""), ("b", "a")]);
        project.database.execute("CREATE TABLE precious (id INTEGER); INSERT INTO precious VALUES (1)");
        (project, url)
    }

    fn scratch_databases(database: &Database, like: &str) -> Vec<String> {
        database
            .column(&format!("SELECT datname::text FROM pg_database WHERE datname LIKE '{like}' ORDER BY 1"))
    }

    #[test]
    fn a_server_that_gives_one_database_for_every_name_is_refused_before_anything_runs() {
        let (project, url) = one_database_server();
        let before = project.database.schema();
        for command in [vec!["verify"], vec!["diff", "head"], vec!["schema", "head"], vec!["stamp", "b"]] {
            let ran = project.run(&[&command[..], &["--json"]].concat());
            assert_eq!(ran.status, 1, "{command:?}: {ran:?}");
            assert_eq!(ran.error()["kind"], "other_database_reached", "{command:?}");
            assert_eq!(project.database.schema(), before, "{command:?}");
        }
        // The same as a lent database: it is the database itself.
        project.configure(&format!("scratch_url = \"{}\"", url.replace("/test_", "/other_")));
        assert_eq!(project.refused(&["verify"], 2)["kind"], "scratch_url");
        assert_eq!(project.database.schema(), before);
    }

    #[test]
    fn only_what_revgraph_has_marked_is_dropped() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", "")]);
        let unmarked = format!("revgraph_scratch_{:020x}", std::process::id());
        let names = ["revgraph_scratch_ci", unmarked.as_str(), "revgraph_scratch_0123456789abcdef01234"];
        for name in names {
            project.database.execute(&format!("CREATE DATABASE {name}"));
        }
        // The mark alone does not do either.
        let comment = "revgraph scratch database, to be dropped: 00000000000000000000";
        project.database.execute(&format!("COMMENT ON DATABASE revgraph_scratch_ci IS '{comment}'"));
        let forgotten = format!("revgraph_scratch_{:020x}", u64::from(std::process::id()) << 20);
        project.database.execute(&format!("CREATE DATABASE {forgotten}"));
        project.database.execute(&format!("COMMENT ON DATABASE {forgotten} IS '{comment}'"));

        assert_eq!(project.run(&["verify"]).status, 0);
        for name in names {
            assert_eq!(scratch_databases(&project.database, name), [name]);
            project.database.execute(&format!("DROP DATABASE {name}"));
        }
        assert_eq!(scratch_databases(&project.database, &forgotten), [""; 0]);
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_script_on_trial_reaches_no_file() {
    use crate::support::{Kind, Project};

    let project = Project::new(Kind::Sqlite);
    let other = project.path("other.db");
    rusqlite::Connection::open(&other)
        .and_then(|connection| connection.execute_batch("CREATE TABLE precious (id INTEGER)"))
        .expect("it can be made");
    let up = format!("ATTACH '{}' AS other;\nDROP TABLE other.precious;", other.display());
    project.revision("a", "", &up, "-- revgraph: irreversible");
    let ran = project.run(&["verify"]);
    assert_ne!(ran.status, 0, "{ran:?}");
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("attaches no file"), "{ran:?}");
    let tables = "SELECT count(*) FROM sqlite_schema";
    let connection = rusqlite::Connection::open(&other).expect("it is there");
    assert_eq!(connection.query_row(tables, [], |row| row.get::<_, i64>(0)), Ok(1));
}
