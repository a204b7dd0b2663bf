//! PostgreSQL's scratch databases: like the one they stand for, and gone afterwards.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::cluster::cluster;
use crate::support::{Database, Kind, Project, Ran};

const PATIENCE: Duration = Duration::from_secs(30);

fn project() -> Project {
    Project::new(Kind::Postgres)
}

/// A project with a revision that takes as long as nobody ends it.
fn sleeping() -> Project {
    let project = project();
    // The comment tells its statement from those of other tests.
    let up = format!("CREATE TABLE t_a (id INTEGER);\nSELECT pg_sleep(600) /* {} */;", name(&project));
    project.revision("a", "", &up, "DROP TABLE t_a;");
    project
}

fn name(project: &Project) -> String {
    project.database.scalar("SELECT current_database()")
}

fn another() -> Database {
    Database::new(Kind::Postgres, std::path::Path::new("/"))
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn start(project: &Project, arguments: &[&str]) -> Child {
    let mut command = project.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary can be run")
}

/// The database in which the project's revision sleeps.
fn where_it_sleeps(project: &Project) -> String {
    let sql = format!(
        "SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg\\_sleep%/* {} */%' \
         AND pid <> pg_backend_pid()",
        name(project)
    );
    wait_for("the revision does not run", || project.database.column(&sql).pop())
}

fn exists(project: &Project, database: &str) -> bool {
    let sql = format!("SELECT count(*) FROM pg_database WHERE datname = '{database}'");
    project.database.scalar(&sql) == "1"
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.expect("kill can be run").success());
}

/// What of a database's own objects is there.
fn objects(database: &Database) -> Vec<String> {
    database.column(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1",
    )
}

/// Settings that mark a lent database as in use.
fn markers(database: &Database) -> String {
    database.scalar(
        "SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase \
         WHERE d.datname = current_database()",
    )
}

#[test]
fn it_is_gone_after_an_interrupt() {
    let project = sleeping();
    let child = start(&project, &["verify"]);
    let scratch = where_it_sleeps(&project);
    assert!(scratch.starts_with("revgraph_scratch_"), "{scratch}");
    signal(&child, "-INT");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(Ran::new(&output, &project.path("")).status, 130);
    assert!(!exists(&project, &scratch));
}

#[test]
fn it_is_gone_after_a_failure() {
    let project = project();
    // What a script says tells in which database it ran.
    project.revision("a", "", "DO $$ BEGIN RAISE EXCEPTION 'in %', current_database(); END $$;", "");
    let ran = project.run(&["diff", "head", "--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let message = ran.error()["message"].as_str().expect("a text").to_owned();
    let scratch = message.rsplit("in ").next().expect("a name");
    assert!(scratch.starts_with("revgraph_scratch_"), "{message}");
    assert!(!exists(&project, scratch));
}

#[test]
fn what_a_killed_process_has_left_goes_with_the_next_run_and_what_lives_stays() {
    let (killed, living) = (sleeping(), sleeping());
    let (killed_child, living_child) = (start(&killed, &["verify"]), start(&living, &["verify"]));
    let (left, used) = (where_it_sleeps(&killed), where_it_sleeps(&living));
    signal(&killed_child, "-KILL");
    let _ = killed_child.wait_with_output().expect("it ends");
    let other = project();
    wait_for("the database stays", || {
        assert_eq!(other.run(&["diff", "empty", "empty"]).status, 0);
        (!exists(&other, &left)).then_some(())
    });
    assert!(exists(&other, &used));
    signal(&living_child, "-INT");
    let _ = living_child.wait_with_output().expect("it ends");
    assert!(!exists(&other, &used));
}

#[test]
fn it_has_encoding_and_settings_of_the_database() {
    let project = project();
    let name = format!("{}_latin", name(&project));
    project.database.execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1'"));
    project.database.execute(&format!("ALTER DATABASE {name} SET search_path = app, public"));
    project.revision(
        "a",
        "",
        "DO $$ BEGIN ASSERT current_setting('server_encoding') = 'LATIN1', 'encoding'; \
         ASSERT current_setting('search_path') = 'app, public', current_setting('search_path'); END $$;",
        "-- revgraph: irreversible",
    );
    let ran = project.run(&["verify", "--url", &cluster().url(&name)]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn the_schema_of_the_bookkeeping_is_there_and_so_is_prismas() {
    let project = project();
    project.tables(&[("a", "")]);
    project.configure("version_table_schema = \"own\"");
    assert_eq!(project.run(&["verify"]).status, 0);
    let url = format!("{}&schema=app", project.database.url());
    assert_eq!(project.run(&["verify", "--url", &url]).status, 0);
}

#[test]
fn a_role_that_may_not_create_databases_is_told_what_to_do() {
    let project = project();
    let (name, role) = (name(&project), format!("role_{}", name(&project)));
    project.database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"));
    project.tables(&[("a", "")]);
    let url = cluster().tcp_url(&name, &role, "secret");
    let ran = project.run(&["verify", "--json", "--url", &url]);
    assert_eq!((ran.status, ran.error()["kind"].as_str()), (1, Some("scratch")), "{ran:?}");
    assert!(ran.error()["hints"].to_string().contains("scratch_url"), "{ran:?}");

    let lent = another();
    let lent_name = lent.scalar("SELECT current_database()");
    project.database.execute(&format!("ALTER DATABASE {lent_name} OWNER TO {role}"));
    project.configure(&format!("scratch_url = \"{}\"", cluster().tcp_url(&lent_name, &role, "secret")));
    let ran = project.run(&["verify", "--url", &url]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!((objects(&lent), markers(&lent)), (Vec::new(), "0".to_owned()));
}

#[test]
fn a_lent_database_is_emptied() {
    let (project, lent) = (project(), another());
    project.configure(&format!("scratch_url = \"{}\"", lent.url()));
    project.revision(
        "a",
        "",
        "CREATE SCHEMA app; CREATE TYPE app.e AS ENUM ('x'); CREATE DOMAIN d AS text; CREATE TYPE c AS (x int); \
         CREATE TABLE t (id serial PRIMARY KEY, e app.e); CREATE VIEW v AS SELECT * FROM t; \
         CREATE MATERIALIZED VIEW m AS SELECT * FROM t; CREATE SEQUENCE s; \
         CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int); CREATE PUBLICATION p FOR ALL TABLES; \
         CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE ft (x int) SERVER far; \
         CREATE COLLATION co (locale = 'C'); CREATE TEXT SEARCH CONFIGURATION ts (COPY = english); \
         CREATE OPERATOR @+ (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int); CREATE CAST (c AS text) WITH INOUT; \
         CREATE OPERATOR FAMILY fam USING btree; CREATE STATISTICS st ON id, e FROM t;",
        "-- revgraph: irreversible",
    );
    project.tables(&[("b", "a"), ("c", "a")]).revision("m", "b, c", "", "");
    assert_eq!(project.run(&["verify"]).status, 0);
    let types = "SELECT (SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
                 WHERE n.nspname IN ('public', 'app')) + (SELECT count(*) FROM pg_publication) \
                 + (SELECT count(*) FROM pg_foreign_data_wrapper) + (SELECT count(*) FROM pg_cast WHERE oid >= 16384) \
                 + (SELECT count(*) FROM pg_operator WHERE oid >= 16384) \
                 + (SELECT count(*) FROM pg_opfamily WHERE oid >= 16384) \
                 + (SELECT count(*) FROM pg_ts_config WHERE oid >= 16384) \
                 + (SELECT count(*) FROM pg_collation WHERE oid >= 16384)";
    assert_eq!(
        (objects(&lent), markers(&lent), lent.scalar(types)),
        (Vec::new(), "0".to_owned(), "0".to_owned())
    );
    let ran = project.run(&["diff", "empty", "head"]);
    assert_eq!((ran.status, ran.stdout.contains("+ function public.f(")), (4, true), "{ran:?}");
    assert_eq!(objects(&lent), [""; 0]);
}

#[test]
fn what_a_killed_process_has_left_in_a_lent_database_goes() {
    let (project, lent) = (sleeping(), another());
    project.configure(&format!("scratch_url = \"{}\"", lent.url()));
    let child = start(&project, &["verify"]);
    assert_eq!(where_it_sleeps(&project), lent.scalar("SELECT current_database()"));
    signal(&child, "-KILL");
    let _ = child.wait_with_output().expect("it ends");
    assert_eq!(markers(&lent), "1");
    assert_ne!(objects(&lent), [""; 0]);
    let sleeper = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()";
    lent.scalar(sleeper);
    project.tables(&[("a", "")]);
    let ran = project.run(&["verify"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!((objects(&lent), markers(&lent)), (Vec::new(), "0".to_owned()));
}

#[test]
fn the_database_itself_is_never_lent() {
    let project = project();
    project.tables(&[("a", "")]);
    let url = format!("{}&application_name=other", project.database.url());
    project.configure(&format!("scratch_url = \"{url}\""));
    let error = project.refused(&["verify"], 2);
    assert_eq!(error["kind"], "scratch_url");
    assert!(error["message"].as_str().expect("a text").contains("the database itself"), "{error}");
}

#[test]
fn a_database_that_is_not_empty_is_not_lent() {
    let (project, lent) = (project(), another());
    project.tables(&[("a", "")]);
    lent.execute("CREATE TABLE precious (id INTEGER)");
    project.configure(&format!("scratch_url = \"{}\"", lent.url()));
    let error = project.refused(&["verify"], 2);
    assert!(error["message"].as_str().expect("a text").contains("public.precious"), "{error}");
    assert_eq!((objects(&lent), markers(&lent)), (vec!["precious".to_owned()], "0".to_owned()));
    let project = self::project();
    project.configure("scratch_url = \"sqlite:other.db\"");
    assert_eq!(project.refused(&["verify"], 2)["kind"], "scratch_url");
}

/// A template, a subscription and a prepared transaction keep a database from being dropped.
#[test]
fn what_a_script_leaves_in_it_does_not_keep_it() {
    let project = project();
    let name = name(&project);
    project.revision(
        "a",
        "",
        &format!(
            "-- revgraph: no-transaction\n\
             CREATE TABLE t (id integer);\n\
             DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); END $$;\n\
             CREATE SUBSCRIPTION su_{name} CONNECTION 'host=h' PUBLICATION p WITH (connect = false);\n\
             BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'prepared_{name}';"
        ),
        "-- revgraph: irreversible",
    );
    let ran = project.run(&["schema", "head"]);
    assert!(ran.status == 0 && ran.stdout.contains(&format!("subscription su_{name}")), "{ran:?}");
    let left = "SELECT count(*) FROM pg_subscription WHERE subname = 'su_{}'";
    assert_eq!(project.database.scalar(&left.replace("{}", &name)), "0");
    assert_eq!(
        project
            .database
            .scalar(&format!("SELECT count(*) FROM pg_prepared_xacts WHERE gid = 'prepared_{name}'")),
        "0"
    );
}
