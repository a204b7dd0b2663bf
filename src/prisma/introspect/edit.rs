//! Models that are there, made what the database is: what is as it was keeps its text, comments and order.

use std::collections::BTreeMap;

use super::super::model::{Enum, Model, Relation, Schema};
use super::super::source::{Place, SourceFile};
use super::super::syntax::{Attribute, Block, Document, Field, Keyword};
use super::draw::{Drawing, DrawnEnum, DrawnField, DrawnModel, FieldKey};
use super::edits::Edits;
use super::home::Homes;
use super::render;
use crate::catalog::{Catalog, Change, CompareOptions, Difference, ObjectKind, ObjectName, compare};
use crate::sql::Dialect;

/// The models that are there, and the schema that they stand for.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The files.
    pub files: &'k [SourceFile],
    /// What the files mean.
    pub schema: &'k Schema,
    /// What they build, completed by what of the database they cannot say.
    pub catalog: &'k Catalog,
}

/// The files with what `database` has otherwise than the models that are `known` build; where nothing differs, as they
/// are.
pub(super) fn edit(
    known: Known<'_>,
    document: &Document,
    drawing: &Drawing,
    database: &Catalog,
) -> Vec<SourceFile> {
    let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
    let differences = compare(known.catalog, database, &options);
    let mut editor =
        Editor { known, document, drawing, dialect: database.dialect, edits: Edits::of(known.files) };
    let mut by_table: BTreeMap<ObjectName, Vec<&Difference>> = BTreeMap::new();
    for difference in &differences {
        let object = &difference.object;
        let owner = object.relation.as_deref().map_or_else(
            || object.clone(),
            |relation| ObjectName::new(ObjectKind::Table, object.schema.as_deref(), relation),
        );
        by_table.entry(owner).or_default().push(difference);
    }
    for (owner, differences) in &by_table {
        match owner.kind {
            ObjectKind::Table => editor.table(owner, differences),
            ObjectKind::Enum => editor.of_enum(owner, differences),
            _ => {}
        }
    }
    editor.edits.made()
}

struct Editor<'e> {
    known: Known<'e>,
    document: &'e Document,
    drawing: &'e Drawing,
    dialect: Dialect,
    edits: Edits<'e>,
}

impl<'e> Editor<'e> {
    fn table(&mut self, table: &ObjectName, differences: &[&Difference]) {
        let is_whole =
            |change: &Change| differences.iter().any(|one| one.object == *table && one.change == *change);
        if self.drawing.join_tables.contains(table) || self.known_join(table).is_some() {
            if is_whole(&Change::Removed) {
                self.remove_join(table);
            } else if is_whole(&Change::Added) {
                self.add_relations(table, None);
            }
            return;
        }
        if is_whole(&Change::Added) {
            if let Some(drawn) = self.drawn(table) {
                let home = self.homes().of_model(drawn);
                self.edits.add_block(home, &render::model_block(drawn));
                self.add_relations(table, Some(table));
            }
            return;
        }
        let Some((model, block)) = self.known_model(table) else { return };
        if is_whole(&Change::Removed) {
            return self.remove_model(model, block);
        }
        let Some(drawn) = self.drawn(table) else { return };
        let of = |is_wanted: fn(ObjectKind) -> bool| {
            differences.iter().filter(move |difference| is_wanted(difference.object.kind))
        };
        let parts = || of(|kind| matches!(kind, ObjectKind::Constraint | ObjectKind::Index));
        // What goes is known before the lines of fields are written anew, and before what comes finds its place.
        for part in parts().filter(|part| part.change != Change::Added) {
            self.remove_part(model, block, &part.object.name);
        }
        for column in of(|kind| kind == ObjectKind::Column) {
            self.column(model, block, drawn, column);
        }
        for part in parts().filter(|part| part.change != Change::Removed) {
            self.add_part(block, drawn, &part.object);
        }
    }

    fn drawn(&self, table: &ObjectName) -> Option<&'e DrawnModel> {
        self.drawing.models.iter().find(|model| model.object == *table)
    }

    fn known_model(&self, table: &ObjectName) -> Option<(&'e Model, &'e Block)> {
        let is_it = |model: &&Model| {
            let has_schema = table
                .schema
                .as_deref()
                .is_none_or(|schema| schema == model.schema.as_deref().unwrap_or("public"));
            !model.is_view && has_schema && self.dialect.is_same_name(&model.table, &table.name)
        };
        let model = self.known.schema.models.iter().find(is_it)?;
        Some((model, self.block(Keyword::Model, &model.name)?))
    }

    fn block(&self, keyword: Keyword, name: &str) -> Option<&'e Block> {
        self.document.blocks.iter().find(|block| block.keyword == keyword && block.name.text == name)
    }

    /// The relation fields of a join table that is there.
    fn known_join(&self, table: &ObjectName) -> Option<&'e Relation> {
        let join = self.known.schema.join_tables.iter().find(|join| join.name == table.name)?;
        let (model, _) = join.sides[0];
        self.known.schema.models.get(model)?.relations.iter().find(|relation| relation.place == join.place)
    }

    fn remove_join(&mut self, table: &ObjectName) {
        if let Some(relation) = self.known_join(table) {
            self.edits.remove_lines(&relation.place);
            self.edits.remove_lines(&relation.opposite);
        }
    }

    fn remove_model(&mut self, model: &Model, block: &Block) {
        self.edits.remove_lines(&block.place);
        for relation in &model.relations {
            self.edits.remove_lines(&relation.opposite);
        }
    }

    fn column(&mut self, model: &Model, block: &Block, drawn: &DrawnModel, difference: &Difference) {
        let name = &difference.object.name;
        let field = model
            .columns
            .iter()
            .find(|column| self.dialect.is_same_name(&column.name, name))
            .and_then(|column| block.fields().find(|field| field.name.text == column.field));
        let wanted = drawn.fields.iter().find(|field| field.column == *name);
        match (field, wanted) {
            (Some(field), Some(wanted)) => self.rewrite(field, wanted),
            (Some(field), None) => {
                if !self.edits.is_edited(&field.place) {
                    self.edits.remove_lines(&field.place);
                }
            }
            (None, Some(wanted)) => {
                let mut wanted_alone = render::field_line(wanted);
                wanted_alone.insert_str(0, "  ");
                self.edits.insert_behind_fields(block, &wanted_alone);
            }
            (None, None) => {}
        }
    }

    /// A field with its own attributes, and type and default of the database.
    fn rewrite(&mut self, field: &Field, wanted: &DrawnField) {
        if self.edits.is_edited(&field.place) {
            return;
        }
        let is_of_database = |attribute: &&Attribute| {
            let name = attribute.name.text.as_str();
            name == "default" || name == "map" || name.contains('.')
        };
        let mut words = vec![field.name.text.clone(), wanted.type_name.clone()];
        let own = field
            .attributes
            .iter()
            .filter(|attribute| !is_of_database(attribute) && !self.edits.is_removed(&attribute.place));
        words.extend(own.map(|attribute| self.edits.text(&attribute.place).to_owned()));
        words.extend(wanted.attributes.iter().cloned());
        let has_default = wanted.attributes.iter().any(|attribute| attribute.starts_with("@default"));
        let of_client = field.attributes.iter().filter(|attribute| attribute.name.text == "default");
        if !has_default {
            let texts = of_client.map(|attribute| self.edits.text(&attribute.place));
            words.extend(texts.filter(|text| is_of_client(text)).map(str::to_owned));
        }
        self.edits.replace(field.place.clone(), words.join(" "));
    }

    /// Takes out a key, an index or a foreign key.
    fn remove_part(&mut self, model: &Model, block: &Block, name: &str) {
        if let Some(key) = model.foreign_keys.iter().find(|key| key.name == name) {
            self.remove_relation(model, &key.place);
        } else if let Some(index) = model.indexes.iter().find(|index| index.name == name) {
            self.edits.remove_attribute(block, &index.place);
        } else if let Some(key) = &model.primary_key
            && (key.name == name || !self.dialect.names_constraints() && name.starts_with("PRIMARY KEY"))
        {
            self.edits.remove_attribute(block, &key.place);
        }
    }

    /// Puts in a key, an index or a foreign key of the database.
    fn add_part(&mut self, block: &Block, drawn: &DrawnModel, object: &ObjectName) {
        let is_it = |part: &ObjectName| part == object;
        for (_, text) in drawn.attributes.iter().filter(|(part, _)| part.as_ref().is_some_and(is_it)) {
            self.edits.insert_before_end(block, &format!("  {text}"));
        }
        for field in &drawn.fields {
            for key in field.keys.iter().filter(|key| is_it(&key.part)) {
                // A field that is new has its keys on its line.
                let known = block.fields().find(|known| known.name.text == field.name);
                if let Some(known) = known {
                    self.add_key(block, known, key);
                }
            }
        }
        self.add_relations(object, None);
    }

    /// Gives a field a key; the model, where the field keeps another of that kind.
    fn add_key(&mut self, block: &Block, field: &Field, key: &FieldKey) {
        let name = key.text.trim_start_matches('@').split('(').next().unwrap_or_default();
        let mut others = field.attributes.iter().filter(|attribute| attribute.name.text == name);
        if others.any(|other| !self.edits.is_removed(&other.place)) {
            return self.edits.insert_before_end(block, &format!("  {}", key.block_text));
        }
        self.edits.append(&field.place, format!(" {}", key.text));
    }

    fn remove_relation(&mut self, model: &Model, place: &Place) {
        if let Some(relation) = model.relations.iter().find(|relation| relation.place == *place) {
            self.edits.remove_lines(&relation.place);
            self.edits.remove_lines(&relation.opposite);
        }
    }

    /// The relation fields of a foreign key or a join table, or all those of a new table in the blocks of others.
    fn add_relations(&mut self, part: &ObjectName, new_table: Option<&ObjectName>) {
        for drawn in &self.drawing.models {
            let Some((_, block)) = self.known_model(&drawn.object) else { continue };
            for relation in &drawn.relations {
                let is_of_new = new_table.is_some_and(|table| relation.part.is_part_of(table));
                if relation.part == *part || is_of_new {
                    self.edits.insert_behind_fields(block, &format!("  {}", render::relation_line(relation)));
                }
            }
        }
    }

    fn of_enum(&mut self, object: &ObjectName, differences: &[&Difference]) {
        let drawn = self.drawing.enums.iter().find(|one| one.object == *object);
        let known = self.known.schema.enums.iter().find(|one| one.type_name == object.name);
        let block = known.and_then(|known| self.block(Keyword::Enum, &known.name));
        match (drawn, known.zip(block)) {
            (Some(drawn), Some((known, block))) => {
                if differences.iter().any(|one| matches!(one.change, Change::Altered { .. })) {
                    self.labels(known, block, drawn);
                }
            }
            (Some(drawn), None) => {
                let home = self.homes().of_enum(drawn);
                self.edits.add_block(home, &render::enum_block(drawn));
            }
            (None, Some((_, block))) => self.edits.remove_lines(&block.place),
            (None, None) => {}
        }
    }

    fn labels(&mut self, known: &Enum, block: &Block, drawn: &DrawnEnum) {
        for (name, label) in &known.values {
            let is_gone = !drawn.values.iter().any(|(_, one)| one == label);
            if let Some(field) = block.fields().find(|field| field.name.text == *name).filter(|_| is_gone) {
                self.edits.remove_lines(&field.place);
            }
        }
        for value in &drawn.values {
            if !known.values.iter().any(|(_, label)| *label == value.1) {
                self.edits.insert_behind_fields(block, &format!("  {}", render::enum_value(value)));
            }
        }
    }

    fn homes(&self) -> Homes<'e> {
        Homes::new(self.known.files, self.document, self.drawing)
    }
}

/// Whether the text of `@default(…)` names a function of Prisma's client.
fn is_of_client(text: &str) -> bool {
    ["uuid(", "cuid(", "ulid(", "nanoid("].iter().any(|function| text.contains(function))
}
