//! Schemas made at random: created, described, written down, created again; nothing may differ.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::builds_again::assert_builds_again;
use crate::support::Kind;

/// Names that need quotes as well as names that do not.
const NAMES: [&str; 6] = ["plain", "\"Mixed\"", "\"order\"", "\"with space\"", "\"q\"\"q\"", "x_1"];

#[derive(Debug, Clone)]
struct GeneratedTable {
    columns: Vec<GeneratedColumn>,
    primary_key: Option<usize>,
    unique: Vec<usize>,
    /// Table and action, by numbers.
    reference: Option<(usize, usize)>,
    index: Option<(usize, bool, bool)>,
}

#[derive(Debug, Clone)]
struct GeneratedColumn {
    data_type: usize,
    is_nullable: bool,
    default: Option<i16>,
    check: Option<i16>,
}

fn column() -> impl Strategy<Value = GeneratedColumn> {
    (0..4_usize, any::<bool>(), any::<Option<i16>>(), any::<Option<i16>>()).prop_map(
        |(data_type, is_nullable, default, check)| GeneratedColumn { data_type, is_nullable, default, check },
    )
}

fn table() -> impl Strategy<Value = GeneratedTable> {
    let columns = prop::collection::vec(column(), 1..=NAMES.len());
    let keys = (prop::option::of(0..6_usize), prop::collection::vec(0..6_usize, 0..3));
    let reference = prop::option::of((0..6_usize, 0..4_usize));
    let index = prop::option::of((0..6_usize, any::<bool>(), any::<bool>()));
    (columns, keys, reference, index).prop_map(|(columns, (primary_key, unique), reference, index)| {
        GeneratedTable { columns, primary_key, unique, reference, index }
    })
}

/// All tables have a unique column `ref`, to which others may refer, in circles too.
fn sql(kind: Kind, tables: &[GeneratedTable]) -> String {
    let is_sqlite = format!("{kind:?}") == "Sqlite";
    let mut statements = Vec::new();
    let mut keys = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        let name = NAMES[number].replace("plain", "t");
        let mut lines = vec!["ref integer UNIQUE".to_owned()];
        lines.extend(table.columns.iter().enumerate().map(|(at, column)| column_sql(NAMES[at], column)));
        let pick = |at: usize| NAMES[at % table.columns.len()];
        lines.extend(table.primary_key.map(|at| format!("PRIMARY KEY ({})", pick(at))));
        lines.extend(table.unique.iter().map(|at| format!("UNIQUE (ref, {})", pick(*at))));
        if let Some((other, action)) = table.reference {
            let other = NAMES[other % tables.len()].replace("plain", "t");
            let action = ["NO ACTION", "CASCADE", "SET NULL", "RESTRICT"][action];
            let key = format!("FOREIGN KEY (ref) REFERENCES {other} (ref) ON DELETE {action}");
            if is_sqlite {
                lines.push(key);
            } else {
                keys.push(format!("ALTER TABLE {name} ADD {key};"));
            }
        }
        statements.push(format!("CREATE TABLE {name} (\n{}\n);", lines.join(",\n")));
        if let Some((at, is_unique, is_partial)) = table.index {
            let unique = if is_unique { "UNIQUE " } else { "" };
            let predicate = if is_partial { " WHERE ref > 3" } else { "" };
            statements
                .push(format!("CREATE {unique}INDEX i_{number} ON {name} ({} DESC){predicate};", pick(at)));
        }
        statements.push(format!("CREATE VIEW v_{number} AS SELECT ref, {} AS y FROM {name};", pick(0)));
    }
    statements.extend(keys);
    statements.join("\n")
}

fn column_sql(name: &str, column: &GeneratedColumn) -> String {
    let data_type = ["integer", "numeric(10,2)", "bigint", "real"][column.data_type];
    let nullable = if column.is_nullable { "" } else { " NOT NULL" };
    let default = column.default.map(|value| format!(" DEFAULT {value}")).unwrap_or_default();
    let check = column.check.map(|value| format!(" CHECK ({name} > {value})")).unwrap_or_default();
    format!("{name} {data_type}{default}{nullable}{check}")
}

fn run(kind: Kind, cases: u32) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let strategy = prop::collection::vec(table(), 1..=NAMES.len());
    let tested = TestRunner::new_with_rng(config, rng).run(&strategy, |tables| {
        assert_builds_again(kind, &sql(kind, &tables));
        Ok(())
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

#[cfg(feature = "sqlite")]
#[test]
fn on_sqlite() {
    run(Kind::Sqlite, 48);
}

#[cfg(feature = "postgres")]
#[test]
fn on_postgres() {
    run(Kind::Postgres, 6);
}
