//! Schemas made and changed at random on PostgreSQL: altered there and back, empty and with rows; `pg_dump` has the last
//! word.
//!
//! `REVGRAPH_ALTER_SEEDS=1000..50000` runs these seeds instead of the few that the suite runs. Of a schema counts what the
//! server takes; a change that is refused by name is passed over.

use revgraph::catalog::sql::{identifier, qualified};
use revgraph::catalog::{Catalog, Definition, ObjectKind, Table};
use revgraph::sql::Dialect;

use super::dice::{Dice, seeds};
use super::pieces::Pieces;
use super::postgres::{Form, Led, Schema};
use super::random_postgres::World;

/// Seeds that have found something.
const REMEMBERED: [u64; 2] = [500_087, 500_103];

/// Seeds of pieces that have found something.
const REMEMBERED_PIECES: [u64; 5] = [500_014, 500_081, 500_099, 500_145, 500_172];

/// Seeds that have found something in the lock-friendly form.
const REMEMBERED_ONLINE: [u64; 0] = [];

/// Seeds of pieces that have found something in the lock-friendly form.
const REMEMBERED_PIECES_ONLINE: [u64; 0] = [];

/// Pieces of every kind of object that is read.
const PIECES: &str = include_str!("pieces_postgres.sql");

/// What puts a few rows into the tables that take them.
const FILL: &str = include_str!("fill.sql");

#[test]
fn random_schemas_of_postgres_are_altered_there_and_back() {
    try_seeds(seeds(0..4, &REMEMBERED), |seed| try_one(Form::Short, seed));
}

#[test]
fn random_schemas_of_postgres_are_altered_in_the_lock_friendly_form() {
    try_seeds(seeds(100..102, &REMEMBERED_ONLINE), |seed| try_one(Form::LockFriendly, seed));
}

#[test]
fn random_pieces_of_postgres_are_altered_in_the_lock_friendly_form() {
    try_seeds(seeds(100..102, &REMEMBERED_PIECES_ONLINE), |seed| try_pieces(Form::LockFriendly, seed));
}

#[test]
fn random_pieces_of_postgres_are_altered_there_and_back() {
    try_seeds(seeds(0..3, &REMEMBERED_PIECES), |seed| try_pieces(Form::Short, seed));
}

fn try_seeds(seeds: Vec<u64>, try_one: impl Fn(u64) -> Result<bool, String>) {
    let (mut tried, mut wrong) = (0, Vec::new());
    for seed in seeds {
        match try_one(seed) {
            Ok(was_possible) => tried += usize::from(was_possible),
            Err(error) => wrong.push(format!("=== seed {seed}: {error}")),
        }
        assert!(wrong.len() < 12, "{}", wrong.join("\n\n"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(tried > 0, "none was possible");
}

/// False where nothing is changed, or what is wanted is refused by name.
fn try_one(form: Form, seed: u64) -> Result<bool, String> {
    let mut dice = Dice::of(seed);
    let world = World::random(&mut dice);
    let mut changed = world.clone();
    for _ in 0..1 + dice.roll(4) {
        changed.edit(&mut dice);
    }
    compare(form, &world.sql(), &changed.sql())
}

fn try_pieces(form: Form, seed: u64) -> Result<bool, String> {
    let mut dice = Dice::of(seed);
    let pieces = Pieces::random(PIECES, &mut dice);
    let mut changed = pieces.clone();
    for _ in 0..1 + dice.roll(4) {
        changed.edit(&mut dice);
    }
    let sql = |pieces: &Pieces| format!("CREATE SCHEMA s;\n{}", pieces.sql());
    compare(form, &sql(&pieces), &sql(&changed))
}

fn compare(form: Form, before: &str, after: &str) -> Result<bool, String> {
    if before == after {
        return Ok(false);
    }
    let (left, right) = (Schema::of_what_is_taken(before), Schema::of_what_is_taken(after));
    let told = |error: String| format!("{error}\n--- before\n{before}\n--- after\n{after}");
    there_and_back(form, &left, &right).map_err(told)
}

fn there_and_back(form: Form, left: &Schema, right: &Schema) -> Result<bool, String> {
    let (left_catalog, right_catalog) = (left.catalog(), right.catalog());
    let (left_dump, right_dump) = (left.dump(), right.dump());
    let (work, filled) = (left.edited(""), left.edited(FILL));
    let Some(up) = led(work.lead_in(form, &right_catalog), "up")? else { return Ok(false) };
    Schema::same(&work.dump(), &right_dump).map_err(|error| format!("up: {}\n{error}", up.script))?;
    let Some(down) = led(work.lead(&left_catalog), "down")? else { return Ok(false) };
    Schema::same(&work.dump(), &left_dump).map_err(|error| format!("down: {}\n{error}", down.script))?;
    let rows = values_query(&left_catalog, &right_catalog);
    let before = filled.database.scalar(&rows);
    for (way, led) in [("up", &up), ("down", &down)] {
        let told = |error: String| format!("{way} with rows: {}\n{error}", led.script);
        if let Err(error) = filled.follow(led) {
            return if led.may_fail { Ok(true) } else { Err(told(format!("fails unannounced: {error}"))) };
        }
        let now = filled.database.scalar(&rows);
        if now != before {
            return Err(told(format!("the rows were {before}\nand are {now}")));
        }
    }
    Ok(true)
}

/// None where it is refused by name.
fn led(result: Result<Led, String>, way: &str) -> Result<Option<Led>, String> {
    match result {
        Ok(led) => Ok(Some(led)),
        Err(error) if error.contains("refused: ") => {
            eprintln!("{way}: {error}");
            Ok(None)
        }
        Err(error) => Err(format!("{way}: {error}")),
    }
}

/// A query of all values that both schemas have a place for: of columns of one type on both sides that nothing computes. A
/// composite type is another one where its attributes are.
fn values_query(left: &Catalog, right: &Catalog) -> String {
    let mut parts = vec!["SELECT ''::text AS place, ''::text AS held".to_owned()];
    let reshaped = reshaped(left, right);
    for (name, object) in left.objects.iter().filter(|(name, _)| name.kind == ObjectKind::Table) {
        let other = right.objects.get(name).map(|object| &object.definition);
        let (Definition::Table(table), Some(Definition::Table(other))) = (&object.definition, other) else {
            continue;
        };
        let only = qualified(Dialect::Postgres, name);
        parts.push(format!("SELECT '{only}', count(*)::text FROM ONLY {only}"));
        for column in common_columns(table, other, &reshaped) {
            parts.push(format!(
                "SELECT '{only} {column}', string_agg({column}::text, ' ' ORDER BY {column}::text) FROM ONLY {only}"
            ));
        }
    }
    format!(
        "SELECT coalesce(string_agg(place || ': ' || held, '; ' ORDER BY place), '') FROM ({}) v",
        parts.join(" UNION ALL ")
    )
}

/// The composite types and domains, as SQL names them, that are made of something else, and those that are made of them.
fn reshaped(left: &Catalog, right: &Catalog) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    loop {
        let before = found.len();
        for (name, object) in &left.objects {
            let (own, other) = (&object.definition, right.objects.get(name).map(|other| &other.definition));
            let made_of: Vec<&str> = match own {
                Definition::CompositeType(attributes) => {
                    attributes.iter().map(|one| one.data_type.as_str()).collect()
                }
                Definition::Domain(domain) => vec![&domain.data_type],
                _ => continue,
            };
            let is_other = match (own, other) {
                (Definition::Domain(own), Some(Definition::Domain(other))) => {
                    own.data_type != other.data_type
                }
                (own, other) => Some(own) != other,
            };
            let holds = |one: &String| made_of.iter().any(|part| part.contains(one.as_str()));
            let own = qualified(Dialect::Postgres, name);
            if (is_other || found.iter().any(holds)) && !found.contains(&own) {
                found.push(own);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn common_columns(left: &Table, right: &Table, reshaped: &[String]) -> Vec<String> {
    let stays = |name: &str, data_type: &str| {
        right
            .columns
            .iter()
            .any(|other| other.name == name && other.data_type == data_type && other.generated.is_none())
    };
    let columns = left.columns.iter().filter(|column| column.generated.is_none());
    columns
        .filter(|column| stays(&column.name, &column.data_type))
        .filter(|column| !reshaped.iter().any(|one| column.data_type.contains(one.as_str())))
        .map(|column| identifier(Dialect::Postgres, &column.name))
        .collect()
}
