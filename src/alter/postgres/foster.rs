//! What a table is to have from new parents alone, without declaring it.
//!
//! A table that joins a parent must have its columns and checks already, and what it has before is declared by itself, as is
//! what is left of a parent that it leaves. Only what a parent hands down is not. So an empty table becomes its parent
//! first, gets them and hands them down; once the new parents are there, it leaves again. The rows stay where they are.

use super::super::{Remark, Statement};
use super::POSTGRES;
use super::fate::Fates;
use super::heritage::{common_parents, kept};
use super::sides::{Sides, constraint_of, table_of_part};
use super::types::{free_name, shortened};
use super::work::Work;
use crate::catalog::sql::{self, identifier, named, qualified};
use crate::catalog::{Column, Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Table};

/// The empty table that hands down what a table is to have from parents alone while it has left these or has not joined
/// them yet; none where there is nothing of that kind.
pub(super) fn of(sides: &Sides<'_>, table: &ObjectName) -> Option<ObjectName> {
    let (left, right) = sides.tables(table)?;
    let joins = right.inherits.len() > kept(left, right);
    (joins && right.columns.iter().any(|column| is_handed_down(sides, table, column)))
        .then(|| free_name(sides, table))
}

/// Whether a column of the right side is to come from parents alone that the table joins.
fn is_handed_down(sides: &Sides<'_>, table: &ObjectName, column: &Column) -> bool {
    let Some(tables) = sides.tables(table).filter(|_| column.is_inherited) else { return false };
    let mut parents = common_parents(sides, table, tables).filter_map(|parent| sides.table_named(parent));
    let has = |parent: &ObjectName| {
        sides
            .right
            .table(parent)
            .is_some_and(|parent| parent.columns.iter().any(|one| one.name == column.name))
    };
    !parents.any(has)
}

/// Whether a column that its table declares is to come from parents alone, and can: the server knows no statement for that,
/// so a new column comes, takes the values, and the old one goes.
pub(super) fn is_handed_over(sides: &Sides<'_>, name: &ObjectName, left: &Column, right: &Column) -> bool {
    let Some((table, definition)) = table_of_part(sides.right, name) else { return false };
    let is_same = left.data_type == right.data_type && left.collation == right.collation;
    let is_computed = |column: &Column| column.generated.is_some() || column.identity.is_some();
    let own = qualified(POSTGRES, table);
    let is_child =
        |other: &ObjectName| sides.left.table(other).is_some_and(|other| other.inherits.contains(&own));
    let owns = |other: &ObjectName| match sides.left.objects.get(other).map(|object| &object.definition) {
        Some(Definition::Sequence(sequence)) => sequence.owned_by.is_some(),
        _ => false,
    };
    !left.is_inherited
        && right.is_inherited
        && !definition.inherits.is_empty()
        && is_same
        && !is_computed(left)
        && !is_computed(right)
        && !sides.dependents_of(table).any(is_child)
        && !sides.dependents_of(name).any(owns)
}

/// The statement that gives the old column another name, so that the new one can have its own.
pub(super) fn set_aside(work: &Work<'_, '_>) -> Statement {
    let (old, aside) = (identifier(POSTGRES, &work.name.name), aside(work));
    work.statement(format!("{} RENAME COLUMN {old} TO {aside}", work.alter_table()))
}

/// What makes the new column, with the values of the old one. They are taken over by a change of its type, at which no
/// trigger fires.
pub(super) fn take_over(work: &Work<'_, '_>, right: &Column) -> Vec<Statement> {
    let Some(foster) = of(work.sides, work.table) else { return Vec::new() };
    let (foster, aside) = (qualified(POSTGRES, &foster), aside(work));
    let own = identifier(POSTGRES, &work.name.name);
    let of_type = clause(right);
    let data_type = of_type.strip_prefix(&format!("{own} ")).unwrap_or(&of_type);
    let statements = [
        format!("ALTER TABLE {foster} ADD COLUMN {of_type}"),
        format!("ALTER TABLE {foster} ADD COLUMN {aside} {data_type}"),
        format!("ALTER TABLE {foster} ALTER COLUMN {own} TYPE {data_type} USING {aside}"),
        format!("ALTER TABLE {foster} DROP COLUMN {aside}"),
        format!("{} DROP COLUMN {aside}", work.alter_table()),
    ];
    statements.into_iter().map(|sql| work.statement(sql)).collect()
}

/// The name of the old column meanwhile, as SQL writes it.
fn aside(work: &Work<'_, '_>) -> String {
    let is_taken = |name: &str| {
        let tables = [work.sides.left.table(work.table), Some(work.definition)];
        tables.into_iter().flatten().any(|table| table.columns.iter().any(|one| one.name == name))
    };
    let mut name = format!("old_{}", work.name.name);
    while is_taken(shortened(&name)) {
        name.insert_str(0, "old_");
    }
    identifier(POSTGRES, shortened(&name))
}

/// A column as the empty table has it.
fn clause(column: &Column) -> String {
    let bare = Column {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        collation: column.collation.clone(),
        generated: column.generated.clone(),
        is_nullable: true,
        ..Column::default()
    };
    let table = ObjectName::new(ObjectKind::Table, None, "");
    sql::add_column(POSTGRES, &table, &Table::default(), &bare)
}

/// The statements that make it a parent, with what the table has from parents alone and keeps.
pub(super) fn begin(sides: &Sides<'_>, fates: &Fates, table: &ObjectName) -> Vec<Statement> {
    let columns = kept_columns(sides, fates, table);
    let parts = columns.iter().map(|column| clause(column)).chain(kept_checks(sides, fates, table, &columns));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let mut statements = statements(sides, table, |own, foster| {
        [format!("CREATE TABLE {foster} ({parts})"), format!("ALTER TABLE {own} INHERIT {foster}")]
    });
    if let Some(first) = statements.first_mut() {
        let own = named(table);
        let why = format!("what {own} is not to declare itself comes from an empty parent for a while");
        first.remarks.push(Remark::Note(why));
    }
    statements
}

/// The columns that the table has from parents alone on both sides, and that are not altered.
fn kept_columns<'c>(sides: &Sides<'c>, fates: &Fates, table: &ObjectName) -> Vec<&'c Column> {
    let Some((left, right)) = sides.tables(table) else { return Vec::new() };
    let is_kept = |column: &&Column| {
        let name = table.part(ObjectKind::Column, &column.name);
        let other = right.columns.iter().find(|other| other.name == column.name);
        let is_same = |other: &Column| {
            other.data_type == column.data_type
                && other.collation == column.collation
                && other.generated == column.generated
                && is_handed_down(sides, table, other)
        };
        column.is_inherited
            && other.is_some_and(is_same)
            && !fates.is_away(&name)
            && !fates.retyped.contains(&name)
    };
    let kept: Vec<&Column> = left.columns.iter().filter(is_kept).collect();
    // What is computed needs what it is computed from.
    let is_there = |needed: &ObjectName| {
        needed.kind != ObjectKind::Column || kept.iter().any(|column| column.name == needed.name)
    };
    let is_computable = |column: &&&Column| {
        let name = table.part(ObjectKind::Column, &column.name);
        column.generated.is_none() || sides.left.dependencies.get(&name).into_iter().flatten().all(is_there)
    };
    kept.iter().filter(is_computable).copied().collect()
}

/// The checks of these columns that the table has from parents alone on both sides, and that are not altered.
fn kept_checks(sides: &Sides<'_>, fates: &Fates, table: &ObjectName, columns: &[&Column]) -> Vec<String> {
    let is_kept = |name: &&ObjectName| {
        let of = |catalog| constraint_of(catalog, name);
        let is_inherited =
            |one: &Constraint| one.is_inherited && matches!(one.rule, ConstraintRule::Check { .. });
        let are_read = |needed: &ObjectName| {
            needed.kind != ObjectKind::Column || columns.iter().any(|column| column.name == needed.name)
        };
        of(sides.left).is_some_and(is_inherited)
            && of(sides.right).is_some_and(is_inherited)
            && fates.get(name).is_none()
            && sides.left.dependencies.get(name).into_iter().flatten().all(are_read)
    };
    let checks = sides.left.parts_of(table).map(|(part, _)| part).filter(is_kept);
    let written = checks
        .filter_map(|name| Some(sql::named_constraint(POSTGRES, name, constraint_of(sides.left, name)?)));
    written.map(|check| check.replace(" NOT VALID", "")).collect()
}

/// The statements that take it away, once the table has its new parents.
pub(super) fn end(sides: &Sides<'_>, table: &ObjectName) -> Vec<Statement> {
    statements(sides, table, |own, foster| {
        [format!("ALTER TABLE {own} NO INHERIT {foster}"), format!("DROP TABLE {foster}")]
    })
}

/// Statements about a table and the empty one, both as SQL names them; none where there is no empty one.
fn statements(
    sides: &Sides<'_>,
    table: &ObjectName,
    written: impl Fn(String, String) -> [String; 2],
) -> Vec<Statement> {
    let Some(foster) = of(sides, table) else { return Vec::new() };
    let written = written(qualified(POSTGRES, table), qualified(POSTGRES, &foster));
    written.into_iter().map(|sql| Statement::new(table, sql)).collect()
}

/// The statement that makes a check which a table is to have from new parents. It is handed down where all that it reads
/// is.
pub(super) fn check(sides: &Sides<'_>, name: &ObjectName, constraint: &Constraint) -> Option<Statement> {
    if !constraint.is_inherited || !matches!(constraint.rule, ConstraintRule::Check { .. }) {
        return None;
    }
    let (table, _) = sides.right.relation_of(name)?;
    let read = sides.right.dependencies.get(name).into_iter().flatten();
    let is_handed_down = read
        .filter(|needed| needed.kind == ObjectKind::Column && needed.is_part_of(table))
        .all(|column| comes(sides, column));
    let holder = of(sides, table).filter(|_| is_handed_down).unwrap_or_else(|| table.clone());
    let own = identifier(POSTGRES, &name.name);
    let sql = format!(
        "ALTER TABLE {} ADD CONSTRAINT {own} {}",
        qualified(POSTGRES, &holder),
        constraint.definition
    );
    Some(Statement::new(name, sql))
}

/// Whether the empty table brings a column.
fn comes(sides: &Sides<'_>, column: &ObjectName) -> bool {
    match sides.columns(column) {
        Some((None, Some(_))) => true,
        Some((Some(left), Some(right))) => is_handed_over(sides, column, left, right),
        _ => false,
    }
}
