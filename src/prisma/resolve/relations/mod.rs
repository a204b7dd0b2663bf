//! Relations: which fields belong together, and the foreign keys and join tables that they are.

mod checks;
pub(super) mod field;

use std::collections::BTreeMap;

use super::super::arguments::{Arguments, list, word};
use super::super::model::{Action, Column, ForeignKey, JoinTable, Relation};
use super::super::names;
use super::super::source::{Fault, Place};
use super::super::syntax::{Arity, Expression};
use super::keys::column_named;
use super::resolver::{Draft, Resolver};
use checks::{check_one_to_one, check_referenced, check_types};
pub(super) use field::RelationField;

/// A relation field, by its model and its place in it.
type Side = (usize, usize);

impl Resolver<'_> {
    /// Makes foreign keys of the relations, and gives the join tables.
    pub(super) fn resolve_relations(&mut self, drafts: &mut [Draft<'_>]) -> Vec<JoinTable> {
        let pairs = self.pairs(drafts);
        let mut join_tables = Vec::new();
        for (first, second) in pairs {
            let result = self.relation(drafts, first, second);
            match result {
                Ok(Some(table)) => join_tables.push(table),
                Ok(None) => {}
                Err(fault) => self.fault(fault),
            }
        }
        let targets: Vec<bool> = drafts.iter().map(|draft| draft.is_ignored).collect();
        for draft in drafts.iter_mut() {
            for relation in &draft.relation_fields {
                let leads_nowhere = targets.get(relation.target) == Some(&true);
                if leads_nowhere && !draft.is_ignored && !relation.is_ignored {
                    let fault =
                        Fault::new(&relation.field.place, "the model that this field leads to is ignored");
                    self.faults.push(fault.help("@ignore"));
                }
            }
        }
        join_tables
    }

    /// The fields of each relation, in the order of the first of them.
    fn pairs(&mut self, drafts: &[Draft<'_>]) -> Vec<(Side, Side)> {
        let mut groups: BTreeMap<(usize, usize, Option<&str>), Vec<Side>> = BTreeMap::new();
        let mut order = Vec::new();
        for (model, draft) in drafts.iter().enumerate() {
            for (at, relation) in draft.relation_fields.iter().enumerate() {
                let (low, high) = (model.min(relation.target), model.max(relation.target));
                let key = (low, high, relation.name);
                let sides = groups.entry(key).or_default();
                if sides.is_empty() {
                    order.push(key);
                }
                sides.push((model, at));
            }
        }
        let mut pairs = Vec::new();
        for key in order {
            let sides = groups.remove(&key).unwrap_or_default();
            match self.pair(drafts, key, &sides) {
                Ok(pair) => pairs.push(pair),
                Err(fault) => self.fault(fault),
            }
        }
        pairs
    }

    /// The two fields of a relation, or why they are not two.
    fn pair(
        &self,
        drafts: &[Draft<'_>],
        (low, high, name): (usize, usize, Option<&str>),
        sides: &[Side],
    ) -> Result<(Side, Side), Fault> {
        let field = |side: Side| drafts.get(side.0).and_then(|draft| draft.relation_fields.get(side.1));
        let model = |index: usize| drafts.get(index).map_or("", |draft| draft.model.name.as_str());
        let is_self = low == high;
        for index in [low, high] {
            let own: Vec<Side> = sides.iter().copied().filter(|side| side.0 == index).collect();
            let most = if is_self { if name.is_some() { 2 } else { 1 } } else { 1 };
            let (Some(surplus), Some(first)) = (own.get(most), own.first()) else { continue };
            let (Some(surplus), Some(first)) = (field(*surplus), field(*first)) else { continue };
            let message = match name {
                Some(name) => format!("more fields than one relation has are called \"{name}\""),
                None => format!(
                    "the fields `{}` and `{}` of `{}` both lead to `{}`: which is the other side of which cannot be told",
                    first.field.name.text,
                    surplus.field.name.text,
                    model(index),
                    model(surplus.target),
                ),
            };
            return Err(surplus
                .fault(message)
                .help("give each relation a name, on both sides: @relation(\"name\")"));
        }
        match sides {
            [first, second] if is_self || first.0 != second.0 => Ok((*first, *second)),
            [only, ..] => {
                let Some(found) = field(*only) else {
                    return Err(Fault::new(&drafts_place(drafts), "no field"));
                };
                let (own, other) = (model(only.0), model(found.target));
                let message = format!(
                    "`{}` of `{own}` has no field on the other side, in `{other}`",
                    found.field.name.text
                );
                let arity = if found.field.arity == Arity::List { "?" } else { "[]" };
                let example = format!("{}{}", lower_first(own), if arity == "[]" { "s" } else { "" });
                let name = name.map_or_else(String::new, |name| format!(" @relation(\"{name}\")"));
                Err(Fault::new(&found.field.place, message)
                    .help(format!("add to `{other}`: {example} {own}{arity}{name}")))
            }
            [] => Err(Fault::new(&drafts_place(drafts), "no field")),
        }
    }

    fn relation(
        &self,
        drafts: &mut [Draft<'_>],
        first: Side,
        second: Side,
    ) -> Result<Option<JoinTable>, Fault> {
        let sides = [first, second];
        let Some([one, other]) = fields_of(drafts, sides) else { return Ok(None) };
        for side in [one, other] {
            self.check_actions(side)?;
        }
        let places = [one.field.place.clone(), other.field.place.clone()];
        let are_lists = one.field.arity == Arity::List && other.field.arity == Arity::List;
        let (table, key) = if are_lists {
            (Some(self.join_table(drafts, sides)?), None)
        } else {
            let forward = forward_side(drafts, sides)?;
            let backward = if forward == first { second } else { first };
            (None, Some((forward, self.foreign_key(drafts, forward, backward)?)))
        };
        let has_view =
            sides.into_iter().any(|side| drafts.get(side.0).is_some_and(|draft| draft.model.is_view));
        let [place, opposite] = places;
        for (side, opposite) in [(first, opposite), (second, place)] {
            let Some(draft) = drafts.get_mut(side.0) else { continue };
            let own = key.as_ref().filter(|(forward, _)| *forward == side).map(|(_, key)| key);
            add_relation(draft, side.1, own.map(|key| key.columns.clone()).unwrap_or_default(), opposite);
            draft
                .model
                .foreign_keys
                .extend(own.filter(|_| !has_view && self.datasource.has_foreign_keys).cloned());
        }
        Ok(table)
    }

    fn check_actions(&self, side: &RelationField<'_>) -> Result<(), Fault> {
        if self.datasource.has_foreign_keys {
            return Ok(());
        }
        for (action, value) in [side.on_delete, side.on_update].into_iter().flatten() {
            let is_none = self.is_postgres() && action == Action::NoAction;
            if action == Action::SetDefault || is_none {
                let message = format!("`{}` cannot be with relationMode \"prisma\"", action.name());
                return Err(Fault::new(&value.place, message).help("Restrict"));
            }
        }
        Ok(())
    }

    /// The table of an implicit many-to-many relation. `A` is the side of the model whose name comes first.
    fn join_table(&self, drafts: &[Draft<'_>], sides: [Side; 2]) -> Result<JoinTable, Fault> {
        let Some([one, other]) = fields_of(drafts, sides) else {
            return Err(Fault::new(&drafts_place(drafts), "no field"));
        };
        for side in [one, other] {
            let has_more = side.has_columns() || side.on_delete.is_some() || side.on_update.is_some();
            if has_more {
                let fault = side.fault("both sides are lists: such a relation has only a name".to_owned());
                return Err(fault.help("or make a model of the table between the two"));
            }
        }
        let mut ends = Vec::new();
        for (side, field) in sides.into_iter().zip([one, other]) {
            let Some(draft) = drafts.get(side.0) else { continue };
            match draft.model.primary_key.as_ref().map(|key| key.columns.as_slice()) {
                Some([column]) if !draft.model.is_view => ends.push((draft, side.0, *column, field)),
                _ => {
                    let message = format!(
                        "`{}` has no `@id` of one field, so it cannot be one of many to many",
                        draft.model.name
                    );
                    let fault = Fault::new(&field.field.place, message);
                    return Err(fault.help("make a model of the table between the two"));
                }
            }
        }
        ends.sort_by(|a, b| {
            (&a.0.model.name, &a.3.field.name.text).cmp(&(&b.0.model.name, &b.3.field.name.text))
        });
        let [(a, a_index, a_column, field), (b, b_index, b_column, _)] = ends.as_slice() else {
            return Err(Fault::new(&drafts_place(drafts), "no field"));
        };
        let generated = format!("{}To{}", a.model.name, b.model.name);
        let name = names::join_table(self.datasource.dialect, one.name.unwrap_or(&generated));
        Ok(JoinTable {
            name,
            schema: a.model.schema.clone(),
            sides: [(*a_index, *a_column), (*b_index, *b_column)],
            has_foreign_keys: self.datasource.has_foreign_keys,
            place: field.field.place.clone(),
        })
    }

    /// The foreign key of the side that has the columns.
    fn foreign_key(&self, drafts: &[Draft<'_>], forward: Side, backward: Side) -> Result<ForeignKey, Fault> {
        let (Some(own), Some(target), Some([field, opposite])) =
            (drafts.get(forward.0), drafts.get(backward.0), fields_of(drafts, [forward, backward]))
        else {
            return Err(Fault::new(&drafts_place(drafts), "no field"));
        };
        if opposite.has_columns() {
            return Err(
                opposite.fault("`fields` and `references` stand on one side of a relation".to_owned())
            );
        }
        if let Some((_, value)) = opposite.on_delete.or(opposite.on_update) {
            return Err(Fault::new(
                &value.place,
                "referential actions stand beside `fields` and `references`",
            ));
        }
        let columns = columns(own, field, field.fields, "fields")?;
        let referenced = columns_of_target(target, field)?;
        if columns.len() != referenced.len() {
            return Err(
                field.fault("`fields` and `references` name as many fields as one another".to_owned())
            );
        }
        let place = field.field.place.clone();
        check_types(own, target, field, &columns, &referenced)?;
        check_referenced(&target.model, field, &referenced)?;
        let of_own: Vec<&Column> =
            columns.iter().filter_map(|column| own.model.columns.get(*column)).collect();
        let is_required = |column: &&Column| column.arity != Arity::Optional;
        if field.field.arity == Arity::Required && !of_own.iter().all(is_required) {
            let message =
                format!("`{}` has to be optional, as a field of `fields` is", field.field.name.text);
            return Err(Fault::new(&place, message));
        }
        if opposite.field.arity != Arity::List {
            check_one_to_one(&own.model, field, opposite, &columns)?;
        }
        let any_required = of_own.iter().any(is_required);
        let sets_null = [field.on_delete, field.on_update]
            .into_iter()
            .flatten()
            .find(|(action, _)| *action == Action::SetNull);
        if let Some((_, value)) = sets_null
            && any_required
            && !(self.is_postgres() && self.datasource.has_foreign_keys)
        {
            return Err(Fault::new(&value.place, "`SetNull` needs fields that are all optional"));
        }
        let on_delete = field
            .on_delete
            .map_or(if any_required { Action::Restrict } else { Action::SetNull }, |(action, _)| action);
        let on_update = field.on_update.map_or(Action::Cascade, |(action, _)| action);
        let name = self.foreign_key_name(own, field, &of_own)?;
        Ok(ForeignKey { name, columns, target: backward.0, referenced, on_delete, on_update, place })
    }

    fn foreign_key_name(
        &self,
        own: &Draft<'_>,
        field: &RelationField<'_>,
        columns: &[&Column],
    ) -> Result<String, Fault> {
        if let Some(attribute) = field.attribute {
            let known = ["name", "fields", "references", "onDelete", "onUpdate", "map"];
            let arguments = Arguments::of(attribute, Some("name"), &known)?;
            if let Some(name) = self.database_name(&arguments, "map")? {
                if !self.datasource.dialect.names_constraints() {
                    return Err(Fault::new(arguments.place("map"), "foreign keys of SQLite have no `map`"));
                }
                return Ok(name);
            }
        }
        let columns: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        Ok(names::foreign_key(self.datasource.dialect, &own.model.table, &columns))
    }
}

fn fields_of<'d, 's>(drafts: &'d [Draft<'s>], sides: [Side; 2]) -> Option<[&'d RelationField<'s>; 2]> {
    let [first, second] = sides.map(|side| drafts.get(side.0)?.relation_fields.get(side.1));
    Some([first?, second?])
}

/// A place for what cannot be.
fn drafts_place(drafts: &[Draft<'_>]) -> Place {
    drafts.first().map_or(Place { file: 0, span: 0..0 }, |draft| draft.model.place.clone())
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + chars.as_str())
}

fn add_relation(draft: &mut Draft<'_>, at: usize, columns: Vec<usize>, opposite: Place) {
    if let Some(found) = draft.relation_fields.get(at) {
        draft.model.relations.push(Relation {
            field: found.field.name.text.clone(),
            name: found.name.map(str::to_owned),
            target: found.target,
            arity: found.field.arity,
            columns,
            place: found.field.place.clone(),
            opposite,
        });
    }
}

/// The side that has the columns: the one that is no list, or of two such the one that says so.
fn forward_side(drafts: &[Draft<'_>], sides: [Side; 2]) -> Result<Side, Fault> {
    let Some([one, other]) = fields_of(drafts, sides) else { return Ok(sides[0]) };
    if one.field.arity == Arity::List {
        return Ok(sides[1]);
    }
    if other.field.arity == Arity::List {
        return Ok(sides[0]);
    }
    match (one.has_columns(), other.has_columns()) {
        (true, true) => {
            Err(other.fault("`fields` and `references` stand on one side of a relation".to_owned()))
        }
        (false, true) => Ok(sides[1]),
        (true, false) => Ok(sides[0]),
        (false, false) => {
            let fault = one.fault("one side of the relation needs `fields` and `references`".to_owned());
            Err(fault.help("@relation(fields: […], references: […])"))
        }
    }
}

/// The columns that `fields` names.
fn columns(
    draft: &Draft<'_>,
    field: &RelationField<'_>,
    expression: Option<&Expression>,
    argument: &str,
) -> Result<Vec<usize>, Fault> {
    let Some(expression) = expression else {
        let fault = field.fault(format!("the relation has no `{argument}`"));
        return Err(fault.help("@relation(fields: […], references: […])"));
    };
    let mut columns = Vec::new();
    for element in list(expression) {
        let column = column_named(draft, word(element)?, &element.place)?;
        if columns.contains(&column) {
            return Err(Fault::new(&element.place, "this field is named twice"));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        return Err(Fault::new(&expression.place, "at least one field is needed"));
    }
    Ok(columns)
}

fn columns_of_target(target: &Draft<'_>, field: &RelationField<'_>) -> Result<Vec<usize>, Fault> {
    columns(target, field, field.references, "references")
}
