//! The proof with made-up rows: scripts that lead from one schema to the other and lose values are found out.

use std::sync::Arc;

use chrono::DateTime;
use revgraph::alter::{Hints, Part, Statement};
use revgraph::autogenerate::{
    AutogenerateError, Drafts, Ground, NamedSql, Planner, RowTrial, Trial, Wanted, Way, script_legs,
};
use revgraph::backend::Control;
use revgraph::catalog::{ObjectKind, ObjectName};
use revgraph::config::{Config, Sources};
use revgraph::script::{ReadMode, ScriptDirectory};
use revgraph::verify::Silent;

use crate::support::{Project, on_each_database};

on_each_database!(
    right_scripts_are_proved_with_rows,
    a_script_that_empties_a_table_is_found_out,
    a_script_that_fails_on_rows_and_does_not_say_so_is_found_out,
    a_script_that_changes_values_is_found_out,
    a_down_script_that_loses_values_is_found_out,
    rows_of_another_table_that_go_along_are_found_out,
    tables_that_cannot_be_filled_are_named,
);

const BEFORE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER NOT NULL);\
    CREATE TABLE child (id INTEGER PRIMARY KEY, t INTEGER NOT NULL REFERENCES t (id) ON DELETE CASCADE);";
const AFTER: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER NOT NULL, more TEXT);\
    CREATE TABLE child (id INTEGER PRIMARY KEY, t INTEGER NOT NULL REFERENCES t (id) ON DELETE CASCADE);";

/// The proof of what leads from one schema to the other, with further statements at the end of its scripts.
fn proof(
    project: &Project,
    (before, after): (&str, &str),
    scripts: (&str, &str),
) -> Result<RowTrial, AutogenerateError> {
    proof_with(project, &Hints::default(), (before, after), scripts)
}

fn proof_with(
    project: &Project,
    hints: &Hints,
    (before, after): (&str, &str),
    (up, down): (&str, &str),
) -> Result<RowTrial, AutogenerateError> {
    project.revision("a", "", before, "");
    let sources = Sources {
        current_directory: project.path(""),
        url: Some(project.database.url()),
        ..Sources::default()
    };
    let config = Config::load(&sources).expect("a sound configuration");
    let like = config.database_url().expect("a URL");
    let scripts = Arc::new(ScriptDirectory::load(&config, ReadMode::Headers).expect("sound scripts"));
    let parents = scripts.graph().heads();
    let left = Ground::Revisions { scripts: Arc::clone(&scripts), tips: parents.clone() };
    let right = Ground::Texts(vec![NamedSql { path: "after.sql".into(), text: after.into(), models: None }]);
    let mut observer = Silent(Control::default());
    let mut planner =
        Planner::begin(&config, like, (&left, &right), false, &mut observer).expect("both are built");
    let mut course = planner.plan(hints, None, &mut observer).expect("there is a way");
    let leg = course.legs.first_mut().expect("something is to be done");
    for (part, sql) in [(&mut leg.up, up), (&mut leg.down, down)] {
        add(part, sql);
    }
    let wanted = Wanted {
        revision: None,
        parents: parents.clone(),
        splice: false,
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        title: "x".to_owned(),
        folder: None,
        created: DateTime::UNIX_EPOCH.fixed_offset(),
    };
    let legs = script_legs(&[(planner.dialect(), &course)], false);
    let drafts = Drafts::of(&scripts, &config, &wanted, &legs, "a note").expect("they fit");
    let ids = scripts.graph().ids(&parents);
    let applied = ids.iter().filter_map(|id| drafts.scripts.graph().find(id.as_str())).collect();
    let trial = Trial { scripts: &drafts.scripts, applied, new: drafts.nodes(), course: &course, hints };
    planner.prove(&trial, &mut observer)
}

fn add(part: &mut Part, sql: &str) {
    let object = ObjectName::new(ObjectKind::Table, None, "t");
    part.statements.extend((!sql.is_empty()).then(|| Statement::new(&object, sql)));
}

/// After which scripts rows differ, and of which tables.
fn differing(project: &Project, up: &str, down: &str) -> (Way, Vec<String>) {
    match proof(project, (BEFORE, AFTER), (up, down)) {
        Err(AutogenerateError::RowsDiffer { way, differences }) => {
            (way, differences.into_iter().map(|one| one.table.name).collect())
        }
        other => panic!("the loss was not found: {other:?}"),
    }
}

fn right_scripts_are_proved_with_rows(project: &Project) {
    let rows = proof(project, (BEFORE, AFTER), ("", "")).expect("they are right");
    let filled: Vec<&str> = rows.filled.iter().map(|table| table.name.as_str()).collect();
    assert_eq!((filled, rows.empty), (vec!["t"], Vec::new()));
}

fn a_script_that_empties_a_table_is_found_out(project: &Project) {
    let (way, tables) = differing(project, "DELETE FROM child; DELETE FROM t WHERE id > 2", "");
    assert_eq!((way, tables.contains(&"t".to_owned())), (Way::Up, true), "{tables:?}");
}

fn a_script_that_fails_on_rows_and_does_not_say_so_is_found_out(project: &Project) {
    let ran = proof(project, (BEFORE, AFTER), ("UPDATE t SET n = NULL", ""));
    assert!(matches!(ran, Err(AutogenerateError::Script { way: Way::Up, .. })), "{ran:?}");
}

fn a_script_that_changes_values_is_found_out(project: &Project) {
    let (way, tables) = differing(project, "UPDATE t SET name = upper(name)", "");
    assert_eq!((way, tables), (Way::Up, vec!["t".to_owned()]));
}

fn a_down_script_that_loses_values_is_found_out(project: &Project) {
    let (way, tables) = differing(project, "", "UPDATE t SET name = NULL");
    assert_eq!((way, tables), (Way::Down, vec!["t".to_owned()]));
}

fn rows_of_another_table_that_go_along_are_found_out(project: &Project) {
    let (way, tables) = differing(project, "DELETE FROM child", "");
    assert_eq!((way, tables), (Way::Up, vec!["child".to_owned()]));
}

fn tables_that_cannot_be_filled_are_named(project: &Project) {
    let impossible = |more: &str| format!("CREATE TABLE t (id INTEGER PRIMARY KEY CHECK (id <> id){more});");
    let rows =
        proof(project, (&impossible(""), &impossible(", n INTEGER")), ("", "")).expect("they are right");
    let empty: Vec<&str> = rows.empty.iter().map(|table| table.name.as_str()).collect();
    assert_eq!((rows.filled, empty), (Vec::new(), vec!["t"]));
}

/// A value of a composite type that gets an attribute is written otherwise, and still there.
#[cfg(feature = "postgres")]
#[test]
fn values_of_a_type_that_gets_other_attributes_are_not_lost() {
    let schema = |attributes: &str, more: &str| {
        format!("CREATE TYPE c AS ({attributes}); CREATE TABLE t (id INTEGER PRIMARY KEY, c c{more});")
    };
    let rows = " INSERT INTO t VALUES (1, '(1,a)');";
    let before = format!("{}{rows}", schema("x integer, y text", ""));
    let project = Project::new(crate::support::Kind::Postgres);
    let rows = proof(&project, (&before, &schema("x bigint, y text, z date", ", n INTEGER")), ("", ""));
    assert!(rows.is_ok_and(|rows| rows.filled.len() == 1));
}

/// What is told to be at stake with such rows, each with its number, on the way from one schema to another.
#[cfg(feature = "postgres")]
fn told(before: &str, rows: &str, after: &str) -> Vec<String> {
    let project = Project::new(crate::support::Kind::Postgres);
    project.revision("a", "", before, "");
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute(rows);
    project.write("after.sql", after);
    let ran =
        project.json(&["revision", "--autogenerate", "--renames", "none", "-m", "b", "--to", "after.sql"]);
    let document = ran.json();
    assert_eq!(document["proved"], true, "{document}");
    let stakes = document["may_fail"].as_array().cloned().unwrap_or_default();
    let told =
        |one: &serde_json::Value| format!("{}: {}", one["what"].as_str().unwrap_or_default(), one["count"]);
    stakes.iter().map(told).collect()
}

/// Rows on which an expression is computed that can fail, or that a collation calls the same, are told.
#[cfg(feature = "postgres")]
#[test]
fn what_is_computed_of_rows_and_can_fail_is_told() {
    let table = |columns: &str, further: &str| {
        format!("CREATE TABLE t (id integer PRIMARY KEY, {columns}); {further}")
    };
    let rows = "INSERT INTO t VALUES (1, 'x', 0)";
    let plain = table("n text, k integer", "");
    let computed =
        |expression: &str| [format!("public.t: rows for which {expression} cannot be computed: null")];
    let index = table("n text, k integer", "CREATE INDEX i ON t (((n)::integer))");
    assert_eq!(told(&plain, rows, &index), computed("((n)::integer)"));
    let partial = table("n text, k integer", "CREATE INDEX i ON t (k) WHERE n::integer > 3");
    assert_eq!(told(&plain, "INSERT INTO t VALUES (1, 'x', 0)", &partial).len(), 1);
    let column = table("n text, k integer, m integer GENERATED ALWAYS AS (10 / k) STORED", "");
    assert_eq!(told(&plain, rows, &column), computed("(10 / k)"));
    let safe = table("n text, k integer", "CREATE INDEX i ON t (lower(n), ((k)::bigint)) WHERE n <> 'a / b'");
    assert_eq!(told(&plain, rows, &safe), [""; 0]);
    let icu = "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);";
    let unique =
        |collation: &str| format!("{icu} {}", table(&format!("n text{collation} UNIQUE, k integer"), ""));
    let same = told(&unique(""), "INSERT INTO t VALUES (1, 'a', 0), (2, 'A', 0)", &unique(" COLLATE ci"));
    assert_eq!(same, ["public.t: rows with the same (n) by public.ci: 1"]);
    assert_eq!(told(&unique(""), "", &unique(" COLLATE \"C\"")), [""; 0]);
}

/// Values that a type of the same name takes no more, or only when rounded, are told of each column that holds some, with
/// their number; what does not change them is not.
#[cfg(feature = "postgres")]
#[test]
fn what_types_take_no_more_is_told_of_their_columns() {
    let rows = "INSERT INTO a SELECT n, n + 0.25, ARRAY[n, n + 1]::d[], ROW(n + 0.25, 'y'::text)::pair FROM generate_series(1, 3) n; \
        INSERT INTO ty VALUES (1.25, 'y'), (2.25, NULL), (NULL, 'y');";
    let schema = |domain: &str, attribute: &str| {
        format!(
            "CREATE DOMAIN d AS {domain}; CREATE TYPE pair AS (x {attribute}, y text); CREATE TABLE ty OF pair; \
             CREATE TABLE a (id integer PRIMARY KEY, n d, list d[], within pair);"
        )
    };
    let typed =
        |attribute: &str| format!("CREATE TYPE pair AS (x {attribute}, y text); CREATE TABLE ty OF pair;");
    let narrower = "values of numeric(8,2) that are none of integer, or only when rounded: 3";
    let before = schema("numeric(8,2)", "numeric(8,2)");
    let narrow = told(&before, rows, &schema("integer", "numeric(8,2)"));
    assert_eq!(narrow, ["n", "list"].map(|column| format!("public.a.{column}: {narrower}")));
    let within = told(&before, rows, &schema("numeric(8,2)", "integer"));
    assert_eq!(
        within,
        [format!("public.ty.x: {}", narrower.replace('3', "2")), format!("public.a.within: {narrower}")]
    );
    let checked =
        told(&before, rows, &schema("numeric(8,2) CONSTRAINT low CHECK (VALUE < 3)", "numeric(8,2)"));
    assert_eq!(
        checked,
        ["public.a.n: values that low does not allow: 1", "public.a.list: values that low does not allow: 3"]
    );
    assert_eq!(told(&before, rows, &schema("numeric(9,2)", "numeric")), [""; 0]);
    let labels = |labels: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ({labels}); CREATE TYPE felt AS (m mood, n integer); \
             CREATE TABLE a (id integer PRIMARY KEY, one felt, list felt[]);"
        )
    };
    let felt = "INSERT INTO a VALUES (1, ROW('sad', 1), ARRAY[ROW('ok', 1)::felt]), (2, NULL, NULL);";
    let gone = told(&labels("'sad', 'ok'"), felt, &labels("'ok', 'fine'"));
    assert_eq!(gone, ["one", "list"].map(|column| format!("public.a.{column}: rows with 'sad': 1")));
    let in_place = told(&typed("numeric(8,2)"), "INSERT INTO ty VALUES (1.25, 'y')", &typed("integer"));
    assert_eq!(in_place, [format!("public.ty.x: {}", narrower.replace('3', "1"))]);
}

/// The rows of a table of a type are looked at where the type is altered, which alters them.
#[cfg(feature = "postgres")]
#[test]
fn values_that_a_type_takes_along_are_found_out() {
    let schema =
        |data_type: &str| format!("CREATE TYPE pair AS (x {data_type}, y text); CREATE TABLE ty OF pair;");
    let project = Project::new(crate::support::Kind::Postgres);
    let rows =
        proof(&project, (&schema("integer"), &schema("bigint")), ("", "")).expect("the scripts are right");
    assert_eq!(rows.filled.len(), 1);
    let project = Project::new(crate::support::Kind::Postgres);
    let lost = "ALTER TYPE pair DROP ATTRIBUTE y CASCADE; ALTER TYPE pair ADD ATTRIBUTE y text CASCADE";
    assert!(proof(&project, (&schema("integer"), &schema("bigint")), (lost, "")).is_err());
}

/// A row without a value in what becomes the row id gets a number, a table of which no column stays loses its rows, and the
/// case of a table's name is no difference: all of that is said, and none found out as a loss.
#[cfg(feature = "sqlite")]
#[test]
fn what_sqlite_makes_of_rows_is_no_loss() {
    let filled = |before: &str, after: &str| {
        let project = Project::new(crate::support::Kind::Sqlite);
        let rows = proof(&project, (before, after), ("", "")).expect("the scripts are right");
        (rows.filled.len(), rows.empty.len())
    };
    assert_eq!(filled("CREATE TABLE t (id INT, a);", "CREATE TABLE t (id INTEGER PRIMARY KEY, a);"), (1, 0));
    let (old, new) =
        ("CREATE TABLE t (k TEXT PRIMARY KEY) WITHOUT ROWID;", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
    assert_eq!(filled(old, new), (1, 0));
    assert_eq!(filled("CREATE TABLE t (id INT);", "CREATE TABLE T (id INT, n TEXT NOT NULL);"), (0, 1));
}

/// The rows of a table that is made anew are looked for in all of its partitions.
#[cfg(feature = "postgres")]
#[test]
fn rows_of_a_table_that_is_partitioned_anew_are_not_lost() {
    let table = |key: &str, partition: &str| {
        format!("CREATE TABLE t (id INTEGER NOT NULL, k INTEGER NOT NULL){key}; {partition}")
    };
    let plain = table("", "");
    let by_id = table(" PARTITION BY RANGE (id)", "CREATE TABLE a PARTITION OF t DEFAULT");
    let by_k = table(" PARTITION BY LIST (k)", "CREATE TABLE a PARTITION OF t DEFAULT");
    for (before, after) in [(&plain, &by_id), (&by_id, &by_k), (&by_k, &plain)] {
        let project = Project::new(crate::support::Kind::Postgres);
        let t = ObjectName::new(ObjectKind::Table, Some("public"), "t");
        let hints = Hints { rebuilds: [t].into(), ..Hints::default() };
        let rows = proof_with(&project, &hints, (before, after), ("", "")).expect("the rows are there");
        assert!(!rows.filled.is_empty(), "{before} -> {after}");
    }
}

/// A list of texts is a list of nothing else unless its type is told.
#[cfg(feature = "postgres")]
#[test]
fn columns_of_arrays_are_filled() {
    let project = Project::new(crate::support::Kind::Postgres);
    let table = |column: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ('low', 'high'); CREATE TYPE pair AS (x integer, y text); \
             CREATE TABLE t (id INTEGER PRIMARY KEY, a mood[] NOT NULL, b date[] NOT NULL, c pair[] NOT NULL, \
             d uuid[] NOT NULL, e jsonb[] NOT NULL, f bigint[] NOT NULL, g varchar(3)[] NOT NULL{column});"
        )
    };
    let rows = proof(&project, (&table(""), &table(", n INTEGER")), ("", "")).expect("they are right");
    assert_eq!((rows.filled.len(), rows.empty), (1, Vec::new()));
    // What is lost of them is found out.
    let ran = proof(&project, (&table(""), &table(", n INTEGER")), ("UPDATE t SET a = '{high,low}'", ""));
    assert!(matches!(ran, Err(AutogenerateError::RowsDiffer { way: Way::Up, .. })), "{ran:?}");
}
