//! A schema as the SQL that builds it: that of Prisma's engine, but for two of its faults.
//!
//! SQLite's defaults of JSON and bytes are what was meant: a text in quotes, and a blob. Prisma leaves the quotes of
//! the one out, and makes a text of the other. Quotes in names are doubled, which Prisma forgets.

mod columns;

use super::model::{Column, ColumnType, Extension, ForeignKey, Index, JoinTable, Model, Schema};
use super::names;
use super::source::Place;
use super::version::PrismaVersion;
use crate::sql::Dialect;

/// A statement, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the semicolon.
    pub sql: String,
    /// What in the schema it comes from.
    pub place: Place,
}

/// The statements that build a schema in an empty database.
#[must_use]
pub fn statements(schema: &Schema, version: PrismaVersion) -> Vec<Statement> {
    let writer = Writer { schema, version, statements: Vec::new() };
    writer.all()
}

struct Writer<'s> {
    schema: &'s Schema,
    version: PrismaVersion,
    statements: Vec<Statement>,
}

impl Writer<'_> {
    fn all(mut self) -> Vec<Statement> {
        if self.is_postgres() {
            self.namespaces();
            for extension in &self.schema.extensions {
                let sql = create_extension(extension);
                self.add(&extension.place, sql);
            }
            self.citext();
            self.enums();
        }
        let tables = || self.schema.models.iter().filter(|model| !model.is_view);
        let mut made: Vec<(Place, String)> =
            tables().map(|model| (model.place.clone(), self.table(model))).collect();
        made.extend(
            self.schema.join_tables.iter().map(|table| (table.place.clone(), self.join_table(table))),
        );
        for model in tables() {
            made.extend(model.indexes.iter().map(|index| (index.place.clone(), self.index(model, index))));
        }
        for table in &self.schema.join_tables {
            made.extend(self.join_indexes(table).into_iter().map(|sql| (table.place.clone(), sql)));
        }
        if self.is_postgres() {
            for model in tables() {
                let add = |key: &ForeignKey| {
                    let constraint = self.foreign_key(model, key);
                    (key.place.clone(), format!("ALTER TABLE {} ADD {constraint}", self.name_of(model)))
                };
                made.extend(model.foreign_keys.iter().map(add));
            }
            for table in &self.schema.join_tables {
                let name = self.qualified(table.schema.as_deref(), &table.name);
                let constraints = self.join_constraints(table).into_iter();
                made.extend(
                    constraints.map(|sql| (table.place.clone(), format!("ALTER TABLE {name} ADD {sql}"))),
                );
            }
        }
        for (place, sql) in made {
            self.add(&place, sql);
        }
        self.statements
    }

    fn add(&mut self, place: &Place, sql: String) {
        self.statements.push(Statement { sql, place: place.clone() });
    }

    fn dialect(&self) -> Dialect {
        self.schema.dialect
    }

    fn is_postgres(&self) -> bool {
        self.dialect() == Dialect::Postgres
    }

    /// The schemas that have a table or a type.
    fn namespaces(&mut self) {
        let models = self.schema.models.iter().filter(|model| !model.is_view);
        let used = models.map(|model| (&model.schema, &model.place));
        let used = used.chain(self.schema.enums.iter().map(|one| (&one.schema, &one.place)));
        let mut used: Vec<(&str, &Place)> =
            used.filter_map(|(schema, place)| Some((schema.as_deref()?, place))).collect();
        used.sort_by_key(|(schema, _)| *schema);
        used.dedup_by_key(|(schema, _)| *schema);
        for (schema, place) in used {
            self.add(place, format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)));
        }
    }

    /// The extension of `@db.Citext`, where the datasource does not name it: without it there is no such type.
    fn citext(&mut self) {
        let is_citext = |column: &&Column| match &column.column_type {
            ColumnType::Scalar(_, Some(native)) => native.name == "Citext",
            _ => false,
        };
        let models = self.schema.models.iter().filter(|model| !model.is_view);
        let mut columns = models.flat_map(|model| &model.columns);
        let is_named = self.schema.extensions.iter().any(|extension| extension.name == "citext");
        if let Some(column) = columns.find(is_citext).filter(|_| !is_named) {
            let place = column.place.clone();
            self.add(&place, "CREATE EXTENSION IF NOT EXISTS \"citext\"".to_owned());
        }
    }

    fn enums(&mut self) {
        for one in &self.schema.enums {
            let labels: Vec<String> =
                one.values.iter().map(|(_, label)| self.dialect().quote_literal(label)).collect();
            let name = self.qualified(one.schema.as_deref(), &one.type_name);
            self.add(&one.place, format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")));
        }
    }

    fn qualified(&self, schema: Option<&str>, name: &str) -> String {
        match schema {
            Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
            None => quoted(name),
        }
    }

    fn name_of(&self, model: &Model) -> String {
        self.qualified(model.schema.as_deref(), &model.table)
    }

    fn table(&self, model: &Model) -> String {
        let mut lines: Vec<String> =
            model.columns.iter().enumerate().map(|(at, column)| self.column(model, at, column)).collect();
        if let Some(key) = &model.primary_key {
            let columns = columns(model, &key.columns);
            if self.is_postgres() {
                lines.push(format!("CONSTRAINT {} PRIMARY KEY ({columns})", quoted(&key.name)));
            } else if key.columns.len() > 1 {
                lines.push(format!("PRIMARY KEY ({columns})"));
            }
        }
        if !self.is_postgres() {
            lines.extend(model.foreign_keys.iter().map(|key| self.foreign_key(model, key)));
        }
        create_table(&self.name_of(model), &lines)
    }

    fn index(&self, model: &Model, index: &Index) -> String {
        let mut sql = format!(
            "CREATE {}INDEX {} ON {}",
            if index.is_unique { "UNIQUE " } else { "" },
            quoted(&index.name),
            self.name_of(model),
        );
        if let Some(method) = index.method {
            sql.push_str(" USING ");
            sql.push_str(&method.name().to_ascii_uppercase());
            sql.push(' ');
        }
        let keys = index.keys.iter().filter_map(|key| Some((key, model.columns.get(key.column)?)));
        let keys: Vec<String> = keys
            .map(|(key, column)| {
                let mut sql = quoted(&column.name);
                if let Some(class) = &key.operator_class {
                    sql.push(' ');
                    sql.push_str(&class.sql);
                }
                sql.push_str(match key.is_descending {
                    Some(true) => " DESC",
                    Some(false) => " ASC",
                    None => "",
                });
                sql
            })
            .collect();
        sql.push_str(&format!("({})", keys.join(", ")));
        if let Some(predicate) = &index.predicate {
            let is_bare = !self.is_postgres();
            sql.push_str(&if is_bare {
                format!(" WHERE {predicate}")
            } else {
                format!(" WHERE ({predicate})")
            });
        }
        sql
    }

    fn foreign_key(&self, model: &Model, key: &ForeignKey) -> String {
        let Some(target) = self.schema.models.get(key.target) else { return String::new() };
        self.constraint(
            &key.name,
            (&columns(model, &key.columns), &self.name_of(target), &columns(target, &key.referenced)),
            (key.on_delete.sql(), key.on_update.sql()),
        )
    }

    fn constraint(
        &self,
        name: &str,
        (from, table, to): (&str, &str, &str),
        (delete, update): (&str, &str),
    ) -> String {
        let gap = if self.is_postgres() { "" } else { " " };
        format!(
            "CONSTRAINT {} FOREIGN KEY ({from}) REFERENCES {table}{gap}({to}) ON DELETE {delete} ON UPDATE {update}",
            quoted(name)
        )
    }

    /// Prisma 6 made the two columns a primary key on PostgreSQL. Before, and on SQLite, they are a unique index.
    fn has_join_key(&self) -> bool {
        self.is_postgres() && self.version >= PrismaVersion::SIX
    }

    fn join_table(&self, table: &JoinTable) -> String {
        let ends = ["A", "B"].into_iter().zip(table.sides);
        let column = |(name, side): (&str, (usize, usize))| {
            let column_type = self
                .side(side)
                .map_or_else(String::new, |(_, column)| self.element_type(&column.column_type));
            format!("{} {column_type} NOT NULL", quoted(name))
        };
        let mut lines: Vec<String> = ends.map(column).collect();
        if self.has_join_key() {
            let name = names::of_join_table(self.dialect(), &table.name, "_AB_pkey");
            lines.push(format!("CONSTRAINT {} PRIMARY KEY (\"A\", \"B\")", quoted(&name)));
        }
        if !self.is_postgres() {
            lines.extend(self.join_constraints(table));
        }
        create_table(&self.qualified(table.schema.as_deref(), &table.name), &lines)
    }

    fn join_indexes(&self, table: &JoinTable) -> Vec<String> {
        let on = self.qualified(table.schema.as_deref(), &table.name);
        let name = |suffix: &str| quoted(&names::of_join_table(self.dialect(), &table.name, suffix));
        let pair = format!("CREATE UNIQUE INDEX {} ON {on}(\"A\", \"B\")", name("_AB_unique"));
        let second = format!("CREATE INDEX {} ON {on}(\"B\")", name("_B_index"));
        if self.has_join_key() { vec![second] } else { vec![pair, second] }
    }

    fn join_constraints(&self, table: &JoinTable) -> Vec<String> {
        if !table.has_foreign_keys {
            return Vec::new();
        }
        let ends = ["A", "B"].into_iter().zip(table.sides);
        let constraint = |(name, side): (&str, (usize, usize))| {
            let (model, column) = self.side(side)?;
            let suffix = format!("_{name}_fkey");
            let constraint = names::of_join_table(self.dialect(), &table.name, &suffix);
            let ends = (quoted(name), self.name_of(model), quoted(&column.name));
            Some(self.constraint(&constraint, (&ends.0, &ends.1, &ends.2), ("CASCADE", "CASCADE")))
        };
        ends.filter_map(constraint).collect()
    }

    fn side(&self, (model, column): (usize, usize)) -> Option<(&Model, &Column)> {
        let model = self.schema.models.get(model)?;
        Some((model, model.columns.get(column)?))
    }
}

fn create_extension(extension: &Extension) -> String {
    let mut sql = format!("CREATE EXTENSION IF NOT EXISTS {}", quoted(&extension.name));
    if extension.schema.is_some() || extension.version.is_some() {
        sql.push_str(" WITH");
    }
    if let Some(schema) = &extension.schema {
        sql.push_str(&format!(" SCHEMA {}", quoted(schema)));
    }
    if let Some(version) = &extension.version {
        sql.push_str(&format!(" VERSION {}", quoted(version)));
    }
    sql
}

fn create_table(name: &str, lines: &[String]) -> String {
    format!("CREATE TABLE {name} (\n    {}\n)", lines.join(",\n    "))
}

/// Always in quotes, as Prisma does.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn columns(model: &Model, columns: &[usize]) -> String {
    let names = columns.iter().filter_map(|column| model.columns.get(*column));
    names.map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}
