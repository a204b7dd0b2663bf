//! How the value of an attribute is told.

use std::collections::BTreeMap;

use super::super::{CompositeAttribute, Deferrable, Firing, Grants, IndexKey, sqlite};
use crate::sql::Dialect;

/// The value of an attribute, which may be told otherwise than it is stored.
pub trait Value: PartialEq {
    /// The text that is shown, and by which it is compared; none where it is absent.
    fn text(&self, dialect: Dialect) -> Option<String>;
}

/// SQL, compared by its tokens in SQLite; PostgreSQL deparses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql(pub String);

/// SQL in which the case of SQLite's names does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedSql(pub String);

/// Columns as SQL names them, told as a list; the case of names does not count in SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNames(pub Vec<String>);

/// The type of a column. SQLite looks for words in it, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType(pub String);

/// A collation. SQLite does not tell the case of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollationName(pub String);

/// The labels of an enum type, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels(pub Vec<String>);

/// A table. SQLite does not tell the case of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    /// The table's schema, unquoted; none in SQLite.
    pub schema: Option<String>,
    /// The table's own name, unquoted.
    pub name: String,
}

impl<T: Value> Value for Option<T> {
    fn text(&self, dialect: Dialect) -> Option<String> {
        self.as_ref()?.text(dialect)
    }
}

impl<T: Value> Value for Box<T> {
    fn text(&self, dialect: Dialect) -> Option<String> {
        (**self).text(dialect)
    }
}

impl Value for String {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some(self.clone())
    }
}

impl Value for &'static str {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some((*self).to_owned())
    }
}

impl Value for bool {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some(if *self { "yes" } else { "no" }.to_owned())
    }
}

impl Value for i32 {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for i64 {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for Vec<String> {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        joined(self)
    }
}

impl Value for Grants {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        joined(self.sorted())
    }
}

impl Value for BTreeMap<String, String> {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        joined(&self.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>())
    }
}

impl Value for Sql {
    fn text(&self, dialect: Dialect) -> Option<String> {
        Some(match dialect {
            Dialect::Postgres => self.0.clone(),
            Dialect::Sqlite => sqlite::spelling(without_sign(&self.0)),
        })
    }
}

/// A number without a `+`, which changes nothing; what else there is as it is.
fn without_sign(sql: &str) -> &str {
    let is_number = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    sql.strip_prefix('+').filter(is_number).unwrap_or(sql)
}

impl Value for FoldedSql {
    fn text(&self, dialect: Dialect) -> Option<String> {
        Some(folded(dialect, &self.0))
    }
}

impl Value for ColumnNames {
    fn text(&self, dialect: Dialect) -> Option<String> {
        joined(&self.0.iter().map(|column| folded(dialect, column)).collect::<Vec<_>>())
    }
}

impl Value for ColumnType {
    fn text(&self, dialect: Dialect) -> Option<String> {
        Some(upper(dialect, &self.0))
    }
}

impl Value for CollationName {
    fn text(&self, dialect: Dialect) -> Option<String> {
        Some(upper(dialect, &self.0))
    }
}

impl Value for Labels {
    fn text(&self, dialect: Dialect) -> Option<String> {
        joined(&self.0.iter().map(|label| dialect.quote_literal(label)).collect::<Vec<_>>())
    }
}

impl Value for TableName {
    fn text(&self, dialect: Dialect) -> Option<String> {
        let text = match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        };
        Some(match dialect {
            Dialect::Postgres => text,
            Dialect::Sqlite => text.to_ascii_lowercase(),
        })
    }
}

impl Value for Vec<CompositeAttribute> {
    fn text(&self, dialect: Dialect) -> Option<String> {
        let attribute = |one: &CompositeAttribute| {
            let collation = one.collation.as_ref().map(|name| format!(" COLLATE {name}"));
            let name = dialect.quote_identifier(&one.name);
            format!("{name} {}{}", one.data_type, collation.unwrap_or_default())
        };
        joined(&self.iter().map(attribute).collect::<Vec<_>>())
    }
}

impl Value for Firing {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some(self.sql().to_owned())
    }
}

impl Value for Deferrable {
    fn text(&self, _dialect: Dialect) -> Option<String> {
        Some(self.sql().to_owned())
    }
}

impl Value for Vec<IndexKey> {
    fn text(&self, dialect: Dialect) -> Option<String> {
        joined(&self.iter().map(|key| index_key(dialect, key)).collect::<Vec<_>>())
    }
}

fn index_key(dialect: Dialect, key: &IndexKey) -> String {
    let mut text = folded(dialect, &key.expression);
    if let Some(name) = &key.collation {
        text.push_str(&format!(" COLLATE {}", upper(dialect, name)));
    }
    if let Some(class) = &key.operator_class {
        text.push_str(&format!(" {class}"));
    }
    if key.is_descending {
        text.push_str(" DESC");
    }
    // PostgreSQL's default is last, and first with DESC. SQLite knows no other than its own.
    match (key.nulls_first, key.is_descending) {
        (true, false) => text.push_str(" NULLS FIRST"),
        (false, true) if dialect == Dialect::Postgres => text.push_str(" NULLS LAST"),
        _ => {}
    }
    text
}

/// The values as one text; none where there are none.
fn joined<'v>(values: impl IntoIterator<Item = &'v String>) -> Option<String> {
    let values: Vec<&str> = values.into_iter().map(String::as_str).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// SQL with SQLite's names in lower case.
fn folded(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::Postgres => sql.to_owned(),
        Dialect::Sqlite => sqlite::folded_spelling(sql),
    }
}

/// A name of which SQLite does not tell the case.
fn upper(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => name.to_owned(),
        Dialect::Sqlite => name.to_ascii_uppercase(),
    }
}
