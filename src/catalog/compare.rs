//! What sets two catalogs apart.

use std::mem::discriminant;

use serde::Serialize;

use super::attribute::{self, Attribute, DEFINITION};
use super::{Catalog, Column, Definition, Object, ObjectKind, ObjectName, Table, data_loss};
use crate::sql::Dialect;

/// What a comparison passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompareOptions {
    /// Whether tables with the same columns in another order are equal.
    pub ignore_column_order: bool,
    /// Whether owners and grants are compared.
    pub with_privileges: bool,
}

/// One thing in which the right side differs from the left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The object.
    pub object: ObjectName,
    /// How it differs.
    #[serde(flatten)]
    pub change: Change,
    /// What is lost on the way from one side to the other.
    pub loses_data: DataLoss,
}

/// How an object differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Only the right side has it.
    Added,
    /// Only the left side has it.
    Removed,
    /// Both have it.
    Altered {
        /// What differs.
        attribute: &'static str,
        /// Its value on the left side; none where it is absent.
        left: Option<String>,
        /// Its value on the right side; none where it is absent.
        right: Option<String>,
    },
}

/// Whether rows or values can be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DataLoss {
    /// When the left side is made like the right one.
    pub making: bool,
    /// When the right side is made like the left one.
    pub undoing: bool,
}

/// The kinds that have parts.
pub(super) const RELATIONS: [ObjectKind; 4] =
    [ObjectKind::Table, ObjectKind::VirtualTable, ObjectKind::View, ObjectKind::MaterializedView];

/// The differences, by object. The parts of a table or view that only one side has are not told one by one.
#[must_use]
pub fn compare(left: &Catalog, right: &Catalog, options: &CompareOptions) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (name, object) in &left.objects {
        match right.objects.get(name) {
            Some(other) if object == other => {}
            Some(other) => {
                Comparison { dialect: left.dialect, options, differences: &mut differences }
                    .objects(name, object, other);
            }
            None if has_relation_of(right, left, name) => {
                differences.push(Difference::removed(name.clone(), data_loss::of_removal(name.kind)));
            }
            None => {}
        }
    }
    for name in right.objects.keys() {
        if !left.objects.contains_key(name) && has_relation_of(left, right, name) {
            differences.push(Difference::added(name.clone(), data_loss::of_removal(name.kind)));
        }
    }
    differences.sort_by(|a, b| a.object.cmp(&b.object));
    differences
}

/// Whether a part's table or view, which `with_part` has, is in `catalog` too; true for what is no part.
fn has_relation_of(catalog: &Catalog, with_part: &Catalog, part: &ObjectName) -> bool {
    let Some(relation) = &part.relation else { return true };
    RELATIONS.into_iter().any(|kind| {
        let name = ObjectName::new(kind, part.schema.as_deref(), relation);
        catalog.objects.contains_key(&name) && with_part.objects.contains_key(&name)
    })
}

impl Difference {
    fn added(object: ObjectName, loses: bool) -> Self {
        Self { object, change: Change::Added, loses_data: DataLoss { making: false, undoing: loses } }
    }

    fn removed(object: ObjectName, loses: bool) -> Self {
        Self { object, change: Change::Removed, loses_data: DataLoss { making: loses, undoing: false } }
    }

    fn altered(dialect: Dialect, object: ObjectName, left: &Attribute, right: &Attribute) -> Self {
        let loses = |from: &Attribute, to: &Attribute| {
            data_loss::of_change(dialect, object.kind, left.name, from.value.as_deref(), to.value.as_deref())
        };
        let loses_data = DataLoss { making: loses(left, right), undoing: loses(right, left) };
        let (left, right) = (left.clone(), right.clone());
        let change = Change::Altered { attribute: left.name, left: left.value, right: right.value };
        Self { object, change, loses_data }
    }
}

/// A comparison in progress.
struct Comparison<'c> {
    dialect: Dialect,
    options: &'c CompareOptions,
    differences: &'c mut Vec<Difference>,
}

impl Comparison<'_> {
    fn objects(&mut self, name: &ObjectName, left: &Object, right: &Object) {
        if discriminant(&left.definition) != discriminant(&right.definition) {
            // Of two tables with one name one is not understood.
            let verbatim = |object: &Object| match &object.definition {
                Definition::Verbatim(sql) => optional(DEFINITION, Some(sql)),
                _ => optional(DEFINITION, None::<&str>),
            };
            self.differences.push(Difference::altered(
                self.dialect,
                name.clone(),
                &verbatim(left),
                &verbatim(right),
            ));
            return;
        }
        let lefts = attribute::attributes(self.dialect, &left.definition);
        let rights = attribute::attributes(self.dialect, &right.definition);
        self.attributes(name, &lefts, &rights);
        let comment = |object: &Object| [optional("comment", object.comment.as_ref())];
        self.attributes(name, &comment(left), &comment(right));
        if self.options.with_privileges {
            let privileges = |object: &Object| {
                [optional("owner", object.owner.as_ref()), optional("grants", grants(&object.grants))]
            };
            self.attributes(name, &privileges(left), &privileges(right));
        }
        if let (Definition::Table(left), Definition::Table(right)) = (&left.definition, &right.definition) {
            self.tables(name, left, right);
        }
    }

    /// Attributes with the same names in the same order. The definition counts only where nothing else differs.
    fn attributes(&mut self, name: &ObjectName, left: &[Attribute], right: &[Attribute]) {
        let found = self.differences.len();
        for (left, right) in left.iter().zip(right) {
            if left != right && (left.name != DEFINITION || self.differences.len() == found) {
                self.differences.push(Difference::altered(self.dialect, name.clone(), left, right));
            }
        }
    }

    fn tables(&mut self, name: &ObjectName, left: &Table, right: &Table) {
        for column in &left.columns {
            let part = name.part(ObjectKind::Column, &column.name);
            match find(right, &column.name) {
                Some(other) if column == other => {}
                Some(other) => self.columns(&part, column, other),
                None => self.differences.push(Difference::removed(part, holds_values(column))),
            }
        }
        for column in &right.columns {
            if find(left, &column.name).is_none() {
                let part = name.part(ObjectKind::Column, &column.name);
                self.differences.push(Difference::added(part, holds_values(column)));
            }
        }
        if !self.options.ignore_column_order {
            let left_order = [optional("column order", Some(order(left, right)))];
            let right_order = [optional("column order", Some(order(right, left)))];
            self.attributes(name, &left_order, &right_order);
        }
    }

    fn columns(&mut self, name: &ObjectName, left: &Column, right: &Column) {
        let lefts = attribute::of_column(self.dialect, left);
        let rights = attribute::of_column(self.dialect, right);
        self.attributes(name, &lefts, &rights);
        if self.options.with_privileges {
            let left = [optional("grants", grants(&left.grants))];
            self.attributes(name, &left, &[optional("grants", grants(&right.grants))]);
        }
    }
}

fn optional(name: &'static str, value: Option<impl ToString>) -> Attribute {
    Attribute { name, value: value.map(|value| value.to_string()) }
}

fn grants(grants: &super::Grants) -> Option<String> {
    (!grants.is_empty()).then(|| grants.iter().cloned().collect::<Vec<_>>().join(", "))
}

fn find<'t>(table: &'t Table, column: &str) -> Option<&'t Column> {
    table.columns.iter().find(|one| one.name == column)
}

/// The columns of a table that the other has too.
fn order(table: &Table, other: &Table) -> String {
    let common = table.columns.iter().filter(|column| find(other, &column.name).is_some());
    common.map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether the values of a column exist nowhere else.
fn holds_values(column: &Column) -> bool {
    column.generated.is_none()
}
