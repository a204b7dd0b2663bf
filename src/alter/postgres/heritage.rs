//! Tables that become partitions or children of others, or cease to be.
//!
//! A table leaves its parents before anything else is done with it, and joins new ones once its columns and constraints
//! are those that they ask for. Where a bound or the order of parents changes, it does both.

use super::super::Statement;
use super::POSTGRES;
use super::fate::Fates;
use super::remake;
use super::sides::{Sides, rule_of, table_of_part};
use crate::catalog::sql::qualified;
use crate::catalog::{Column, Constraint, ConstraintRule, ObjectKind, ObjectName, Table};

/// Whether a table gets or loses parents, or another bound, or has to leave its parent for a while.
pub(super) fn changes(sides: &Sides<'_>, name: &ObjectName, left: &Table, right: &Table) -> bool {
    left.partition_of != right.partition_of
        || left.inherits != right.inherits
        || declares_otherwise(left, right)
        || is_tied(sides, name)
}

/// Whether a partition has to leave for a while: its parent is made again, or an index of that is dropped of which the index
/// of one of its constraints is a part, and the server drops neither of the two without the other.
pub(super) fn is_tied(sides: &Sides<'_>, table: &ObjectName) -> bool {
    !tied_indexes(sides, table).is_empty() || remake::has_remade_parent(sides, table)
}

/// The constraints of a partition whose indexes are parts of indexes of its parent that go, with these.
pub(super) fn tied_indexes<'c>(
    sides: &Sides<'c>,
    table: &ObjectName,
) -> Vec<(&'c ObjectName, &'c ObjectName)> {
    let (left, right) = (sides.left, sides.right);
    let is_partition = sides
        .tables(table)
        .is_some_and(|(left, right)| left.partition_of.is_some() && left.partition_of == right.partition_of);
    let table = left.objects.get_key_value(table).filter(|_| is_partition);
    let Some((table, _)) = table else { return Vec::new() };
    let stays = |(relation, _): (&ObjectName, _)| right.objects.contains_key(relation);
    let goes = |whole: &ObjectName| {
        whole.kind == ObjectKind::Index
            && !right.objects.contains_key(whole)
            && left.relation_of(whole).is_some_and(stays)
    };
    let is_key = |part: &ObjectName| {
        matches!(rule_of(left, part), Some(ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_)))
    };
    let constraints = left.parts_of(table).map(|(part, _)| part).filter(|part| is_key(part));
    let pairs = constraints.flat_map(|part| {
        let needed = left.dependencies.get(part).into_iter().flatten();
        needed.filter(|whole| goes(whole)).map(move |whole| (part, whole))
    });
    pairs.collect()
}

/// Whether a table that stays gets or loses a parent, or another bound.
pub(super) fn joins_or_leaves(sides: &Sides<'_>, table: &ObjectName) -> bool {
    sides.tables(table).is_some_and(|(left, right)| changes(sides, table, left, right))
}

/// Whether a table that stays gets a parent, or another bound.
pub(super) fn joins(sides: &Sides<'_>, table: &ObjectName) -> bool {
    sides
        .tables(table)
        .is_some_and(|(left, right)| !join(table, left, right, is_tied(sides, table)).is_empty())
}

/// Whether the table of this constraint or index leaves a parent, which leaves it its indexes.
pub(super) fn has_leaving_table(sides: &Sides<'_>, part: &ObjectName) -> bool {
    let table = table_of_part(sides.right, part).and_then(|(name, _)| Some((name, sides.tables(name)?)));
    table.is_some_and(|(name, (left, right))| !leave(name, left, right, is_tied(sides, name)).is_empty())
}

/// Whether the table of this constraint or index gets a parent.
pub(super) fn has_joining_table(sides: &Sides<'_>, part: &ObjectName) -> bool {
    table_of_part(sides.right, part).is_some_and(|(table, _)| joins(sides, table))
}

/// Whether a column that a child has from its parents alone is to be declared by it too, or no longer: what a child has of
/// parents that it leaves is declared by it. It declares what it had of one that goes without being asked to.
fn declares_otherwise(left: &Table, right: &Table) -> bool {
    let is_otherwise = |column: &Column| {
        let other = right.columns.iter().find(|other| other.name == column.name);
        other.is_some_and(|other| match left.inherits == right.inherits {
            true => other.is_inherited != column.is_inherited,
            false => other.is_inherited && !column.is_inherited,
        })
    };
    !left.inherits.is_empty() && !right.inherits.is_empty() && left.columns.iter().any(is_otherwise)
}

/// How many of the parents stay as they are: the order of the others can only be had by joining them anew, and what a child
/// declares by itself by leaving them all.
pub(super) fn kept(left: &Table, right: &Table) -> usize {
    if declares_otherwise(left, right) {
        return 0;
    }
    left.inherits.iter().zip(&right.inherits).take_while(|(left, right)| left == right).count()
}

/// The statements with which a table leaves the parents that it has no more; with `is_tied` the partitioned table too
/// that it stays a partition of.
pub(super) fn leave(name: &ObjectName, left: &Table, right: &Table, is_tied: bool) -> Vec<Statement> {
    let table = qualified(POSTGRES, name);
    let is_left = left.partition_of != right.partition_of || is_tied;
    let detached = left.partition_of.as_ref().filter(|_| is_left);
    let detach = detached.map(|one| format!("ALTER TABLE {} DETACH PARTITION {table}", one.parent));
    let parents = left.inherits.iter().skip(kept(left, right));
    let leave = parents.map(|parent| format!("ALTER TABLE {table} NO INHERIT {parent}"));
    detach.into_iter().chain(leave).map(|sql| Statement::new(name, sql)).collect()
}

/// The statements with which a table joins its new parents; with `is_tied` the partitioned table too that it has stayed
/// a partition of.
pub(super) fn join(name: &ObjectName, left: &Table, right: &Table, is_tied: bool) -> Vec<Statement> {
    let table = qualified(POSTGRES, name);
    let is_joined = left.partition_of != right.partition_of || is_tied;
    let attached = right.partition_of.as_ref().filter(|_| is_joined);
    let attach = attached.map(|one| {
        let sql = format!("ALTER TABLE {} ATTACH PARTITION {table} {}", one.parent, one.bound);
        Statement::new(name, sql)
    });
    let parents = right.inherits.iter().skip(kept(left, right));
    let join = parents.map(|parent| Statement::new(name, format!("ALTER TABLE {table} INHERIT {parent}")));
    attach.into_iter().chain(join).collect()
}

/// Whether an inherited constraint has to be made by itself: a table that joins a parent has to have its checks before,
/// and a key of a partition can become a part of one that the partitioned table has already.
pub(super) fn is_made_apart(
    sides: &Sides<'_>,
    fates: &Fates,
    name: &ObjectName,
    constraint: &Constraint,
) -> bool {
    match &constraint.rule {
        ConstraintRule::Check { .. } => has_joining_table(sides, name),
        ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) => {
            let needed = sides.right.dependencies.get(name).into_iter().flatten();
            let mut wholes = needed.filter(|one| one.kind == ObjectKind::Constraint);
            !has_joining_table(sides, name) && wholes.any(|whole| !fates.is_made(whole))
        }
        _ => false,
    }
}

/// The parents that a table has on both sides and does not leave for a while, as SQL names them: what is done to these
/// reaches it.
pub(super) fn common_parents<'t>(
    sides: &Sides<'_>,
    name: &ObjectName,
    (left, right): (&'t Table, &'t Table),
) -> impl Iterator<Item = &'t String> + use<'t> {
    let inherited = right.inherits.iter().take(kept(left, right));
    let is_kept = left.partition_of == right.partition_of && !is_tied(sides, name);
    let partitioned = right.partition_of.as_ref().filter(|_| is_kept).map(|one| &one.parent);
    inherited.chain(partitioned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Partition;

    fn texts(statements: Vec<Statement>) -> Vec<String> {
        statements.into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn other_bounds_take_leaving_and_joining() {
        let name = ObjectName::new(ObjectKind::Table, Some("s"), "p1");
        let of = |bound: &str| Table {
            partition_of: Some(Partition { parent: "s.p".to_owned(), bound: bound.to_owned() }),
            ..Table::default()
        };
        let (left, right) = (of("FOR VALUES IN (1)"), of("FOR VALUES IN (2)"));
        assert_eq!(texts(leave(&name, &left, &right, false)), ["ALTER TABLE s.p DETACH PARTITION s.p1"]);
        assert_eq!(
            texts(join(&name, &left, &right, false)),
            ["ALTER TABLE s.p ATTACH PARTITION s.p1 FOR VALUES IN (2)"]
        );
    }

    #[test]
    fn parents_come_in_their_order() {
        let name = ObjectName::new(ObjectKind::Table, Some("s"), "c");
        let of = |parents: &[&str]| Table {
            inherits: parents.iter().map(|one| (*one).to_owned()).collect(),
            ..Table::default()
        };
        let (left, right) = (of(&["s.a", "s.b"]), of(&["s.a", "s.x", "s.b"]));
        assert_eq!(texts(leave(&name, &left, &right, false)), ["ALTER TABLE s.c NO INHERIT s.b"]);
        assert_eq!(
            texts(join(&name, &left, &right, false)),
            ["ALTER TABLE s.c INHERIT s.x", "ALTER TABLE s.c INHERIT s.b"]
        );
    }
}
