//! Schemas made and changed at random: altered there and back, empty and with rows.
//!
//! `REVGRAPH_ALTER_SEEDS=1000..50000` runs these seeds instead of the few that the suite runs.

use std::collections::BTreeMap;

use revgraph::alter::Statement;
use revgraph::catalog::{Catalog, Column, Definition, ObjectKind, Table};

use super::dice::{Dice, seeds};
use super::lite::{Lite, Rows, text};
use super::pieces::Pieces;
use super::random::Schema;

const VALUES: [&str; 16] = [
    "NULL",
    "NULL",
    "1",
    "2",
    "7",
    "-1",
    "'x'",
    "'X'",
    "'bad'",
    "'12'",
    "'007'",
    "'1.5'",
    "2.5",
    "1.0",
    "x'00'",
    "9007199254740993",
];

/// Seeds that have found something.
const REMEMBERED: [u64; 5] = [700_597, 700_784, 701_640, 703_267, 703_619];

/// Seeds of pieces that have found something.
const REMEMBERED_PIECES: [u64; 6] = [8, 30, 107, 476, 500_050, 500_633];

/// Pieces of every kind of object that is read.
const PIECES: &str = include_str!("pieces_sqlite.sql");

#[test]
fn random_schemas_are_altered_there_and_back() {
    try_seeds(seeds(0..150, &REMEMBERED), try_one);
}

#[test]
fn random_pieces_are_altered_there_and_back() {
    try_seeds(seeds(110..170, &REMEMBERED_PIECES), try_pieces);
}

fn try_seeds(seeds: Vec<u64>, try_one: impl Fn(u64) -> Result<bool, String>) {
    let (mut tried, mut wrong) = (0, Vec::new());
    for seed in seeds {
        match try_one(seed) {
            Ok(was_possible) => tried += usize::from(was_possible),
            Err(error) => wrong.push(format!("seed {seed}: {error}")),
        }
        assert!(wrong.len() < 5, "{}", wrong.join("\n\n"));
    }
    assert_eq!(wrong, [""; 0], "{}", wrong.join("\n\n"));
    assert!(tried > 20, "only {tried} were possible");
}

/// False where SQLite does not take the schemas.
fn try_one(seed: u64) -> Result<bool, String> {
    let mut dice = Dice::of(seed);
    let schema = Schema::random(&mut dice);
    let mut changed = schema.clone();
    for _ in 0..dice.roll(4) {
        changed.edit(&mut dice);
    }
    let (before, after) = (schema.sql(&mut dice), changed.sql(&mut dice));
    let (Some(left), Some(right)) = (Lite::attempt(&before), Lite::attempt(&after)) else { return Ok(false) };
    let told = |error: String| format!("{error}\n--- before\n{before}\n--- after\n{after}");
    let case = Case { left, right, copy: &|| Lite::with(&before) };
    case.run(&mut dice).map_err(told)?;
    Ok(true)
}

/// False where nothing is changed.
fn try_pieces(seed: u64) -> Result<bool, String> {
    let mut dice = Dice::of(seed);
    let pieces = Pieces::random(PIECES, &mut dice);
    let mut changed = pieces.clone();
    for _ in 0..1 + dice.roll(4) {
        changed.edit(&mut dice);
    }
    let (before, after) = (pieces.sql(), changed.sql());
    let (left, right) = (Lite::of_what_is_taken(&before), Lite::of_what_is_taken(&after));
    let told = |error: String| format!("{error}\n--- before\n{before}\n--- after\n{after}");
    let case = Case { left, right, copy: &|| Lite::of_what_is_taken(&before) };
    case.run(&mut dice).map_err(told)?;
    Ok(before != after)
}

struct Case<'s> {
    left: Lite,
    right: Lite,
    /// Makes the left one once more.
    copy: &'s dyn Fn() -> Lite,
}

impl Case<'_> {
    fn run(&self, dice: &mut Dice) -> Result<(), String> {
        let scratch = (self.copy)();
        let up = self.lead(&scratch, &self.right).map_err(|error| format!("up: {error}"))?;
        let down = self.lead(&scratch, &self.left).map_err(|error| format!("down: {error}"))?;
        self.with_rows(dice, &up, &down)
            .map_err(|error| format!("{error}\n--- up\n{}\n--- down\n{}", text(&up), text(&down)))
    }

    fn lead(&self, database: &Lite, target: &Lite) -> Result<Vec<Statement>, String> {
        let statements = database.lead(&target.catalog(), &database.hints())?;
        let differences = database.differences(target);
        if differences.is_empty() {
            Ok(statements)
        } else {
            Err(format!("{}\n{}", differences.join("\n"), text(&statements)))
        }
    }

    fn with_rows(&self, dice: &mut Dice, up: &[Statement], down: &[Statement]) -> Result<(), String> {
        let filled = (self.copy)();
        fill(&filled, dice);
        let before = filled.rows();
        let Some(loses) = go(&filled, up).map_err(|error| format!("up: {error}"))? else { return Ok(()) };
        let there = filled.rows();
        let (left, right) = (self.left.catalog(), self.right.catalog());
        kept(&left, &right, &before, &there, false).map_err(|error| format!("up: {error}"))?;
        let Some(_) = go(&filled, down).map_err(|error| format!("down: {error}"))? else { return Ok(()) };
        if loses {
            return Ok(());
        }
        kept(&left, &right, &before, &filled.rows(), true).map_err(|error| format!("there and back: {error}"))
    }
}

/// Inserts what the tables take.
fn fill(database: &Lite, dice: &mut Dice) {
    let tables = database.query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
    for table in tables.iter().flatten() {
        let columns =
            database.query(&format!("SELECT name FROM pragma_table_xinfo({table}) WHERE hidden = 0"));
        let quoted = |name: &str| {
            let name = name[1..name.len() - 1].replace("''", "'");
            format!("\"{}\"", name.replace('"', "\"\""))
        };
        let names: Vec<String> = columns.iter().flatten().map(|name| quoted(name)).collect();
        for _ in 0..dice.roll(5) {
            let values: Vec<&str> = names.iter().map(|_| *dice.pick(&VALUES)).collect();
            let sql = format!(
                "INSERT INTO {} ({}) VALUES ({})",
                quoted(table),
                names.join(", "),
                values.join(", ")
            );
            let _ = database.0.execute_batch(&sql);
        }
    }
}

/// Runs statements, and holds what they say of rows against what becomes of these. Whether values are lost; none where
/// they fail, as they have said.
fn go(database: &Lite, statements: &[Statement]) -> Result<Option<bool>, String> {
    let counted = database.counts(statements);
    let violations = database.violations();
    if let Err(error) = database.run(statements) {
        return if counted.in_the_way > 0 || counted.is_uncertain {
            Ok(None)
        } else {
            Err(format!("it fails unannounced: {error}"))
        };
    }
    if counted.in_the_way > 0 {
        return Err(format!("{} rows were to be in the way, and are not", counted.in_the_way));
    }
    let is_more = database.violations().zip(violations).is_some_and(|(now, before)| now > before);
    if is_more && counted.dangling == 0 && !counted.is_uncertain && counted.lost == 0 {
        return Err("references that lead nowhere, unannounced".to_owned());
    }
    Ok(Some(counted.lost > 0))
}

/// The rows of the tables that both have are all there, with the values of the columns that are the same on both sides;
/// and of those that are not but need not lose anything, where `loosely`.
fn kept(left: &Catalog, right: &Catalog, before: &Rows, now: &Rows, loosely: bool) -> Result<(), String> {
    let (lefts, rights) = (tables(left), tables(right));
    for (name, table) in &lefts {
        let Some(other) = rights.get(name) else { continue };
        let same: Vec<String> = table
            .columns
            .iter()
            .filter(|column| stays(column, other, loosely) && !is_key(right, name, &column.name))
            .map(|column| column.name.to_ascii_lowercase())
            .collect();
        let of = |rows: &Rows| -> Vec<Vec<String>> {
            let rows = rows.get(name).into_iter().flatten();
            let mut rows: Vec<Vec<String>> = rows
                .map(|row| {
                    same.iter()
                        .filter_map(|column| row.get(column))
                        .map(|value| comparable(value, loosely))
                        .collect()
                })
                .collect();
            rows.sort();
            rows
        };
        let (before, now) = (of(before), of(now));
        if before != now {
            return Err(format!("rows of {name} ({same:?}) were {before:?} and are {now:?}"));
        }
    }
    Ok(())
}

fn comparable(value: &str, loosely: bool) -> String {
    match value.parse::<f64>() {
        Ok(number) if loosely => format!("{number}"),
        _ => value.to_owned(),
    }
}

fn tables(catalog: &Catalog) -> BTreeMap<String, &Table> {
    let mut tables = BTreeMap::new();
    for (name, object) in &catalog.objects {
        if let Definition::Table(table) = &object.definition {
            tables.insert(name.name.to_ascii_lowercase(), table.as_ref());
        }
    }
    tables
}

fn stays(column: &Column, other: &Table, loosely: bool) -> bool {
    let other = other.columns.iter().find(|one| one.name.eq_ignore_ascii_case(&column.name));
    other.is_some_and(|other| {
        let is_same_type = other.data_type.eq_ignore_ascii_case(&column.data_type);
        column.generated.is_none() && other.generated.is_none() && (loosely || is_same_type)
    })
}

/// Whether a column is a key of its own, where SQLite may give values to rows without one.
fn is_key(catalog: &Catalog, table: &str, column: &str) -> bool {
    let parts = catalog.objects.iter().filter(|(name, _)| {
        name.kind == ObjectKind::Constraint
            && name.relation.as_ref().is_some_and(|relation| relation.eq_ignore_ascii_case(table))
    });
    parts.into_iter().any(|(_, object)| match &object.definition {
        Definition::Constraint(constraint) => {
            let definition = constraint.definition.to_ascii_lowercase().replace('"', "");
            definition.starts_with(&format!("primary key ({}", column.to_ascii_lowercase().replace('"', "")))
        }
        _ => false,
    })
}
