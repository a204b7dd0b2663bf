//! The tables of implicit relations: their names and the order of their columns come from the names of the models, so
//! that a model of another name has the same rows in another table, or with its columns crossed.

use super::super::model::{JoinTable, Schema};
use super::{Teller, find_table};
use crate::alter::Rename;
use crate::catalog::{ConstraintRule, Definition, ObjectKind, ObjectName};
use crate::sql::unquoted_name;

/// The columns of a join table.
const COLUMNS: [&str; 2] = ["A", "B"];

/// What one column of a join table refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    /// The table on the left.
    table: String,
    /// The relation field of its model; none where only the database tells of it.
    field: Option<String>,
}

impl Teller<'_> {
    /// Finds join tables under their former names, and those whose columns have changed places.
    pub(super) fn join_tables(&mut self) {
        let gone = self.gone_tables();
        let mut pairs = Vec::new();
        for join in &self.lineage.now.join_tables {
            let Some(to) = self.right_name(join) else { continue };
            if self.left_of(&to).is_some() {
                continue;
            }
            let now = self.ends_now(join).map(sorted);
            let former =
                gone.iter().filter(|from| now.is_some() && self.former_ends(from).map(sorted) == now);
            pairs.extend(former.map(|from| ((*from).clone(), to.clone())));
        }
        self.tell(pairs);
        for join in &self.lineage.now.join_tables {
            self.cross(join);
        }
    }

    fn right_name(&self, join: &JoinTable) -> Option<ObjectName> {
        let mut names = self.sides.right.objects.keys();
        let is_it = |name: &&ObjectName| {
            name.kind == ObjectKind::Table
                && self.is_same(&name.name, &join.name)
                && (join.schema.is_none() || join.schema == name.schema)
        };
        names.find(is_it).cloned()
    }

    /// What the columns of a join table refer to as the models are, by the names of the left.
    fn ends_now(&self, join: &JoinTable) -> Option<[End; 2]> {
        let fields = fields(self.lineage.now, join)?;
        let [first, second] = join.sides.map(|(model, _)| {
            let model = self.lineage.now.models.get(model)?;
            let right = find_table(self.sides.right, model)?;
            Some(self.left_of(right)?.name)
        });
        let [first_field, second_field] = fields.map(Some);
        Some([End { table: first?, field: first_field }, End { table: second?, field: second_field }])
    }

    /// What they referred to by the last of the former models that had the table.
    fn former_ends(&self, table: &ObjectName) -> Option<[End; 2]> {
        self.lineage.former.iter().find_map(|former| {
            let join = former.join_tables.iter().find(|join| self.is_same(&join.name, &table.name))?;
            let fields = fields(former, join)?;
            let [first, second] = join.sides.map(|(model, _)| former.models.get(model));
            let [first_field, second_field] = fields.map(Some);
            Some([
                End { table: first?.table.clone(), field: first_field },
                End { table: second?.table.clone(), field: second_field },
            ])
        })
    }

    /// What they refer to by the foreign keys on the left.
    fn ends_there(&self, table: &ObjectName) -> Option<[End; 2]> {
        let end = |column: &str| {
            let mut parts = self.sides.left.parts_of(table);
            parts.find_map(|(_, object)| match &object.definition {
                Definition::Constraint(constraint) => match &constraint.rule {
                    ConstraintRule::ForeignKey(key)
                        if matches!(key.columns.as_slice(), [only] if unquoted_name(only) == *column) =>
                    {
                        Some(End { table: key.table.clone(), field: None })
                    }
                    _ => None,
                },
                _ => None,
            })
        };
        let [first, second] = COLUMNS.map(end);
        Some([first?, second?])
    }

    /// Lets the columns of a join table change places where each refers to what the other referred to.
    fn cross(&mut self, join: &JoinTable) {
        let found = self.right_name(join).and_then(|to| Some((self.left_of(&to)?, to)));
        let Some((from, to)) = found else { return };
        let Some(now) = self.ends_now(join) else { return };
        let is_crossed = |[first, second]: [End; 2]| first != second && [second, first] == now;
        let without_fields = |ends: [End; 2]| ends.map(|end| End { field: None, ..end });
        let is_crossed = match (self.former_ends(&from), self.ends_there(&from)) {
            (Some(former), _) if is_crossed(former.clone()) => true,
            (_, Some([first, second])) => first != second && [second, first] == without_fields(now.clone()),
            _ => false,
        };
        let [a, b] = COLUMNS.map(|column| from.part(ObjectKind::Column, column));
        let is_open = |column: &ObjectName| {
            !self.renames.iter().any(|rename| rename.from == *column) && (self.sides.is_open)(column, None)
        };
        if is_crossed && is_open(&a) && is_open(&b) {
            let [new_a, new_b] = COLUMNS.map(|column| to.part(ObjectKind::Column, column));
            self.renames.push(Rename { from: a, to: new_b, label: None });
            self.renames.push(Rename { from: b, to: new_a, label: None });
        }
    }
}

fn sorted(mut ends: [End; 2]) -> [End; 2] {
    ends.sort();
    ends
}

/// The relation fields of both sides.
fn fields(schema: &Schema, join: &JoinTable) -> Option<[String; 2]> {
    let [first, second] = join.sides.map(|(model, _)| schema.models.get(model));
    let first = first?.relations.iter().find(|relation| relation.place == join.place)?;
    let second = second?.relations.iter().find(|relation| relation.place == first.opposite)?;
    Some([first.field.clone(), second.field.clone()])
}
