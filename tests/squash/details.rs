//! What belongs to objects and has a statement of its own, and what no statement of a baseline's can make.

use super::{assert_in_order, refused, squashed, told, with_scripts_of};
use crate::schema::builds_again::details;
use crate::support::{Kind, Project};

const EMPTY: &str = "DROP SCHEMA s CASCADE;";

#[test]
fn a_baseline_has_all_that_belongs_to_objects() {
    let project = Project::new(Kind::Postgres);
    let rows = "INSERT INTO s.p (day, n) VALUES ('2020-05-05', 5), ('2020-06-06', 6);\n\
                GRANT USAGE ON SEQUENCE s.p_id_seq TO pg_monitor WITH GRANT OPTION;";
    project.revision("a", "", &format!("{}\n{rows}", details()), EMPTY);
    project.json(&["upgrade"]);
    let before = project.database.schema();
    squashed(&project, &["a"]);
    assert_in_order(&project);
    let other = with_scripts_of(&project);
    other.json(&["upgrade"]);
    assert_eq!(other.database.schema(), before);
    // The down script of a baseline drops what needs a function of a row type before that.
    other.json(&["downgrade", "base", "--yes"]);
    assert_eq!(other.database.tables(), [""; 0]);
}

/// What belongs to the database as a whole: how a script leaves it, how another takes it away, and how it is told.
const OF_DATABASE: [[&str; 3]; 5] = [
    [
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM PUBLIC;",
        "default acl",
    ],
    [
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''9MB''', current_database()); END $$;",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET work_mem', current_database()); END $$;",
        "setting work_mem of the database",
    ],
    [
        "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''shop''', current_database()); END $$;",
        "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS NULL', current_database()); END $$;",
        "comment on the database",
    ],
    [
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 77', current_database()); END $$;",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT -1', current_database()); END $$;",
        "connection limit of the database",
    ],
    [
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); END $$;",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE false', current_database()); END $$;",
        "template status of the database",
    ],
];
/// Large objects are rows, which no schema has.
const LARGE_OBJECT: [&str; 3] = ["SELECT lo_create(4711);", "SELECT lo_unlink(4711);", "large object 4711"];

/// A comparison tells it, and a down script that leaves it is broken; `stamp` believes a database that has it all the same.
#[test]
fn what_belongs_to_the_database_is_compared_and_does_not_hinder() {
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", "CREATE TABLE t (id integer);", "DROP TABLE t;");
    project.json(&["upgrade"]);
    let other = Project::new(Kind::Postgres);
    other.database.execute("CREATE TABLE t (id integer)");
    let diff = || project.run(&["diff", "database", &other.database.url()]);
    assert_eq!(diff().status, 0, "{:?}", diff());
    for [up, _, told] in OF_DATABASE {
        project.database.execute(up);
        let ran = diff();
        assert_eq!(ran.status, 4, "{ran:?}");
        assert!(ran.stdout.contains(told), "{told} in {}", ran.stdout);
        let tried = Project::new(Kind::Postgres);
        tried.revision("a", "", &format!("CREATE TABLE t (id integer);\n{up}"), "DROP TABLE t;");
        let ran = tried.run(&["verify"]);
        assert_eq!(ran.status, 4, "{ran:?}");
        assert!(format!("{ran:?}").contains(told), "{told} in {ran:?}");
    }
    project.database.execute("DELETE FROM alembic_version");
    project.json(&["stamp", "a"]);
    for [_, down, _] in OF_DATABASE {
        project.database.execute(down);
    }
}

/// A scratch database has the settings of the database that it stands for. A script that writes one of them again is no less
/// lost with a baseline that does not.
#[test]
fn a_setting_that_the_database_has_already_is_noticed() {
    let [up, down, _] = OF_DATABASE[1];
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", "CREATE TABLE t (id integer);", "DROP TABLE t;");
    project.revision("b", "a", up, down);
    project.json(&["upgrade"]);
    let error = refused(&project, &["a:b"], "unmodelled", 1);
    assert!(told(&error).contains("change of settings of the database"), "{error}");
    let ran = project.run(&["diff"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let ran = project.run(&["verify"]);
    assert_eq!(ran.status, 4, "its down script takes away what was there before: {ran:?}");
    assert!(ran.stdout.contains("setting work_mem of the database"), "{ran:?}");
}

#[test]
fn what_a_baseline_has_no_words_for_is_noticed() {
    for [up, down, found] in OF_DATABASE.into_iter().chain([LARGE_OBJECT]) {
        let project = Project::new(Kind::Postgres);
        project.revision(
            "a",
            "",
            &format!("CREATE TABLE t (id integer);\n{up}"),
            &format!("{down}\nDROP TABLE t;"),
        );
        let error = refused(&project, &["a"], "unmodelled", 1);
        assert!(told(&error).contains(found), "{found} in {error}");
    }
}

/// What a comparison would not see stays behind unnoticed.
#[test]
fn what_belongs_to_objects_is_compared() {
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", &details(), EMPTY);
    project.json(&["upgrade"]);
    for change in [
        "COMMENT ON INDEX s.a_pkey IS 'another'",
        "ALTER TABLE s.a SET WITHOUT CLUSTER",
        "ALTER INDEX s.a_lower ALTER COLUMN 1 SET STATISTICS 78",
        "COMMENT ON COLUMN s.pair.\"Y\" IS NULL",
        "COMMENT ON CONSTRAINT pos ON DOMAIN s.d IS 'another'",
        "ALTER FUNCTION s.f(int) COST 60",
        "ALTER MATERIALIZED VIEW s.m ALTER COLUMN id SET STATISTICS 6",
        "COMMENT ON SEQUENCE s.p_id_seq IS NULL",
        "ALTER TABLE s.p1 ENABLE TRIGGER tr",
        "ALTER FUNCTION s.dep() NO DEPENDS ON EXTENSION plpgsql",
    ] {
        project.database.execute(change);
    }
    let ran = project.run(&["diff"]);
    assert_eq!(ran.status, 4, "{ran:?}");
    for found in [
        "comment on index s.a_pkey",
        "clustered index of s.a",
        "statistics target of column 1 of index s.a_lower",
        "comment on column s.pair.\"Y\"",
        "comment on constraint pos ON DOMAIN s.d",
        "function s.f(integer): cost",
        "statistics target of column s.m.id",
        "comment on sequence s.p_id_seq",
        "firing of trigger tr of s.p1",
        "dependency of function s.dep() on extension plpgsql",
    ] {
        assert!(ran.stdout.contains(found), "{found} in {}", ran.stdout);
    }
}
