//! Renames that the models tell by themselves: a model or field is the same, and only its `@@map` or `@map` is another.
//!
//! What the models were before tells it for certain: the last of them that knew what goes says what it was. Without
//! them the names tell, where they leave no doubt: a column called as the field is, but for the case of letters and for
//! `_`; and a table called as its model, also in the plural, most of whose columns are the model's. What neither tells is
//! left to the user.

mod joins;

use super::model::{Column, Model, Schema};
use crate::alter::Rename;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// Models as they are, and as they were, by which renames are told from drops.
#[derive(Debug, Clone, Copy)]
pub struct Lineage<'m> {
    /// The models as they are now.
    pub now: &'m Schema,
    /// What they were, newest first; empty where nothing tells.
    pub former: &'m [Schema],
}

/// What is there and what is wanted, and what is decided of it.
#[derive(Clone, Copy)]
pub struct Sides<'c> {
    /// What is there.
    pub left: &'c Catalog,
    /// What the models build.
    pub right: &'c Catalog,
    /// The renames that are decided.
    pub decided: &'c [Rename],
    /// Whether it is still open what becomes of something on the left; of a label, its type and it.
    pub is_open: &'c dyn Fn(&ObjectName, Option<&str>) -> bool,
}

/// Whether something goes that the models may have under another name. Only then it matters what they were.
#[must_use]
pub fn something_goes(schema: &Schema, sides: Sides<'_>) -> bool {
    let teller = Teller::new(Lineage { now: schema, former: &[] }, sides);
    let comes = |model: &Model| {
        let Some(to) = find_table(sides.right, model) else { return false };
        let Some(from) = teller.left_of(to) else { return true };
        let tables = sides.left.table(&from).zip(sides.right.table(to));
        tables.is_some_and(|(left, right)| {
            right.columns.iter().any(|column| !teller.has(&left.columns, &column.name))
        })
    };
    let has_new_labels = schema.enums.iter().any(|one| teller.labels_of(one).is_some());
    has_new_labels || !schema.join_tables.is_empty() || teller.models().any(comes)
}

/// The renames that the models tell, beyond those that are decided.
#[must_use]
pub fn renames(lineage: Lineage<'_>, sides: Sides<'_>) -> Vec<Rename> {
    let mut teller = Teller::new(lineage, sides);
    teller.tables();
    teller.join_tables();
    teller.columns();
    teller.labels();
    teller.renames.split_off(sides.decided.len())
}

struct Teller<'t> {
    lineage: Lineage<'t>,
    sides: Sides<'t>,
    /// The decided ones, and behind them those that are told.
    renames: Vec<Rename>,
}

impl<'t> Teller<'t> {
    fn new(lineage: Lineage<'t>, sides: Sides<'t>) -> Self {
        Self { lineage, sides, renames: sides.decided.to_vec() }
    }

    fn is_same(&self, one: &str, other: &str) -> bool {
        self.sides.left.dialect.is_same_name(one, other)
    }

    fn is_same_object(&self, one: &ObjectName, other: &ObjectName) -> bool {
        one.kind == other.kind && one.schema == other.schema && self.is_same(&one.name, &other.name)
    }

    fn has(&self, columns: &[crate::catalog::Column], name: &str) -> bool {
        columns.iter().any(|column| self.is_same(&column.name, name))
    }

    fn models(&self) -> impl Iterator<Item = &'t Model> + use<'t> {
        self.lineage.now.models.iter().filter(|model| !model.is_view)
    }

    /// The table on the left that one on the right is, under whatever name.
    fn left_of(&self, right: &ObjectName) -> Option<ObjectName> {
        let renamed = self.renames.iter().find(|rename| self.is_same_object(&rename.to, right));
        match renamed {
            Some(rename) => Some(rename.from.clone()),
            None => self.sides.left.objects.keys().find(|left| self.is_same_object(left, right)).cloned(),
        }
    }

    /// The tables on the left that go.
    fn gone_tables(&self) -> Vec<&'t ObjectName> {
        let is_gone = |name: &&ObjectName| {
            name.kind == ObjectKind::Table
                && !self.sides.right.objects.keys().any(|right| self.is_same_object(right, name))
                && !self.renames.iter().any(|rename| self.is_same_object(&rename.from, name))
                && (self.sides.is_open)(name, None)
        };
        self.sides.left.objects.keys().filter(is_gone).collect()
    }

    fn tables(&mut self) {
        let gone = self.gone_tables();
        let mut pairs = Vec::new();
        for model in self.models() {
            let Some(to) = find_table(self.sides.right, model) else { continue };
            if self.left_of(to).is_none() {
                let former = gone.iter().filter(|from| self.was_table_of(model, from));
                pairs.extend(former.map(|from| ((*from).clone(), to.clone())));
            }
        }
        self.tell(pairs);
    }

    /// Takes the pairs in which neither is in another pair, too.
    fn tell(&mut self, pairs: Vec<(ObjectName, ObjectName)>) {
        let told = pairs.iter().filter(|(from, to)| {
            let is_one = |(left, right): &&(ObjectName, ObjectName)| left == from || right == to;
            pairs.iter().filter(is_one).count() == 1
        });
        let told = told.map(|(from, to)| Rename { from: from.clone(), to: to.clone(), label: None });
        self.renames.extend(told.collect::<Vec<_>>());
    }

    /// Whether a table that goes was that of a model.
    fn was_table_of(&self, model: &Model, gone: &ObjectName) -> bool {
        let owner = self.lineage.former.iter().find_map(|former| model_of(former, gone));
        match owner {
            Some(owner) => owner.name == model.name,
            None if !self.lineage.former.is_empty() => false,
            None => {
                let columns = self.sides.left.table(gone).map_or(&[][..], |table| &table.columns);
                let is_known = |name: &str| {
                    model.columns.iter().any(|one| one.name == name || is_called(name, &one.field))
                };
                let common = columns.iter().filter(|column| is_known(&column.name)).count();
                is_called_as_table(&gone.name, &model.name)
                    && 2 * common >= columns.len()
                    && 2 * common >= model.columns.len()
            }
        }
    }

    fn columns(&mut self) {
        for model in self.models() {
            let Some(to) = find_table(self.sides.right, model) else { continue };
            let Some(from) = self.left_of(to) else { continue };
            let tables = self.sides.left.table(&from).zip(self.sides.right.table(to));
            let Some((left, right)) = tables else { continue };
            let is_decided = |name: &ObjectName, side: fn(&Rename) -> &ObjectName| {
                self.renames.iter().any(|rename| *side(rename) == *name)
            };
            let gone = left.columns.iter().filter(|column| {
                let name = from.part(ObjectKind::Column, &column.name);
                column.generated.is_none()
                    && !column.is_inherited
                    && !self.has(&right.columns, &column.name)
                    && !is_decided(&name, |rename| &rename.from)
                    && (self.sides.is_open)(&name, None)
            });
            let gone: Vec<&crate::catalog::Column> = gone.collect();
            let mut pairs = Vec::new();
            for column in &model.columns {
                let name = to.part(ObjectKind::Column, &column.name);
                let is_new = self.has(&right.columns, &column.name) && !self.has(&left.columns, &column.name);
                if is_new && !is_decided(&name, |rename| &rename.to) {
                    let former = gone.iter().filter(|one| self.was_column_of(&from, column, &one.name));
                    pairs.extend(former.map(|one| (from.part(ObjectKind::Column, &one.name), name.clone())));
                }
            }
            self.tell(pairs);
        }
    }

    /// Whether a column that goes from a table was that of a field.
    fn was_column_of(&self, table: &ObjectName, column: &Column, gone: &str) -> bool {
        let mut formers = self.lineage.former.iter().filter_map(|former| model_of(former, table)).peekable();
        if formers.peek().is_none() {
            return is_called(gone, &column.field);
        }
        let owner = formers.find_map(|model| model.columns.iter().find(|one| self.is_same(&one.name, gone)));
        owner.is_some_and(|owner| owner.field == column.field)
    }

    /// The type of an enum with its labels on both sides, where some come.
    fn labels_of(&self, one: &super::model::Enum) -> Option<(&'t ObjectName, &'t [String], &'t [String])> {
        let is_it = |name: &&ObjectName| {
            let has_schema = one.schema.is_none() || one.schema == name.schema;
            name.kind == ObjectKind::Enum && name.name == one.type_name && has_schema
        };
        let name = self.sides.right.objects.keys().find(is_it)?;
        let labels = |catalog: &'t Catalog| match &catalog.objects.get(name)?.definition {
            Definition::Enum(labels) => Some(labels.as_slice()),
            _ => None,
        };
        let (left, right) = (labels(self.sides.left)?, labels(self.sides.right)?);
        right.iter().any(|label| !left.contains(label)).then_some((name, left, right))
    }

    fn labels(&mut self) {
        for one in &self.lineage.now.enums {
            let Some((name, left, right)) = self.labels_of(one) else { continue };
            let decided: Vec<&(String, String)> = self
                .renames
                .iter()
                .filter(|rename| rename.from == *name)
                .flat_map(|one| &one.label)
                .collect();
            let gone = left.iter().filter(|label| {
                !right.contains(label)
                    && !decided.iter().any(|(old, _)| old == *label)
                    && (self.sides.is_open)(name, Some(label))
            });
            let gone: Vec<&String> = gone.collect();
            let come = one
                .values
                .iter()
                .filter(|(_, label)| !left.contains(label) && !decided.iter().any(|(_, new)| new == label));
            let mut pairs: Vec<(String, String)> = Vec::new();
            for (value, label) in come {
                let former = gone.iter().filter(|old| self.was_label_of(&one.type_name, value, old));
                pairs.extend(former.map(|old| ((*old).clone(), label.clone())));
            }
            let told = pairs.iter().filter(|(old, new)| {
                pairs.iter().filter(|(left, right)| left == old || right == new).count() == 1
            });
            let told: Vec<Rename> = told
                .map(|pair| Rename { from: name.clone(), to: name.clone(), label: Some(pair.clone()) })
                .collect();
            self.renames.extend(told);
        }
    }

    /// Whether a label that goes was that of a value.
    fn was_label_of(&self, type_name: &str, value: &str, gone: &str) -> bool {
        let former = self.lineage.former.iter().flat_map(|former| &former.enums);
        let mut former = former.filter(|one| one.type_name == type_name).peekable();
        if former.peek().is_none() {
            return is_called(gone, value);
        }
        let owner = former.find_map(|one| one.values.iter().find(|(_, label)| label == gone));
        owner.is_some_and(|(name, _)| name == value)
    }
}

/// Whether a table is that of a model. A model that says no schema is in the usual one, whichever that is.
fn is_table_of(model: &Model, dialect: Dialect, name: &ObjectName) -> bool {
    dialect.is_same_name(&model.table, &name.name) && (model.schema.is_none() || model.schema == name.schema)
}

fn find_table<'c>(catalog: &'c Catalog, model: &Model) -> Option<&'c ObjectName> {
    let mut tables = catalog.objects.keys().filter(|name| name.kind == ObjectKind::Table);
    tables.find(|name| is_table_of(model, catalog.dialect, name))
}

fn model_of<'s>(schema: &'s Schema, table: &ObjectName) -> Option<&'s Model> {
    schema.models.iter().find(|model| !model.is_view && is_table_of(model, schema.dialect, table))
}

/// Letters and digits in lower case.
fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// Whether a name of the database is a name of the models.
fn is_called(name: &str, model: &str) -> bool {
    plain(name) == plain(model)
}

/// Whether a table is called as a model, or as several of it.
fn is_called_as_table(table: &str, model: &str) -> bool {
    let (table, model) = (plain(table), plain(model));
    let of_y = model.strip_suffix('y').map(|stem| format!("{stem}ies"));
    table == model
        || table == format!("{model}s")
        || table == format!("{model}es")
        || of_y.is_some_and(|plural| table == plural)
}

#[cfg(test)]
mod tests;
