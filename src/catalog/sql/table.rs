//! `CREATE TABLE`.

use super::{identifier, qualified};
use crate::catalog::sqlite::foreign_key_as_written;
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, Identity, NotNull, ObjectName, Options,
    Sequence, Table,
};
use crate::sql::{Dialect, unquoted_name};

/// The statement that makes a table with these of its constraints.
pub(super) fn create(catalog: &Catalog, name: &ObjectName, table: &Table, inline: &[&ObjectName]) -> String {
    let dialect = catalog.dialect;
    let mut lines: Vec<String> = Vec::new();
    let with_column = inline.iter().find_map(|part| key_with_column(catalog, part));
    for column in table.columns.iter().filter(|column| is_written(table, column)) {
        let key = with_column.as_ref().filter(|(_, name)| *name == column.name);
        lines.push(self::column(dialect, name, table, column, key.map(|(clause, _)| clause.clone())));
    }
    let made_here = inline.iter().filter_map(|part| Some((*part, constraint(catalog, part)?)));
    let made_here = made_here.filter(|(part, constraint)| {
        is_made_here(table, constraint) && key_with_column(catalog, part).is_none()
    });
    let mut constraints: Vec<_> = made_here.collect();
    constraints.sort_by_key(|(_, constraint)| place(&constraint.rule));
    lines.extend(
        constraints.into_iter().map(|(part, constraint)| named_constraint(dialect, part, constraint)),
    );
    let unlogged = if table.is_unlogged { "UNLOGGED " } else { "" };
    let of_type = table.of_type.as_ref().map(|name| format!(" OF {name}")).unwrap_or_default();
    let foreign = if table.foreign.is_some() { "FOREIGN " } else { "" };
    let head = format!("CREATE {unlogged}{foreign}TABLE {}{of_type}", qualified(dialect, name));
    let body = match (lines.is_empty(), table.of_type.is_some()) {
        (true, true) => String::new(),
        (true, false) => " (\n)".to_owned(),
        (false, _) => format!(" (\n    {}\n)", lines.join(",\n    ")),
    };
    format!("{head}{body}{}", clauses(table))
}

/// Where a constraint stands among others: keys first, references last.
fn place(rule: &ConstraintRule) -> u8 {
    match rule {
        ConstraintRule::PrimaryKey(_) => 0,
        ConstraintRule::Unique(_) | ConstraintRule::Exclusion { .. } => 1,
        ConstraintRule::Check { .. } => 2,
        ConstraintRule::ForeignKey(_) => 3,
    }
}

/// Whether a column stands in its own table's statement. A partition is made on its own, and then attached.
fn is_written(table: &Table, column: &Column) -> bool {
    let has_options = !column.is_nullable || column.default.is_some();
    if table.of_type.is_some() { has_options } else { table.partition_of.is_some() || !column.is_inherited }
}

/// Whether a constraint is made by its own table, not by the parent that it is inherited from. What is not validated comes
/// to a partition when the parent gets it.
pub(super) fn is_made_here(table: &Table, constraint: &Constraint) -> bool {
    !constraint.is_inherited || (table.partition_of.is_some() && constraint.is_validated)
}

/// The clause of `ADD COLUMN`: name, type and what belongs to it.
#[must_use]
pub fn add_column(dialect: Dialect, table_name: &ObjectName, table: &Table, column: &Column) -> String {
    self::column(dialect, table_name, table, column, None)
}

/// Finds a constraint of PostgreSQL or SQLite; none where `name` is another object's or nobody's.
pub(super) fn constraint<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<&'c Constraint> {
    match &catalog.objects.get(name)?.definition {
        Definition::Constraint(constraint) => Some(constraint),
        _ => None,
    }
}

/// A constraint as it stands in `CREATE TABLE` and behind `ADD`, with `CONSTRAINT` and its name where it was given one.
#[must_use]
pub fn named_constraint(dialect: Dialect, name: &ObjectName, constraint: &Constraint) -> String {
    let name = constraint.is_named.then(|| format!("CONSTRAINT {} ", identifier(dialect, &name.name)));
    let definition = foreign_key_as_written(constraint).unwrap_or_else(|| constraint.definition.clone());
    format!("{}{definition}", name.unwrap_or_default())
}

/// A SQLite primary key that stands with its column, because it must or because it is short: its clause, and the
/// column.
fn key_with_column(catalog: &Catalog, part: &ObjectName) -> Option<(String, String)> {
    let constraint = constraint(catalog, part)?;
    let ConstraintRule::PrimaryKey(key) = &constraint.rule else { return None };
    let [column] = key.columns.as_slice() else { return None };
    let (column, order) = column.strip_suffix(" DESC").map_or((column.as_str(), ""), |name| (name, " DESC"));
    let is_plain = order.is_empty() && !column.contains(" COLLATE ");
    let is_short = !catalog.dialect.names_constraints() && !constraint.is_named && is_plain;
    if !key.is_with_column && !is_short {
        return None;
    }
    let name = if constraint.is_named {
        format!("CONSTRAINT {} ", identifier(catalog.dialect, &part.name))
    } else {
        String::new()
    };
    let conflict = key.on_conflict.as_ref().map(|conflict| format!(" ON CONFLICT {conflict}"));
    let increment = if key.is_autoincrement { " AUTOINCREMENT" } else { "" };
    let clause = format!("{name}PRIMARY KEY{order}{}{increment}", conflict.unwrap_or_default());
    Some((clause, unquoted_name(column).into_owned()))
}

fn column(
    dialect: Dialect,
    table_name: &ObjectName,
    table: &Table,
    column: &Column,
    key: Option<String>,
) -> String {
    let mut text = identifier(dialect, &column.name);
    let mut add = |clause: Option<String>| {
        if let Some(clause) = clause.filter(|clause| !clause.is_empty()) {
            text.push(' ');
            text.push_str(&clause);
        }
    };
    if table.of_type.is_some() {
        add(Some("WITH OPTIONS".to_owned()));
    } else {
        add(Some(column.data_type.clone()));
    }
    add(column.compression.as_ref().map(|method| format!("COMPRESSION {method}")));
    add(column.collation.as_ref().map(|name| collate(dialect, name)));
    add(key);
    add(column.generated.as_ref().map(|generated| {
        let kind = if generated.is_stored { "STORED" } else { "VIRTUAL" };
        format!("GENERATED ALWAYS AS ({}) {kind}", generated.expression)
    }));
    add(column.default.as_ref().map(|default| format!("DEFAULT {}", self::default(dialect, default))));
    add(column.identity.as_ref().map(|identity| self::identity(table_name, column, identity)));
    let conflict = column.not_null_conflict.as_ref().map(|conflict| format!(" ON CONFLICT {conflict}"));
    add(not_null(table, column).map(|clause| format!("{clause}{}", conflict.unwrap_or_default())));
    text
}

/// The clause of a column that does not take NULL. An identity column does not anyway, and what is not validated cannot
/// be made with its table. Without a name the constraint would get that of a parent's.
fn not_null(table: &Table, column: &Column) -> Option<String> {
    if column.is_nullable {
        return None;
    }
    let Some(constraint) = &column.not_null else {
        return column.identity.is_none().then(|| "NOT NULL".to_owned());
    };
    let is_named = !constraint.has_usual_name || !table.inherits.is_empty();
    let is_implied = column.identity.is_some() && !is_named && !constraint.no_inherit;
    (constraint.is_validated && !is_implied).then(|| {
        let name = identifier(Dialect::Postgres, &constraint.name);
        let name = if is_named { format!("CONSTRAINT {name} ") } else { String::new() };
        format!("{name}NOT NULL{}", no_inherit(constraint))
    })
}

fn no_inherit(constraint: &NotNull) -> &'static str {
    if constraint.no_inherit { " NO INHERIT" } else { "" }
}

/// A column's constraint that it takes no NULL as it stands in `ADD`; what is not validated holds for new rows alone.
#[must_use]
pub fn named_not_null(column: &str, constraint: &NotNull) -> String {
    let (name, column) =
        (identifier(Dialect::Postgres, &constraint.name), identifier(Dialect::Postgres, column));
    let not_valid = if constraint.is_validated { "" } else { " NOT VALID" };
    format!("CONSTRAINT {name} NOT NULL {column}{}{not_valid}", no_inherit(constraint))
}

/// What is added to a table once it has its rows; none where that is made with the column.
pub(super) fn late_not_null(column: &Column) -> Option<String> {
    let constraint = column.not_null.as_ref().filter(|one| !one.is_validated)?;
    Some(named_not_null(&column.name, constraint))
}

/// PostgreSQL's collations come quoted and qualified.
fn collate(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("COLLATE {name}"),
        Dialect::Sqlite => format!("COLLATE {}", identifier(dialect, name)),
    }
}

/// SQLite wants parentheses around all that is not one value.
fn default(dialect: Dialect, default: &str) -> String {
    match dialect {
        Dialect::Sqlite if !crate::catalog::sqlite::is_one_value(default) => format!("({default})"),
        Dialect::Postgres | Dialect::Sqlite => default.to_owned(),
    }
}

/// The clause of an identity column, as of `CREATE TABLE` and `ADD`.
#[must_use]
pub fn identity(table: &ObjectName, column: &Column, identity: &Identity) -> String {
    let kind = if identity.is_always { "ALWAYS" } else { "BY DEFAULT" };
    let mut options = sequence_options(&identity.sequence);
    let usual = ObjectName { name: format!("{}_{}_seq", table.name, column.name), ..table.clone() };
    if identity.sequence_name != qualified(Dialect::Postgres, &usual) {
        options.insert(0, format!("SEQUENCE NAME {}", identity.sequence_name));
    }
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
    format!("GENERATED {kind} AS IDENTITY{options}")
}

/// The options of a sequence that are not those of its type and direction.
pub(super) fn sequence_options(sequence: &Sequence) -> Vec<String> {
    let largest = match sequence.data_type.as_str() {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    let (minimum, maximum) = if sequence.increment > 0 { (1, largest) } else { (-largest - 1, -1) };
    let start = if sequence.increment > 0 { sequence.minimum } else { sequence.maximum };
    let mut options = Vec::new();
    for (clause, value, default) in [
        ("START WITH", sequence.start, start),
        ("INCREMENT BY", sequence.increment, 1),
        ("MINVALUE", sequence.minimum, minimum),
        ("MAXVALUE", sequence.maximum, maximum),
        ("CACHE", sequence.cache, 1),
    ] {
        if value != default {
            options.push(format!("{clause} {value}"));
        }
    }
    if sequence.cycles {
        options.push("CYCLE".to_owned());
    }
    options
}

/// The clause `OPTIONS (name 'value', …)` of foreign tables, servers and their like.
pub(super) fn foreign_options(options: &Options) -> String {
    let option = |(name, value): (&String, &String)| {
        format!("{} {}", identifier(Dialect::Postgres, name), Dialect::Postgres.quote_literal(value))
    };
    format!("OPTIONS ({})", options.iter().map(option).collect::<Vec<_>>().join(", "))
}

/// What follows the columns.
fn clauses(table: &Table) -> String {
    let mut text = String::new();
    if !table.inherits.is_empty() {
        text.push_str(&format!("\nINHERITS ({})", table.inherits.join(", ")));
    }
    if let Some(key) = &table.partition_key {
        text.push_str(&format!("\nPARTITION BY {key}"));
    }
    if let Some(method) = &table.access_method {
        text.push_str(&format!("\nUSING {method}"));
    }
    if !table.storage_options.is_empty() {
        text.push_str(&format!("\nWITH ({})", super::options(&table.storage_options)));
    }
    if let Some(tablespace) = &table.tablespace {
        text.push_str(&format!("\nTABLESPACE {tablespace}"));
    }
    if let Some(foreign) = &table.foreign {
        text.push_str(&format!("\nSERVER {}", identifier(Dialect::Postgres, &foreign.server)));
        if !foreign.options.is_empty() {
            text.push_str(&format!(" {}", foreign_options(&foreign.options)));
        }
    }
    let options = [(table.is_strict, "STRICT"), (table.is_without_rowid, "WITHOUT ROWID")];
    let options: Vec<&str> =
        options.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name).collect();
    if options.is_empty() { text } else { format!("{text} {}", options.join(", ")) }
}
