//! What a database has and the model language cannot say: it stays as it is.
//!
//! The schema that is wanted is that of the models, completed by what is there: views, triggers, policies, functions,
//! checks, comments, partial and expression indexes, sequences, and tables that are no model's. Of what both have, only
//! that is wanted otherwise which the language can say.
//!
//! A part that names a column which goes cannot stay; it goes with its column.

mod columns;
mod parts;
mod same;

use std::collections::BTreeSet;

use super::model::Schema;
use crate::catalog::{Catalog, Definition, Object, ObjectKind, ObjectName};
use same::{find, table_of};

/// The schema `wanted`, that the models (and SQL beside them) build, completed by what of `now` the models cannot say.
/// Tables that no model has stay, but for those of `forgotten`: they were models, or are named as to be dropped.
#[must_use]
pub fn keep(schema: &Schema, now: &Catalog, wanted: &Catalog, forgotten: &BTreeSet<ObjectName>) -> Catalog {
    let mut kept = wanted.clone();
    for (name, object) in &now.objects {
        let Some(found) = find(wanted, name) else { continue };
        let Some(other) = wanted.objects.get(&found) else { continue };
        let merged = merged(schema, now, (name, object), other);
        kept.objects.remove(&found);
        kept.objects.insert(name.clone(), merged);
    }
    parts::keep_forms(now, wanted, &mut kept);
    for (name, object) in &now.objects {
        let stays = find(wanted, name).is_none() && stays(schema, now, wanted, name, object, forgotten);
        if stays {
            kept.objects.insert(name.clone(), object.clone());
        }
    }
    columns::settle_sequences(now, wanted, &mut kept);
    keep_what_others_need(now, forgotten, &mut kept);
    for (name, needs) in &now.dependencies {
        if kept.objects.contains_key(name) {
            let there = needs.iter().filter(|need| kept.objects.contains_key(need)).cloned();
            kept.dependencies.entry(name.clone()).or_default().extend(there);
        }
    }
    let objects = &kept.objects;
    kept.dependencies.retain(|name, _| objects.contains_key(name));
    for needs in kept.dependencies.values_mut() {
        needs.retain(|need| objects.contains_key(need));
    }
    kept
}

/// Whether an object that only the database has stays there.
fn stays(
    schema: &Schema,
    now: &Catalog,
    wanted: &Catalog,
    name: &ObjectName,
    object: &Object,
    forgotten: &BTreeSet<ObjectName>,
) -> bool {
    if let Some(table) = table_of(name) {
        if forgotten.contains(&table) {
            return false;
        }
        let Some(modelled) = find(wanted, &table) else { return true };
        return parts::stays(schema, (now, &table), (wanted, &modelled), name, object);
    }
    match &object.definition {
        Definition::Table(_) | Definition::Verbatim(_) => !forgotten.contains(name),
        // Enums of the language; one that something else needs comes back with it.
        Definition::Enum(_) => false,
        Definition::Sequence(sequence) => columns::sequence_stays(now, wanted, sequence, forgotten),
        _ => true,
    }
}

/// An object that both have: what the language can say is as it is wanted.
fn merged(schema: &Schema, now: &Catalog, (name, own): (&ObjectName, &Object), other: &Object) -> Object {
    let definition = match (&own.definition, &other.definition) {
        (Definition::Table(own), Definition::Table(other)) => {
            Definition::Table(Box::new(columns::merged(schema, (now, name), own, other)))
        }
        (Definition::Enum(own), Definition::Enum(other)) => Definition::Enum(labels(own, other)),
        (Definition::Index(own), Definition::Index(other)) => {
            Definition::Index(parts::merged_index(schema, own, other))
        }
        (Definition::Constraint(own), Definition::Constraint(other)) => {
            Definition::Constraint(parts::merged_constraint(now.dialect, own, other))
        }
        (Definition::Sequence(own), Definition::Sequence(other)) if own.data_type == other.data_type => {
            Definition::Sequence(own.clone())
        }
        (_, other) => other.clone(),
    };
    Object {
        definition,
        comment: other.comment.clone().or_else(|| own.comment.clone()),
        owner: own.owner.clone(),
        grants: own.grants.clone(),
    }
}

/// Prisma never compares the order of labels. Those that both have are in the order of the database; each new one
/// stands behind the one that it stands behind in the model.
fn labels(own: &[String], wanted: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = own.iter().filter(|label| wanted.contains(label)).cloned().collect();
    let mut before: Option<&String> = None;
    for label in wanted {
        if !labels.contains(label) {
            let place = before.and_then(|before| labels.iter().position(|one| one == before));
            labels.insert(place.map_or(0, |place| place + 1), label.clone());
        }
        before = Some(label);
    }
    labels
}

/// What stays needs what it is made of: enums that a kept table or function uses, say.
fn keep_what_others_need(now: &Catalog, forgotten: &BTreeSet<ObjectName>, kept: &mut Catalog) {
    let mut open: Vec<ObjectName> = kept.objects.keys().cloned().collect();
    while let Some(name) = open.pop() {
        let unchanged = now.objects.get(&name).is_some_and(|object| kept.objects.get(&name) == Some(object));
        if !unchanged {
            continue;
        }
        for need in now.dependencies.get(&name).into_iter().flatten() {
            let is_type = matches!(need.kind, ObjectKind::Enum | ObjectKind::Sequence);
            if !is_type || kept.objects.contains_key(need) || forgotten.contains(need) {
                continue;
            }
            if let Some(object) = now.objects.get(need) {
                kept.objects.insert(need.clone(), object.clone());
                open.push(need.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn the_order_of_labels_is_the_databases() {
        let all = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        assert_eq!(labels(&all(&["b", "a"]), &all(&["a", "b"])), all(&["b", "a"]));
        assert_eq!(labels(&all(&["a", "b"]), &all(&["a", "x", "b"])), all(&["a", "x", "b"]));
        assert_eq!(labels(&all(&["a", "b"]), &all(&["x", "b"])), all(&["x", "b"]));
    }
}
