//! Tables as models: what `prisma db pull` would write for them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Model, Schema};
use super::super::names;
use super::super::resolve::operator_class::schema_name;
use super::defaults::{self, quoted};
use super::types::{postgres_column, sqlite_scalar};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{
    Catalog, Column, ConstraintRule, Definition, ForeignKey, Index, ObjectKind, ObjectName, Table,
};
use crate::sql::Dialect;

/// The schema of PostgreSQL that a model without `@@schema` is in.
const PUBLIC: &str = "public";

/// An enum.
pub(super) struct DrawnEnum {
    pub object: ObjectName,
    pub name: String,
    /// The names of the values, and their labels.
    pub values: Vec<(String, String)>,
    /// The attributes of the block.
    pub attributes: Vec<String>,
}

/// A model.
pub(super) struct DrawnModel {
    pub object: ObjectName,
    pub name: String,
    pub fields: Vec<DrawnField>,
    pub relations: Vec<DrawnRelation>,
    /// The attributes of the block, with the part that each is.
    pub attributes: Vec<(Option<ObjectName>, String)>,
    /// What is there and has no place in the language.
    pub remarks: Vec<String>,
}

/// A column.
pub(super) struct DrawnField {
    pub column: String,
    pub name: String,
    /// With `?` or `[]`.
    pub type_name: String,
    /// Those that say type, default and name.
    pub attributes: Vec<String>,
    /// Keys of this column alone, with the part that each is.
    pub keys: Vec<(ObjectName, String)>,
}

/// A relation field.
pub(super) struct DrawnRelation {
    /// The foreign key, or the join table.
    pub part: ObjectName,
    pub name: String,
    pub type_name: String,
    pub attribute: Option<String>,
}

/// What a database has, in the model language.
pub(super) struct Drawing {
    pub enums: Vec<DrawnEnum>,
    pub models: Vec<DrawnModel>,
    /// The join tables of implicit relations.
    pub join_tables: BTreeSet<ObjectName>,
    /// The schemas, where there is one beside `public`.
    pub schemas: Vec<String>,
}

/// Draws a catalog. Names are those of the models that are there, where these have the same tables and columns.
pub(super) fn draw(catalog: &Catalog, known: Option<&Schema>) -> Drawing {
    let drawer = Drawer::new(catalog, known);
    drawer.all()
}

struct Drawer<'c> {
    catalog: &'c Catalog,
    known: Option<&'c Schema>,
    tables: Vec<(&'c ObjectName, &'c Table)>,
    model_names: BTreeMap<&'c ObjectName, String>,
    enum_names: BTreeMap<&'c ObjectName, String>,
    join_tables: BTreeSet<ObjectName>,
    has_schemas: bool,
}

/// A foreign key with its table and its name.
struct Key<'c> {
    part: &'c ObjectName,
    table: &'c ObjectName,
    target: &'c ObjectName,
    key: &'c ForeignKey,
}

impl<'c> Drawer<'c> {
    fn new(catalog: &'c Catalog, known: Option<&'c Schema>) -> Self {
        let all = catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Table(table) if name.kind == ObjectKind::Table && !is_bookkeeping(name) => {
                Some((name, table.as_ref()))
            }
            _ => None,
        });
        let mut drawer = Self {
            catalog,
            known,
            tables: all.collect(),
            model_names: BTreeMap::new(),
            enum_names: BTreeMap::new(),
            join_tables: BTreeSet::new(),
            has_schemas: false,
        };
        let joins: Vec<ObjectName> = drawer
            .tables
            .iter()
            .filter(|(name, table)| drawer.is_join_table(name, table))
            .map(|(name, _)| (*name).clone())
            .collect();
        drawer.join_tables.extend(joins);
        let tables = std::mem::take(&mut drawer.tables);
        let is_model = |drawer: &Self, name: &ObjectName| !drawer.join_tables.contains(name);
        drawer.tables = tables.iter().copied().filter(|(name, _)| is_model(&drawer, name)).collect();
        drawer.name_all();
        // Which column is `A` the order of the models' names says. Where it says otherwise, the table is a model.
        let crossed: Vec<ObjectName> =
            drawer.join_tables.iter().filter(|table| drawer.is_crossed(table)).cloned().collect();
        if !crossed.is_empty() {
            drawer.join_tables.retain(|table| !crossed.contains(table));
            drawer.tables = tables.iter().copied().filter(|(name, _)| is_model(&drawer, name)).collect();
            drawer.name_all();
        }
        drawer
    }

    /// Whether the model of `A` has a name behind that of the model of `B`.
    fn is_crossed(&self, table: &ObjectName) -> bool {
        let names: Vec<&String> =
            self.ends(table).into_iter().filter_map(|end| self.model_names.get(end)).collect();
        matches!(names.as_slice(), [a, b] if a > b)
    }

    /// Gives every table and enum a name that nothing else has.
    fn name_all(&mut self) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (name, _) in &self.tables {
            let model = self.known_model(name).map(|model| model.name.clone());
            let model = model.unwrap_or_else(|| fresh(&valid_name(&name.name), &taken));
            taken.insert(model.clone());
            self.model_names.insert(name, model);
        }
        let enums: Vec<_> = self.enums().map(|(name, _)| name).collect();
        for name in enums {
            let known = self.known.into_iter().flat_map(|known| &known.enums);
            let mut known =
                known.filter(|one| one.type_name == name.name && is_schema(one.schema.as_deref(), name));
            let found = known.next().map(|one| one.name.clone());
            let found = found.unwrap_or_else(|| fresh(&valid_name(&name.name), &taken));
            taken.insert(found.clone());
            self.enum_names.insert(name, found);
        }
        let named = self.tables.iter().map(|(name, _)| *name).chain(self.enum_names.keys().copied());
        self.has_schemas = match self.known {
            Some(known) => known.models.iter().any(|model| model.schema.is_some()),
            None => {
                named.into_iter().any(|name| name.schema.as_deref().is_some_and(|schema| schema != PUBLIC))
            }
        };
    }

    fn enums(&self) -> impl Iterator<Item = (&'c ObjectName, &'c Vec<String>)> {
        self.catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Enum(labels) => Some((name, labels)),
            _ => None,
        })
    }

    fn known_model(&self, table: &ObjectName) -> Option<&'c Model> {
        let mut models = self.known?.models.iter().filter(|model| !model.is_view);
        models.find(|model| model.table == table.name && is_schema(model.schema.as_deref(), table))
    }

    fn all(self) -> Drawing {
        let enums: Vec<DrawnEnum> = self.enums().map(|(name, labels)| self.draw_enum(name, labels)).collect();
        let mut models: Vec<DrawnModel> =
            self.tables.iter().map(|(name, table)| self.draw_model(name, table, &enums)).collect();
        self.draw_relations(&mut models);
        let all = self.tables.iter().map(|(name, _)| *name).chain(self.enum_names.keys().copied());
        let schemas: BTreeSet<String> = all.filter_map(|name| name.schema.clone()).collect();
        let schemas = if self.has_schemas { schemas.into_iter().collect() } else { Vec::new() };
        Drawing { enums, models, join_tables: self.join_tables, schemas }
    }

    fn block_attributes(&self, object: &ObjectName, name: &str) -> Vec<String> {
        let mut attributes = Vec::new();
        if name != object.name {
            attributes.push(format!("@@map({})", quoted(&object.name)));
        }
        if let Some(schema) = object.schema.as_deref().filter(|_| self.has_schemas) {
            attributes.push(format!("@@schema({})", quoted(schema)));
        }
        attributes
    }

    fn draw_enum(&self, object: &ObjectName, labels: &[String]) -> DrawnEnum {
        let name = self.enum_names.get(object).cloned().unwrap_or_else(|| valid_name(&object.name));
        let known = self.known.into_iter().flat_map(|known| &known.enums).find(|one| one.name == name);
        let mut taken = BTreeSet::new();
        let values = labels.iter().map(|label| {
            let found = known.and_then(|known| known.values.iter().find(|(_, one)| one == label));
            let value = found.map_or_else(|| fresh(&valid_name(label), &taken), |(value, _)| value.clone());
            taken.insert(value.clone());
            (value, label.clone())
        });
        let values = values.collect();
        DrawnEnum { object: object.clone(), values, attributes: self.block_attributes(object, &name), name }
    }

    fn draw_model(&self, object: &ObjectName, table: &Table, enums: &[DrawnEnum]) -> DrawnModel {
        let name = self.model_names.get(object).cloned().unwrap_or_else(|| valid_name(&object.name));
        let known = self.known_model(object);
        let mut taken = BTreeSet::new();
        let fields = table.columns.iter().map(|column| {
            let found = known.and_then(|known| known.columns.iter().find(|one| one.name == column.name));
            let field =
                found.map_or_else(|| fresh(&valid_name(&column.name), &taken), |one| one.field.clone());
            taken.insert(field.clone());
            self.draw_field(object, column, field, enums)
        });
        let fields = fields.collect();
        let mut model = DrawnModel {
            object: object.clone(),
            fields,
            relations: Vec::new(),
            attributes: Vec::new(),
            remarks: Vec::new(),
            name,
        };
        self.draw_keys(&mut model);
        let own = self.block_attributes(object, &model.name);
        if !has_key(&model, table) {
            model.remarks.push(
                "it has no key whose columns are all required: Prisma's client cannot use it".to_owned(),
            );
            model.attributes.push((None, "@@ignore".to_owned()));
        }
        model.attributes.extend(own.into_iter().map(|attribute| (None, attribute)));
        model
    }

    fn draw_field(
        &self,
        table: &ObjectName,
        column: &Column,
        name: String,
        enums: &[DrawnEnum],
    ) -> DrawnField {
        let dialect = self.catalog.dialect;
        let (element, is_list) = match column.data_type.strip_suffix("[]") {
            Some(element) if dialect == Dialect::Postgres => (element, true),
            _ => (column.data_type.as_str(), false),
        };
        let of_enum = enums.iter().find(|one| qualified(dialect, &one.object) == element);
        let scalar = match dialect {
            Dialect::Postgres => postgres_column(element),
            Dialect::Sqlite => sqlite_scalar(element).map(|scalar| (scalar, None)),
        };
        let mut attributes = Vec::new();
        let type_name = match (of_enum, &scalar) {
            (Some(one), _) => one.name.clone(),
            (None, Some((scalar, _))) => scalar.name().to_owned(),
            (None, None) => format!("Unsupported({})", quoted(element)),
        };
        let is_key_of_sqlite = dialect == Dialect::Sqlite && self.is_only_key(table, &column.name);
        let suffix = if is_list {
            "[]"
        } else if column.is_nullable && !is_key_of_sqlite {
            "?"
        } else {
            ""
        };
        if name != column.name {
            attributes.push(format!("@map({})", quoted(&column.name)));
        }
        if let Some(default) = self.draw_default(column, is_list, &scalar, of_enum) {
            attributes.push(format!("@default({default})"));
        } else if is_key_of_sqlite && scalar.as_ref().is_some_and(|(scalar, _)| scalar.name() == "Int") {
            attributes.push("@default(autoincrement())".to_owned());
        }
        if let Some((_, Some(native))) = &scalar {
            attributes.push(format!("@db.{native}"));
        }
        let type_name = format!("{type_name}{suffix}");
        DrawnField { column: column.name.clone(), name, type_name, attributes, keys: Vec::new() }
    }

    fn draw_default(
        &self,
        column: &Column,
        is_list: bool,
        scalar: &Option<(super::super::model::Scalar, Option<String>)>,
        of_enum: Option<&DrawnEnum>,
    ) -> Option<String> {
        let dialect = self.catalog.dialect;
        let is_integer = scalar.as_ref().is_some_and(|(scalar, native)| {
            matches!(scalar.name(), "Int" | "BigInt") && native.as_deref() != Some("Oid")
        });
        if column.identity.is_some() && is_integer {
            return Some("autoincrement()".to_owned());
        }
        if column.generated.is_some() {
            return Some("dbgenerated()".to_owned());
        }
        let sql = column.default.as_deref()?;
        if dialect == Dialect::Postgres && is_integer && !is_list && sql.starts_with("nextval(") {
            return Some("autoincrement()".to_owned());
        }
        let labels = of_enum.map(|one| one.values.as_slice());
        Some(defaults::default(dialect, sql, scalar.as_ref().map(|(scalar, _)| *scalar), is_list, labels))
    }

    fn is_only_key(&self, table: &ObjectName, column: &str) -> bool {
        self.catalog.parts_of(table).any(|(_, object)| match &object.definition {
            Definition::Constraint(constraint) => match &constraint.rule {
                ConstraintRule::PrimaryKey(key) => {
                    key.columns.iter().map(|one| unquoted(one)).eq([column.to_owned()])
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// Primary key, unique keys and indexes; what has no place is told.
    fn draw_keys(&self, model: &mut DrawnModel) {
        let table = model.object.clone();
        for (part, object) in self.catalog.parts_of(&table) {
            let drawn = match &object.definition {
                Definition::Constraint(constraint) => match &constraint.rule {
                    ConstraintRule::PrimaryKey(key) => self.draw_primary_key(model, part, &key.columns),
                    ConstraintRule::Unique(key) if key.include.is_empty() && !key.nulls_not_distinct => {
                        self.draw_columns(model, part, &key.columns)
                    }
                    ConstraintRule::ForeignKey(_) => true,
                    _ => false,
                },
                Definition::Index(index) => self.draw_index(model, part, index),
                _ => false,
            };
            if !drawn {
                model.remarks.push(format!("{} {} stays as it is", part.kind.name(), part.name));
            }
        }
    }

    /// The fields of columns that are given as SQL has them.
    fn fields_of<'m>(&self, model: &'m DrawnModel, columns: &[String]) -> Option<Vec<&'m str>> {
        let dialect = self.catalog.dialect;
        let field = |column: &String| {
            let name = unquoted(column);
            let is_it = |field: &&DrawnField| match dialect {
                Dialect::Postgres => field.column == name,
                Dialect::Sqlite => field.column.eq_ignore_ascii_case(&name),
            };
            model.fields.iter().find(is_it).map(|field| field.name.as_str())
        };
        columns.iter().map(field).collect()
    }

    fn columns_of<'m>(&self, model: &'m DrawnModel, fields: &[&str]) -> Vec<&'m str> {
        let column = |name: &&str| model.fields.iter().find(|field| field.name == **name);
        fields.iter().filter_map(column).map(|field| field.column.as_str()).collect()
    }

    fn draw_primary_key(&self, model: &mut DrawnModel, part: &ObjectName, columns: &[String]) -> bool {
        let Some(fields) = self.fields_of(model, columns) else { return false };
        let usual = names::primary_key(self.catalog.dialect, &model.object.name);
        let is_named = self.catalog.dialect == Dialect::Postgres && part.name != usual;
        let map = is_named.then(|| format!("map: {}", quoted(&part.name)));
        if let [field] = fields.as_slice() {
            let text = map.map_or_else(|| "@id".to_owned(), |map| format!("@id({map})"));
            let field = (*field).to_owned();
            add_key(model, &field, part, text);
        } else {
            let map = map.map_or_else(String::new, |map| format!(", {map}"));
            let text = format!("@@id([{}]{map})", fields.join(", "));
            model.attributes.push((Some(part.clone()), text));
        }
        true
    }

    /// A unique constraint, which the language does not tell from a unique index.
    fn draw_columns(&self, model: &mut DrawnModel, part: &ObjectName, columns: &[String]) -> bool {
        let Some(fields) = self.fields_of(model, columns) else { return false };
        let fields: Vec<(String, String)> =
            fields.into_iter().map(|field| (field.to_owned(), String::new())).collect();
        self.add_index(model, part, true, &fields, None);
        true
    }

    fn draw_index(&self, model: &mut DrawnModel, part: &ObjectName, index: &Index) -> bool {
        let method = match index.method.as_deref() {
            None | Some("btree") => None,
            Some("hash") => Some("Hash"),
            Some("gin") => Some("Gin"),
            Some("gist") => Some("Gist"),
            Some("spgist") => Some("SpGist"),
            Some("brin") => Some("Brin"),
            Some(_) => return false,
        };
        let has_no_place = index.predicate.is_some()
            || !index.include.is_empty()
            || index.nulls_not_distinct
            || index.keys.iter().any(|key| key.collation.is_some());
        if has_no_place {
            return false;
        }
        let columns: Vec<String> = index.keys.iter().map(|key| key.expression.clone()).collect();
        let Some(fields) = self.fields_of(model, &columns) else { return false };
        let options = index.keys.iter().map(|key| {
            let mut options = Vec::new();
            if let Some(class) = &key.operator_class {
                let class = schema_name(class).filter(|_| method.is_some());
                let raw = key.operator_class.as_deref().unwrap_or_default();
                options.push(format!("ops: {}", class.unwrap_or_else(|| format!("raw({})", quoted(raw)))));
            }
            if key.is_descending {
                options.push("sort: Desc".to_owned());
            }
            if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) }
        });
        let fields: Vec<(String, String)> = fields.into_iter().map(str::to_owned).zip(options).collect();
        self.add_index(model, part, index.is_unique, &fields, method);
        true
    }

    fn add_index(
        &self,
        model: &mut DrawnModel,
        part: &ObjectName,
        is_unique: bool,
        fields: &[(String, String)],
        method: Option<&str>,
    ) {
        let plain: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        let columns = self.columns_of(model, &plain);
        let usual = if is_unique { names::unique } else { names::index };
        let usual = usual(self.catalog.dialect, &model.object.name, &columns);
        // What SQLite makes of `UNIQUE` has no name that could be given.
        let is_named = part.kind == ObjectKind::Index || self.catalog.dialect == Dialect::Postgres;
        let map = (is_named && part.name != usual).then(|| format!("map: {}", quoted(&part.name)));
        if let ([(field, options)], true) = (fields, is_unique) {
            let sort = options.trim_matches(['(', ')']);
            let inside = [map, (!sort.is_empty()).then(|| sort.to_owned())];
            let inside: Vec<String> = inside.into_iter().flatten().collect();
            let text = if inside.is_empty() {
                "@unique".to_owned()
            } else {
                format!("@unique({})", inside.join(", "))
            };
            let field = field.clone();
            return add_key(model, &field, part, text);
        }
        let keys: Vec<String> = fields.iter().map(|(field, options)| format!("{field}{options}")).collect();
        let mut text = format!("@@{}([{}]", if is_unique { "unique" } else { "index" }, keys.join(", "));
        if let Some(method) = method {
            text.push_str(&format!(", type: {method}"));
        }
        if let Some(map) = map {
            text.push_str(&format!(", {map}"));
        }
        text.push(')');
        model.attributes.push((Some(part.clone()), text));
    }

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

    fn draw_relations(&self, models: &mut [DrawnModel]) {
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
        if self.catalog.dialect == Dialect::Postgres && key.part.name != default {
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
        let is_id = |field: &&DrawnField| field.keys.iter().any(|(_, text)| text.starts_with("@id"));
        model.fields.iter().find(is_id).map(|field| vec![field.name.as_str()])
    }

    /// The fields and the name that the models have for a foreign key, by its columns.
    fn known_relation(&self, key: &Key<'_>, columns: &[&str]) -> Option<(String, String, Option<String>)> {
        let model = self.known_model(key.table)?;
        let target = self.known_model(key.target)?;
        let is_it = |relation: &&super::super::model::Relation| {
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
            columns.map(|column| unquoted(column).to_ascii_lowercase()).collect()
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

    /// Whether a table is that of an implicit relation of many to many: `_Name` with the columns `A` and `B`, which
    /// refer to one table each.
    fn is_join_table(&self, name: &ObjectName, table: &Table) -> bool {
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

    fn draw_join_table(&self, models: &mut [DrawnModel], table: &ObjectName) {
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
}

/// Whether a model without `@@schema`, or with this one, can be that of a table.
fn is_schema(schema: Option<&str>, table: &ObjectName) -> bool {
    table.schema.as_deref().is_none_or(|found| found == schema.unwrap_or(PUBLIC))
}

fn is_target(dialect: Dialect, name: &ObjectName, key: &ForeignKey) -> bool {
    name.kind == ObjectKind::Table
        && match dialect {
            Dialect::Postgres => {
                name.name == key.table && (key.schema.is_none() || name.schema == key.schema)
            }
            Dialect::Sqlite => name.name.eq_ignore_ascii_case(&key.table),
        }
}

/// A name as SQL has it, without its quotes.
pub(in crate::prisma) fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// What migrators keep; it is no model.
fn is_bookkeeping(name: &ObjectName) -> bool {
    name.name == "_prisma_migrations" || name.name == "alembic_version" || name.name.starts_with("revgraph_")
}

fn add_key(model: &mut DrawnModel, field: &str, part: &ObjectName, text: String) {
    if let Some(field) = model.fields.iter_mut().find(|one| one.name == field) {
        let before_others = usize::from(!text.starts_with("@id")) * field.keys.len();
        field.keys.insert(before_others, (part.clone(), text));
    }
}

fn has_key(model: &DrawnModel, table: &Table) -> bool {
    let required = |field: &DrawnField| {
        let column = table.columns.iter().find(|column| column.name == field.column);
        column.is_some_and(|_| !field.type_name.ends_with(['?', ']']))
            && !field.type_name.starts_with("Unsupported")
    };
    let on_field = model.fields.iter().any(|field| !field.keys.is_empty() && required(field));
    let of_block = model.attributes.iter().any(|(_, text)| {
        let is_key = text.starts_with("@@id") || text.starts_with("@@unique");
        let fields =
            text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(fields, _)| fields);
        let names = fields.split(", ").map(|key| key.split('(').next().unwrap_or_default());
        is_key
            && names
                .into_iter()
                .all(|name| model.fields.iter().any(|field| field.name == name && required(field)))
    });
    on_field || of_block
}

fn action(sql: &str) -> Option<&'static str> {
    super::super::model::Action::ALL
        .into_iter()
        .find(|action| action.sql() == sql)
        .map(|action| action.name())
}

/// A name that the language allows.
fn valid_name(name: &str) -> String {
    let valid: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let valid = valid.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned();
    let is_taken = super::super::model::Scalar::named(&valid).is_some();
    if valid.is_empty() || is_taken { format!("Renamed{valid}") } else { valid }
}

/// The name, or the name with a number that nothing has.
fn fresh(name: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    let numbered = (2..).map(|number| format!("{name}_{number}")).find(|name| !taken.contains(name));
    numbered.unwrap_or_else(|| name.to_owned())
}

fn free_field(model: &DrawnModel, name: &str) -> String {
    let fields = model.fields.iter().map(|field| field.name.clone());
    let taken = fields.chain(model.relations.iter().map(|relation| relation.name.clone())).collect();
    fresh(name, &taken)
}
