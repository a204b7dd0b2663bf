//! Foreign keys as relation fields on both sides.

use std::collections::BTreeSet;

use super::super::super::model::{Action, Relation};
use super::super::super::names;
use super::super::defaults::quoted;
use super::drawer::{Drawer, is_target};
use super::drawn::{DrawnField, DrawnModel, DrawnRelation};
use super::names::{free_field, valid_name};
use crate::catalog::{ConstraintRule, Definition, ForeignKey, ObjectName};
use crate::sql::unquoted_name;

/// A foreign key with its table and its name.
struct Key<'c> {
    part: &'c ObjectName,
    table: &'c ObjectName,
    target: &'c ObjectName,
    key: &'c ForeignKey,
}

impl<'c> Drawer<'c> {
    /// The foreign keys between tables that are models.
    fn keys(&self) -> Vec<Key<'c>> {
        let mut keys = Vec::new();
        for (table, _) in &self.tables {
            for (part, object) in self.catalog.parts_of(table) {
                let Definition::Constraint(constraint) = &object.definition else { continue };
                let ConstraintRule::ForeignKey(key) = &constraint.rule else { continue };
                if let Some((target, _)) =
                    self.tables.iter().find(|(name, _)| is_target(self.catalog.dialect, name, key))
                {
                    keys.push(Key { part, table, target, key });
                }
            }
        }
        keys
    }

    /// Adds to the models the relation fields of all foreign keys and join tables.
    pub(super) fn draw_relations(&self, models: &mut [DrawnModel]) {
        let keys = self.keys();
        for key in &keys {
            let pair = |one: &Key<'_>| {
                let ends = [one.table, one.target];
                [key.table, key.target] == ends || [key.target, key.table] == ends
            };
            let is_alone = key.table != key.target && keys.iter().filter(|one| pair(one)).count() == 1;
            self.draw_foreign_key(models, key, is_alone);
        }
        for table in &self.join_tables {
            self.draw_join_table(models, table);
        }
    }

    fn draw_foreign_key(&self, models: &mut [DrawnModel], key: &Key<'_>, is_alone: bool) {
        let position =
            |name: &ObjectName, models: &[DrawnModel]| models.iter().position(|model| model.object == *name);
        let (Some(own_at), Some(target_at)) = (position(key.table, models), position(key.target, models))
        else {
            return;
        };
        let Some((own, target)) = models.get(own_at).zip(models.get(target_at)) else { return };
        let Some(fields) = self.fields_of(own, &key.key.columns) else { return };
        let referenced = if key.key.referenced_columns.is_empty() {
            self.primary_fields(target)
        } else {
            self.fields_of(target, &key.key.referenced_columns)
        };
        let Some(references) = referenced else { return };
        let is_optional = |name: &&str| {
            own.fields.iter().any(|field| field.name == **name && field.type_name.ends_with('?'))
        };
        let any_optional = fields.iter().any(is_optional);
        let all_optional = fields.iter().all(is_optional);
        let columns = self.columns_of(own, &fields);
        let relation = format!("{}_{}To{}", own.name, columns.join("_"), target.name);
        let known = self.known_relation(key, &columns);
        let (forward, backward, relation) = match known {
            Some((forward, backward, name)) => (forward, backward, name),
            None if is_alone => (target.name.clone(), own.name.clone(), None),
            None => {
                let relation = valid_name(&relation);
                (relation.clone(), format!("other_{relation}"), Some(relation))
            }
        };
        let (forward, backward) = (free_field(own, &forward), free_field(target, &backward));
        let mut arguments: Vec<String> = relation.iter().map(|name| quoted(name)).collect();
        arguments.push(format!("fields: [{}]", fields.join(", ")));
        arguments.push(format!("references: [{}]", references.join(", ")));
        let usual = if all_optional { "SET NULL" } else { "RESTRICT" };
        for (argument, found, usual) in
            [("onDelete", &key.key.on_delete, usual), ("onUpdate", &key.key.on_update, "CASCADE")]
        {
            if found != usual {
                arguments.extend(action(found).map(|action| format!("{argument}: {action}")));
            }
        }
        let default = names::foreign_key(self.catalog.dialect, &own.object.name, &columns);
        if self.catalog.dialect.names_constraints() && key.part.name != default {
            arguments.push(format!("map: {}", quoted(&key.part.name)));
        }
        let is_one = self.is_unique(key.table, &key.key.columns);
        let forward = DrawnRelation {
            part: key.part.clone(),
            name: forward,
            type_name: format!("{}{}", target.name, if any_optional { "?" } else { "" }),
            attribute: Some(format!("@relation({})", arguments.join(", "))),
        };
        let backward = DrawnRelation {
            part: key.part.clone(),
            name: backward,
            type_name: format!("{}{}", own.name, if is_one { "?" } else { "[]" }),
            attribute: relation.map(|name| format!("@relation({})", quoted(&name))),
        };
        for (at, relation) in [(own_at, forward), (target_at, backward)] {
            if let Some(model) = models.get_mut(at) {
                model.relations.push(relation);
            }
        }
    }

    fn primary_fields<'m>(&self, model: &'m DrawnModel) -> Option<Vec<&'m str>> {
        let is_id = |field: &&DrawnField| field.keys.iter().any(|key| key.text.starts_with("@id"));
        model.fields.iter().find(is_id).map(|field| vec![field.name.as_str()])
    }

    /// The fields and the name that the models have for a foreign key, by its columns.
    fn known_relation(&self, key: &Key<'_>, columns: &[&str]) -> Option<(String, String, Option<String>)> {
        let model = self.known_model(key.table)?;
        let target = self.known_model(key.target)?;
        let is_it = |relation: &&Relation| {
            let own: Vec<&str> = relation
                .columns
                .iter()
                .filter_map(|column| model.columns.get(*column))
                .map(|column| column.name.as_str())
                .collect();
            own == columns
        };
        let forward = model.relations.iter().find(is_it)?;
        let backward = target.relations.iter().find(|relation| relation.place == forward.opposite)?;
        Some((forward.field.clone(), backward.field.clone(), forward.name.clone()))
    }

    /// Whether columns are a key, so that there is one row at most.
    fn is_unique(&self, table: &ObjectName, columns: &[String]) -> bool {
        let names = |columns: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
            columns.map(|column| unquoted_name(column).to_ascii_lowercase()).collect()
        };
        let wanted = names(&mut columns.iter());
        self.catalog.parts_of(table).any(|(_, object)| match &object.definition {
            Definition::Constraint(constraint) => match &constraint.rule {
                ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                    names(&mut key.columns.iter()) == wanted
                }
                _ => false,
            },
            Definition::Index(index) => {
                index.is_unique
                    && index.predicate.is_none()
                    && names(&mut index.keys.iter().map(|key| &key.expression)) == wanted
            }
            _ => false,
        })
    }
}

fn action(sql: &str) -> Option<&'static str> {
    Action::ALL.into_iter().find(|action| action.sql() == sql).map(|action| action.name())
}
