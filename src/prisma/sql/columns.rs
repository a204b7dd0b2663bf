//! Columns: their types and defaults.

use super::super::model::{Column, ColumnType, DefaultValue, Literal, Model, Scalar};
use super::super::syntax::Arity;
use super::{Writer, quoted};
use crate::hex;

impl Writer<'_> {
    /// The column numbered `at` of a model as a line of `CREATE TABLE`: name, type, `NOT NULL` and default.
    pub(super) fn column(&self, model: &Model, at: usize, column: &Column) -> String {
        let is_counted = column.default == Some(DefaultValue::Autoincrement);
        let mut sql = quoted(&column.name);
        sql.push(' ');
        sql.push_str(
            &serial(column)
                .filter(|_| self.is_postgres())
                .map_or_else(|| self.column_type(column), str::to_owned),
        );
        // Prisma's lists can be NULL in the database.
        let is_written_not_null = match column.arity {
            Arity::Required => true,
            Arity::Optional | Arity::List => false,
        };
        if is_written_not_null {
            sql.push_str(" NOT NULL");
        }
        let is_only_key = model.primary_key.as_ref().is_some_and(|key| key.columns == [at]);
        if !self.is_postgres() && is_only_key {
            sql.push_str(" PRIMARY KEY");
            // Every Int key of SQLite counts, whether the schema says so or not.
            if column.column_type == ColumnType::Scalar(Scalar::Int, None) {
                sql.push_str(" AUTOINCREMENT");
            }
        }
        if let Some(default) = column.default.as_ref().filter(|_| !is_counted) {
            sql.push_str(" DEFAULT ");
            sql.push_str(&self.default(default, column));
        }
        sql
    }

    /// The type of a column in SQL, with `[]` where it is a list.
    pub(super) fn column_type(&self, column: &Column) -> String {
        let mut name = self.element_type(&column.column_type);
        if column.arity == Arity::List {
            name.push_str("[]");
        }
        name
    }

    /// The type of one value of a column in SQL, as the dialect has it.
    pub(super) fn element_type(&self, column_type: &ColumnType) -> String {
        match column_type {
            ColumnType::Scalar(_, Some(native)) => native.to_sql(),
            ColumnType::Scalar(scalar, None) if self.is_postgres() => postgres_type(*scalar).to_owned(),
            ColumnType::Scalar(scalar, None) => sqlite_type(*scalar).to_owned(),
            ColumnType::Unsupported(name) => name.clone(),
            ColumnType::Enum(_) if !self.is_postgres() => "TEXT".to_owned(),
            ColumnType::Enum(index) => self
                .schema
                .enums
                .get(*index)
                .map_or_else(String::new, |one| self.qualified(one.schema.as_deref(), &one.type_name)),
        }
    }

    fn default(&self, default: &DefaultValue, column: &Column) -> String {
        match default {
            DefaultValue::Autoincrement => String::new(),
            DefaultValue::Now => "CURRENT_TIMESTAMP".to_owned(),
            DefaultValue::Expression(sql) => sql.clone(),
            DefaultValue::Literal(literal) => self.literal(literal),
            DefaultValue::List(literals) => {
                let literals: Vec<String> = literals.iter().map(|literal| self.literal(literal)).collect();
                format!("ARRAY[{}]::{}", literals.join(", "), self.column_type(column))
            }
        }
    }

    fn literal(&self, literal: &Literal) -> String {
        match literal {
            Literal::Text(text) => self.dialect().quote_literal(text),
            Literal::Number(number) => number.clone(),
            Literal::Boolean(value) => value.to_string(),
            Literal::Bytes(bytes) => {
                let digits = hex::encode(bytes);
                if self.is_postgres() { format!("'\\x{digits}'") } else { format!("x'{digits}'") }
            }
        }
    }
}

/// The type of a column that counts, on PostgreSQL. An OID does not count.
fn serial(column: &Column) -> Option<&'static str> {
    if column.default != Some(DefaultValue::Autoincrement) {
        return None;
    }
    let ColumnType::Scalar(scalar, native) = &column.column_type else { return None };
    match (scalar, native.as_ref().map(|native| native.name)) {
        (_, Some("Oid")) => None,
        (_, Some("SmallInt")) => Some("SMALLSERIAL"),
        (Scalar::BigInt, _) => Some("BIGSERIAL"),
        _ => Some("SERIAL"),
    }
}

/// What a type of the language is on PostgreSQL.
fn postgres_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "TEXT",
        Scalar::Boolean => "BOOLEAN",
        Scalar::Int => "INTEGER",
        Scalar::BigInt => "BIGINT",
        Scalar::Float => "DOUBLE PRECISION",
        Scalar::Decimal => "DECIMAL(65,30)",
        Scalar::DateTime => "TIMESTAMP(3)",
        Scalar::Json => "JSONB",
        Scalar::Bytes => "BYTEA",
    }
}

/// What a type of the language is on SQLite.
fn sqlite_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "TEXT",
        Scalar::Boolean => "BOOLEAN",
        Scalar::Int => "INTEGER",
        Scalar::BigInt => "BIGINT",
        Scalar::Float => "REAL",
        Scalar::Decimal => "DECIMAL",
        Scalar::DateTime => "DATETIME",
        Scalar::Json => "JSONB",
        Scalar::Bytes => "BLOB",
    }
}
