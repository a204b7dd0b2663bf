//! SQL whose identifiers are quoted and whose values are either bound or quoted.

use crate::sql::Dialect;

/// A value in a bookkeeping statement, which is bound, or quoted as a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Integer(i64),
    /// NULL.
    Null,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl Value {
    fn literal(&self, dialect: Dialect) -> String {
        match self {
            Self::Text(text) => dialect.quote_literal(text),
            Self::Integer(number) => number.to_string(),
            Self::Null => "NULL".to_owned(),
        }
    }
}

/// A piece of a statement; what is not revgraph's own text is a name or a value, and so cannot be injected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fragment {
    /// Text of revgraph's own source.
    Raw(&'static str),
    /// A name.
    Identifier(String),
    /// A value.
    Value(Value),
}

/// A bookkeeping statement in pieces, with its values apart from its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sql(Vec<Fragment>);

impl Sql {
    /// A statement that begins with `text`, which is SQL of revgraph's own and neither quoted nor checked.
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        Self(vec![Fragment::Raw(text)])
    }

    /// Adds text of revgraph's own, which is neither quoted nor bound.
    #[must_use]
    pub fn raw(mut self, text: &'static str) -> Self {
        self.0.push(Fragment::Raw(text));
        self
    }

    /// Adds an identifier, which is quoted as the dialect asks.
    #[must_use]
    pub fn identifier(mut self, name: impl Into<String>) -> Self {
        self.0.push(Fragment::Identifier(name.into()));
        self
    }

    /// Adds a table's name, with its schema in front where there is one, both quoted.
    #[must_use]
    pub fn table(self, schema: Option<&str>, name: impl Into<String>) -> Self {
        match schema {
            Some(schema) => self.identifier(schema).raw(".").identifier(name),
            None => self.identifier(name),
        }
    }

    /// Adds a value, which is bound or written as a literal.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        self.0.push(Fragment::Value(value.into()));
        self
    }

    /// Adds values with commas between them, each bound or written as a literal.
    #[must_use]
    pub fn values(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self = self.raw(", ");
            }
            self = self.value(value);
        }
        self
    }

    /// Adds the pieces of another statement at the end.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The text of the statement with its values as literals of `dialect`.
    #[must_use]
    pub fn literal(&self, dialect: Dialect) -> String {
        let mut text = String::new();
        for fragment in &self.0 {
            match fragment {
                Fragment::Raw(raw) => text.push_str(raw),
                Fragment::Identifier(name) => text.push_str(&dialect.quote_identifier(name)),
                Fragment::Value(value) => text.push_str(&value.literal(dialect)),
            }
        }
        text
    }

    /// The statement with numbered placeholders, and its values in their order.
    #[must_use]
    pub fn bound(&self, dialect: Dialect) -> (String, Vec<Value>) {
        let mut text = String::new();
        let mut values = Vec::new();
        for fragment in &self.0 {
            match fragment {
                Fragment::Raw(raw) => text.push_str(raw),
                Fragment::Identifier(name) => text.push_str(&dialect.quote_identifier(name)),
                Fragment::Value(value) => {
                    values.push(value.clone());
                    text.push(match dialect {
                        Dialect::Postgres => '$',
                        Dialect::Sqlite => '?',
                    });
                    text.push_str(&values.len().to_string());
                }
            }
        }
        (text, values)
    }
}
