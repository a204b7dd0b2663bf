//! Constraints of tables.

use super::super::{Remark, Statement};
use super::POSTGRES;
use super::all_null;
use super::heritage::{has_joining_table, has_leaving_table};
use super::sides::{Sides, constraint_of, partitions_of, table_of_part};
use super::view::set_and_reset;
use super::way::Way;
use crate::catalog::sql::{comment, identifier, named, qualified, relation_of};
use crate::catalog::{
    Catalog, Constraint, ConstraintRule, Deferrable, ForeignKey, Key, ObjectKind, ObjectName,
};

/// The way between two constraints of one name: by altering the left one in place where PostgreSQL can, else by making
/// it again.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Constraint, right: &Constraint) -> Way {
    let words = format!("ALTER TABLE {}", relation_of(POSTGRES, name));
    let own = identifier(POSTGRES, &name.name);
    let validate = || {
        let mut statement = Statement::new(name, format!("{words} VALIDATE CONSTRAINT {own}"));
        statement.remarks.extend(remark(sides, name));
        Way::settings(vec![statement])
    };
    if is_validated_by_child_alone(sides, name, left, right) {
        return validate();
    }
    let is_only_declared_elsewhere = is_same_but(left, right, |one| one.is_inherited = false);
    if left.is_inherited && right.is_inherited || is_only_declared_elsewhere {
        // The parent's statements reach it.
        return Way::Equal;
    }
    if let Some(attach) = attach(sides, name, left, right) {
        return Way::settings(attach);
    }
    if is_same_but(left, right, |one| {
        one.is_validated = true;
        one.definition = one.definition.trim_end_matches(" NOT VALID").to_owned();
    }) && !left.is_validated
    {
        return validate();
    }
    let is_reference = matches!(right.rule, ConstraintRule::ForeignKey(_));
    if is_reference
        && is_same_but(left, right, |one| {
            one.deferrable = Deferrable::No;
            one.definition = without_deferrable(&one.definition);
        })
    {
        let clause = right.deferrable.sql();
        return Way::settings(vec![Statement::new(name, format!("{words} ALTER CONSTRAINT {own} {clause}"))]);
    }
    if is_same_but(left, right, |one| {
        if let ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) = &mut one.rule {
            key.storage_options.clear();
            key.tablespace = None;
        }
        one.definition.clear();
    }) && let (Some(old), Some(new)) = (key_of(left), key_of(right))
    {
        return Way::settings(key_settings(name, old, new));
    }
    Way::Renew
}

/// Whether a child has validated what no parent of its has: the parents' statements do not reach that far.
fn is_validated_by_child_alone(
    sides: &Sides<'_>,
    name: &ObjectName,
    left: &Constraint,
    right: &Constraint,
) -> bool {
    if !(left.is_inherited && right.is_inherited && right.is_validated && !left.is_validated) {
        return false;
    }
    let Some((_, table)) = table_of_part(sides.right, name) else { return false };
    let attached = table.partition_of.as_ref().map(|one| &one.parent);
    let parents = table.inherits.iter().chain(attached).filter_map(|parent| sides.table_named(parent));
    let mut theirs = parents.map(|parent| parent.part(ObjectKind::Constraint, &name.name));
    !theirs.any(|one| constraint_of(sides.right, &one).is_some_and(|one| one.is_validated))
}

/// What makes the index of a key of a partition a part of one of the partitioned table, where nothing else differs.
/// Nothing has to be done where the key of the partitioned table is only made, or the partition joins or leaves it: then the
/// server does it by itself.
fn attach(
    sides: &Sides<'_>,
    name: &ObjectName,
    left: &Constraint,
    right: &Constraint,
) -> Option<Vec<Statement>> {
    let is_same = is_same_but(left, right, |one| {
        one.is_inherited = false;
        if let ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) = &mut one.rule {
            key.attached_to = None;
        }
    });
    let (old, new) = (key_of(left)?, key_of(right)?);
    if is_same && old.attached_to != new.attached_to && has_leaving_table(sides, name) {
        return Some(Vec::new());
    }
    let parent = new.attached_to.as_ref().filter(|_| is_same && old.attached_to.is_none())?;
    if has_joining_table(sides, name)
        || !sides.left.objects.keys().any(|one| qualified(POSTGRES, one) == *parent)
    {
        return Some(Vec::new());
    }
    let attach = format!("ALTER INDEX {parent} ATTACH PARTITION {}", qualified(POSTGRES, name));
    Some(vec![Statement::new(name, attach)])
}

fn key_of(constraint: &Constraint) -> Option<&Key> {
    match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => Some(key),
        _ => None,
    }
}

fn key_settings(name: &ObjectName, left: &Key, right: &Key) -> Vec<Statement> {
    let words = format!("ALTER INDEX {}", qualified(POSTGRES, name));
    let mut actions = set_and_reset(&left.storage_options, &right.storage_options);
    if left.tablespace != right.tablespace {
        actions.push(format!("SET TABLESPACE {}", right.tablespace.as_deref().unwrap_or("pg_default")));
    }
    actions.into_iter().map(|action| Statement::new(name, format!("{words} {action}"))).collect()
}

/// Whether two constraints are equal once `forget` has been done to both.
fn is_same_but(left: &Constraint, right: &Constraint, forget: impl Fn(&mut Constraint)) -> bool {
    let (mut left, mut right) = (left.clone(), right.clone());
    forget(&mut left);
    forget(&mut right);
    left == right
}

fn without_deferrable(definition: &str) -> String {
    let mut text = definition.to_owned();
    for clause in [" INITIALLY DEFERRED", " INITIALLY IMMEDIATE", " NOT DEFERRABLE", " DEFERRABLE"] {
        if let Some(rest) = text.strip_suffix(clause) {
            text = rest.to_owned();
        }
    }
    text
}

/// Constraints that have another name on the right and are else the same: the old name, the new one, and the statements.
pub(super) fn renamed(sides: &Sides<'_>) -> Vec<(ObjectName, ObjectName, Vec<Statement>)> {
    let mut renamed = Vec::new();
    for (table, _, _) in sides.common_tables() {
        let mut coming: Vec<&ObjectName> = sides
            .right
            .parts_of(table)
            .map(|(name, _)| name)
            .filter(|name| name.kind == ObjectKind::Constraint && !sides.left.objects.contains_key(*name))
            .collect();
        let going = sides.left.parts_of(table).filter(|(name, _)| {
            name.kind == ObjectKind::Constraint && !sides.right.objects.contains_key(*name)
        });
        for (old, object) in going {
            let left = constraint_of(sides.left, old).filter(|constraint| !constraint.is_inherited);
            let place =
                coming.iter().position(|new| left.is_some() && constraint_of(sides.right, new) == left);
            let Some(place) = place else { continue };
            let new = coming.remove(place);
            let (from, to) = (identifier(POSTGRES, &old.name), identifier(POSTGRES, &new.name));
            let words = format!("ALTER TABLE {}", relation_of(POSTGRES, old));
            let mut statements =
                vec![Statement::new(old, format!("{words} RENAME CONSTRAINT {from} TO {to}"))];
            let right = sides.right.objects.get(new);
            if let Some(right) = right.filter(|right| right.comment != object.comment) {
                statements.push(Statement::new(new, comment(new, right.comment.as_deref())));
            }
            renamed.push((old.clone(), new.clone(), statements));
        }
    }
    renamed
}

/// What is to be said of a constraint that is added to a table with rows.
pub(super) fn remark(sides: &Sides<'_>, name: &ObjectName) -> Option<Remark> {
    let constraint = constraint_of(sides.right, name)?;
    let (table_name, table) = table_of_part(sides.left, name)?;
    if !constraint.is_validated || table.foreign.is_some() {
        return None;
    }
    if all_null::holds(sides, table_name, name, &constraint.rule) {
        return None;
    }
    let table_sql = qualified(POSTGRES, table_name);
    let has = |columns: &[String]| {
        columns
            .iter()
            .all(|column| table.columns.iter().any(|one| identifier(POSTGRES, &one.name) == *column))
    };
    let place = named(table_name);
    let (what, count) = match &constraint.rule {
        ConstraintRule::PrimaryKey(key) => (
            format!("{place}: rows with the same ({}), or with NULL there", key.columns.join(", ")),
            has(&key.columns).then(|| duplicates(&table_sql, &key.columns, false)),
        ),
        ConstraintRule::Unique(key) => (
            format!("{place}: rows with the same ({})", key.columns.join(", ")),
            has(&key.columns).then(|| duplicates(&table_sql, &key.columns, !key.nulls_not_distinct)),
        ),
        ConstraintRule::ForeignKey(key) => (
            format!("{place}: rows whose ({}) are not in {}", key.columns.join(", "), referenced(key)),
            (has(&key.columns) && has_referenced(sides.left, key)).then(|| orphans(sides, &table_sql, key)),
        ),
        ConstraintRule::Check { expression, .. } => (
            format!("{place}: rows that do not satisfy {}", name.name),
            needs_only_columns_of(sides, name, table_name)
                .then(|| format!("SELECT count(*) FROM {table_sql} WHERE NOT ({expression})")),
        ),
        ConstraintRule::Exclusion { .. } => (format!("{place}: rows that exclude each other"), None),
    };
    Some(Remark::MayFail { object: name.clone(), what, count })
}

/// A query that counts the values of these columns that stand in several rows.
pub(super) fn duplicates(table: &str, columns: &[String], ignores_null: bool) -> String {
    let list = columns.join(", ");
    let condition = match ignores_null {
        true => {
            let not_null: Vec<String> =
                columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
            format!(" WHERE {}", not_null.join(" AND "))
        }
        false => String::new(),
    };
    format!("SELECT count(*) FROM (SELECT FROM {table}{condition} GROUP BY {list} HAVING count(*) > 1) d")
}

fn referenced(key: &ForeignKey) -> String {
    let table = identifier(POSTGRES, &key.table);
    key.schema.as_ref().map_or(table.clone(), |schema| format!("{}.{table}", identifier(POSTGRES, schema)))
}

fn has_referenced(catalog: &Catalog, key: &ForeignKey) -> bool {
    let name = ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table);
    catalog.table(&name).is_some_and(|table| {
        key.referenced_columns
            .iter()
            .all(|column| table.columns.iter().any(|one| identifier(POSTGRES, &one.name) == *column))
    })
}

/// A query that counts the rows whose referenced ones are not there, or in partitions that go.
fn orphans(sides: &Sides<'_>, table: &str, key: &ForeignKey) -> String {
    let not_null: Vec<String> = key.columns.iter().map(|column| format!("t.{column} IS NOT NULL")).collect();
    let pairs = key.referenced_columns.iter().zip(&key.columns);
    let equal = pairs.map(|(there, here)| format!("r.{there} = t.{here}"));
    let name = ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table);
    let stay = partitions_of(sides.right, &name);
    let go = partitions_of(sides.left, &name).into_iter().filter(|one| !stay.contains(one));
    let go: Vec<String> =
        go.map(|one| format!("{}::regclass", POSTGRES.quote_literal(&qualified(POSTGRES, one)))).collect();
    let stays = (!go.is_empty()).then(|| format!("r.tableoid NOT IN ({})", go.join(", ")));
    let equal: Vec<String> = equal.chain(stays).collect();
    format!(
        "SELECT count(*) FROM {table} t WHERE {} AND NOT EXISTS (SELECT FROM {} r WHERE {})",
        not_null.join(" AND "),
        referenced(key),
        equal.join(" AND ")
    )
}

/// Whether what a constraint needs on the right side are columns that its table has on the left.
fn needs_only_columns_of(sides: &Sides<'_>, constraint: &ObjectName, table: &ObjectName) -> bool {
    let needed = sides.right.dependencies.get(constraint).into_iter().flatten();
    let left = sides.left.table(table);
    needed.filter(|needed| *needed != table).all(|needed| match needed.kind {
        ObjectKind::Column => left.is_some_and(|left| left.columns.iter().any(|one| one.name == needed.name)),
        _ => sides.left.objects.contains_key(needed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clause_of_deferring_is_found() {
        let definition = "FOREIGN KEY (a) REFERENCES s.b(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED";
        assert_eq!(without_deferrable(definition), "FOREIGN KEY (a) REFERENCES s.b(id) ON DELETE CASCADE");
    }

    #[test]
    fn duplicates_are_counted_as_the_key_counts_them() {
        let columns = ["a".to_owned(), "b".to_owned()];
        assert_eq!(
            duplicates("s.t", &columns, true),
            "SELECT count(*) FROM (SELECT FROM s.t WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY a, b \
             HAVING count(*) > 1) d"
        );
    }
}
