//! Join tables as implicit relations of many to many.

use super::super::defaults::quoted;
use super::drawer::{Drawer, is_target};
use super::drawn::{DrawnModel, DrawnRelation};
use super::names::free_field;
use crate::catalog::sql::identifier;
use crate::catalog::{ConstraintRule, Definition, ObjectName, Table};

impl<'c> Drawer<'c> {
    /// Whether a table is that of an implicit relation of many to many: `_Name` with the columns `A` and `B`, which
    /// refer to one table each.
    pub(super) fn is_join_table(&self, name: &ObjectName, table: &Table) -> bool {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        name.name.starts_with('_') && columns == ["A", "B"] && self.ends(name).len() == 2
    }

    /// What `A` and `B` of a join table refer to.
    fn ends(&self, table: &ObjectName) -> Vec<&'c ObjectName> {
        let mut ends = Vec::new();
        for end in ["A", "B"] {
            let column = identifier(self.catalog.dialect, end);
            let key = self.catalog.parts_of(table).find_map(|(_, object)| match &object.definition {
                Definition::Constraint(constraint) => match &constraint.rule {
                    ConstraintRule::ForeignKey(key)
                        if key.columns == [column.clone()] || key.columns == [end] =>
                    {
                        Some(key.clone())
                    }
                    _ => None,
                },
                _ => None,
            });
            let Some(key) = key else { continue };
            ends.extend(self.catalog.objects.keys().find(|name| is_target(self.catalog.dialect, name, &key)));
        }
        ends
    }

    /// Adds to the two models that a join table joins the lists that stand for it.
    pub(super) fn draw_join_table(&self, models: &mut [DrawnModel], table: &ObjectName) {
        let ends = self.ends(table);
        let [a, b] = ends.as_slice() else { return };
        let position = |name: &ObjectName| models.iter().position(|model| model.object == *name);
        let (Some(a_at), Some(b_at)) = (position(a), position(b)) else { return };
        let names = models.get(a_at).map(|a| a.name.clone()).zip(models.get(b_at).map(|b| b.name.clone()));
        let Some((a_name, b_name)) = names else { return };
        let relation = table.name.trim_start_matches('_').to_owned();
        let is_usual = relation == format!("{a_name}To{b_name}") && a_at != b_at;
        let attribute = (!is_usual).then(|| format!("@relation({})", quoted(&relation)));
        let known = self.known_join(table);
        let (first, second) = known.unwrap_or_else(|| {
            if a_at == b_at {
                (format!("{b_name}_A"), format!("{b_name}_B"))
            } else {
                (b_name.clone(), a_name.clone())
            }
        });
        for (at, name, target) in [(a_at, first, &b_name), (b_at, second, &a_name)] {
            let Some(model) = models.get_mut(at) else { continue };
            let name = free_field(model, &name);
            let type_name = format!("{target}[]");
            model.relations.push(DrawnRelation {
                part: table.clone(),
                name,
                type_name,
                attribute: attribute.clone(),
            });
        }
    }

    fn known_join(&self, table: &ObjectName) -> Option<(String, String)> {
        let known = self.known?;
        let join = known.join_tables.iter().find(|join| join.name == table.name)?;
        let [a, b] = join.sides.map(|(model, _)| known.models.get(model));
        let first = a?.relations.iter().find(|relation| relation.place == join.place)?;
        let second = b?.relations.iter().find(|relation| relation.place == first.opposite)?;
        Some((first.field.clone(), second.field.clone()))
    }

    /// Whether the model of `A` has a name behind that of the model of `B`.
    pub(super) fn is_crossed(&self, table: &ObjectName) -> bool {
        let names: Vec<&String> =
            self.ends(table).into_iter().filter_map(|end| self.model_names.get(end)).collect();
        matches!(names.as_slice(), [a, b] if a > b)
    }
}
