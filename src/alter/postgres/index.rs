//! Indexes that no constraint owns.

use super::super::{Remark, Statement};
use super::sides::{Sides, table_of_part};
use super::view::set_and_reset;
use super::way::Way;
use super::{POSTGRES, all_null, heritage, of_rows};
use crate::catalog::sql::{comment, identifier, named, qualified, relation_of};
use crate::catalog::{Catalog, Definition, Index, ObjectKind, ObjectName};

/// Finds an index of a schema; none where `name` is another object's or nobody's.
pub(super) fn index_of<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<&'c Index> {
    match &catalog.objects.get(name)?.definition {
        Definition::Index(index) => Some(index),
        _ => None,
    }
}

/// The way between two indexes of one name: storage parameters, tablespace, clustering and the place in a partitioned
/// index can be altered, and nothing else.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Index, right: &Index) -> Way {
    let with_right_settings = Index {
        storage_options: right.storage_options.clone(),
        tablespace: right.tablespace.clone(),
        is_clustered: right.is_clustered,
        attached_to: if left.attached_to.is_none() || heritage::has_leaving_table(sides, name) {
            right.attached_to.clone()
        } else {
            left.attached_to.clone()
        },
        is_valid: right.is_valid,
        definition: right.definition.clone(),
        ..left.clone()
    };
    let same_definition = bare_definition(left) == bare_definition(right);
    let becomes_valid = left.is_valid == right.is_valid || right.is_valid && is_of_parent(right);
    if with_right_settings != *right || !same_definition || !becomes_valid {
        return Way::Renew;
    }
    let index = qualified(POSTGRES, name);
    let mut actions = set_and_reset(&left.storage_options, &right.storage_options);
    if left.tablespace != right.tablespace {
        actions.push(format!("SET TABLESPACE {}", right.tablespace.as_deref().unwrap_or("pg_default")));
    }
    let mut statements: Vec<String> =
        actions.into_iter().map(|action| format!("ALTER INDEX {index} {action}")).collect();
    let attached = right.attached_to.as_ref().filter(|_| left.attached_to.is_none());
    // A table that becomes a partition brings its indexes along.
    if let Some(parent) = attached.filter(|_| !heritage::has_joining_table(sides, name)) {
        statements.push(format!("ALTER INDEX {parent} ATTACH PARTITION {index}"));
    }
    if left.is_clustered != right.is_clustered {
        statements.push(match right.is_clustered {
            true => format!(
                "ALTER TABLE {} CLUSTER ON {}",
                relation_of(POSTGRES, name),
                identifier(POSTGRES, &name.name)
            ),
            false => format!("ALTER TABLE {} SET WITHOUT CLUSTER", relation_of(POSTGRES, name)),
        });
    }
    Way::settings(statements.into_iter().map(|sql| Statement::new(name, sql)).collect())
}

/// Whether it is the index of a partitioned table alone, which becomes valid with those of the partitions.
fn is_of_parent(index: &Index) -> bool {
    index.definition.contains(" ON ONLY ")
}

/// The definition without the clauses that stand in attributes of their own.
fn bare_definition(index: &Index) -> String {
    let definition = &index.definition;
    let (before, condition) = match definition.find(" WHERE (") {
        Some(place) => definition.split_at(place),
        None => (definition.as_str(), ""),
    };
    let before = before.split_once(" WITH (").map_or(before, |(before, _)| before);
    let before = before.split_once(" TABLESPACE ").map_or(before, |(before, _)| before);
    format!("{before}{condition}")
}

/// Indexes that have another name on the right and are else the same: the old name, the new one, and the statements.
pub(super) fn renamed(sides: &Sides<'_>) -> Vec<(ObjectName, ObjectName, Vec<Statement>)> {
    let mut renamed = Vec::new();
    let is_index = |name: &ObjectName| name.kind == ObjectKind::Index;
    let mut coming: Vec<&ObjectName> = sides
        .right
        .objects
        .keys()
        .filter(|name| is_index(name) && !sides.left.objects.contains_key(*name))
        .collect();
    for (old, object) in sides.left.objects.iter().filter(|(name, _)| is_index(name)) {
        let left = index_of(sides.left, old).filter(|_| !sides.right.objects.contains_key(old));
        let Some(left) = left.filter(|index| index.attached_to.is_none()) else { continue };
        let is_new_name = |new: &&ObjectName| {
            new.relation == old.relation
                && new.schema == old.schema
                && index_of(sides.right, new).is_some_and(|right| is_same_but_for_name(old, left, new, right))
        };
        let is_kept = sides
            .left
            .relation_of(old)
            .is_some_and(|(relation, _)| sides.right.objects.contains_key(relation));
        let Some(place) = coming.iter().position(is_new_name).filter(|_| is_kept) else { continue };
        let new = coming.remove(place);
        let to = identifier(POSTGRES, &new.name);
        let sql = format!("ALTER INDEX {} RENAME TO {to}", qualified(POSTGRES, old));
        let mut statements = vec![Statement::new(old, sql)];
        let right = sides.right.objects.get(new);
        if let Some(right) = right.filter(|right| right.comment != object.comment) {
            statements.push(Statement::new(new, comment(new, right.comment.as_deref())));
        }
        renamed.push((old.clone(), new.clone(), statements));
    }
    renamed
}

fn is_same_but_for_name(old: &ObjectName, left: &Index, new: &ObjectName, right: &Index) -> bool {
    let words = |name: &ObjectName| format!("INDEX {} ON ", identifier(POSTGRES, &name.name));
    let definition = left.definition.replacen(&words(old), &words(new), 1);
    Index { definition, ..left.clone() } == *right
}

/// What is to be said of an index that is made on a table with rows.
pub(super) fn remark(sides: &Sides<'_>, name: &ObjectName) -> Option<Remark> {
    let index = index_of(sides.right, name).filter(|index| index.attached_to.is_none())?;
    let (table_name, table) = table_of_part(sides.left, name)?;
    if !index.is_unique {
        let keys = index.keys.iter().map(|key| key.expression.as_str());
        let expressions: Vec<&str> = keys.chain(index.predicate.as_deref()).collect();
        return of_rows::computed(sides, table_name, name, &expressions);
    }
    let keys: Vec<String> = index.keys.iter().map(|key| key.expression.clone()).collect();
    let are_columns =
        keys.iter().all(|key| table.columns.iter().any(|column| identifier(POSTGRES, &column.name) == *key));
    if !index.nulls_not_distinct && keys.iter().any(|key| all_null::is_null(sides, table_name, key)) {
        return None;
    }
    let can_count = are_columns && index.predicate.is_none();
    Some(Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows with the same ({})", named(table_name), keys.join(", ")),
        count: can_count.then(|| {
            super::constraint::duplicates(&qualified(POSTGRES, table_name), &keys, !index.nulls_not_distinct)
        }),
    })
}
