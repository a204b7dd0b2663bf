//! What a Prisma schema means: tables, by the names that they have in the database.

use super::native::NativeType;
pub use super::scalar::Scalar;
use super::source::Place;
use super::syntax::Arity;
use crate::sql::Dialect;

/// What the files of models mean, once all names are found and nothing is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The database that it is for, by its `provider`.
    pub dialect: Dialect,
    /// PostgreSQL: the extensions that the datasource names.
    pub extensions: Vec<Extension>,
    /// The enums, in their order.
    pub enums: Vec<Enum>,
    /// The models and views, in their order.
    pub models: Vec<Model>,
    /// The tables of implicit many-to-many relations.
    pub join_tables: Vec<JoinTable>,
}

/// An extension that the datasource names: `extensions = [pg_trgm(version: "1.5")]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its name in the database.
    pub name: String,
    /// The schema of the extension's objects, where it is given.
    pub schema: Option<String>,
    /// Its version, where it is given.
    pub version: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// An enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// The enum's name in the Prisma schema.
    pub name: String,
    /// The name of the type in the database.
    pub type_name: String,
    /// PostgreSQL: `@@schema`.
    pub schema: Option<String>,
    /// The values: the name in the schema and the label in the database.
    pub values: Vec<(String, String)>,
    /// Where its name stands.
    pub place: Place,
}

/// A model or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The model's name in the Prisma schema.
    pub name: String,
    /// The name of its table in the database.
    pub table: String,
    /// PostgreSQL: `@@schema`.
    pub schema: Option<String>,
    /// Whether it is a view, which Prisma reads and never makes.
    pub is_view: bool,
    /// The columns, in their order.
    pub columns: Vec<Column>,
    /// The primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Unique and other indexes.
    pub indexes: Vec<Index>,
    /// The foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// The relation fields, which are no columns.
    pub relations: Vec<Relation>,
    /// Where its name stands.
    pub place: Place,
}

/// A scalar field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The field's name in the Prisma schema.
    pub field: String,
    /// Its name in the database.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// How many values it has.
    pub arity: Arity,
    /// Its default, where the database has one.
    pub default: Option<DefaultValue>,
    /// `dbgenerated()` without an expression: the database has a default, and it is not said which.
    pub has_unknown_default: bool,
    /// Where the field stands.
    pub place: Place,
}

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// A type of the language, and `@db.…` where it is given.
    Scalar(Scalar, Option<NativeType>),
    /// An enum, by its index.
    Enum(usize),
    /// `Unsupported("…")`: the type as it is written.
    Unsupported(String),
}

/// A default that the database has. Those that Prisma's client makes are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// `autoincrement()`
    Autoincrement,
    /// `now()`
    Now,
    /// `dbgenerated("…")`
    Expression(String),
    /// A value.
    Literal(Literal),
    /// Values of a list.
    List(Vec<Literal>),
}

/// A value of a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text, JSON, a date and time, or the label of an enum.
    Text(String),
    /// A number, without leading zeros.
    Number(String),
    /// `true` or `false`
    Boolean(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// PostgreSQL: the name of the constraint.
    pub name: String,
    /// The columns, by their index.
    pub columns: Vec<usize>,
    /// Where it stands.
    pub place: Place,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Whether it is `@unique` or `@@unique`.
    pub is_unique: bool,
    /// The keys.
    pub keys: Vec<IndexKey>,
    /// PostgreSQL: the method, where it is not a B-tree.
    pub method: Option<IndexMethod>,
    /// The predicate of a partial index, as SQL.
    pub predicate: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// A key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// The column, by its index.
    pub column: usize,
    /// `sort`, where it is given: whether it is `Desc`.
    pub is_descending: Option<bool>,
    /// PostgreSQL: the operator class.
    pub operator_class: Option<OperatorClass>,
}

/// An operator class as `ops` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorClass {
    /// Its name in SQL.
    pub sql: String,
    /// Whether it is given as `raw("…")`.
    pub is_raw: bool,
}

/// The methods of PostgreSQL's indexes other than a B-tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are PostgreSQL's")]
pub enum IndexMethod {
    Hash,
    Gin,
    Gist,
    SpGist,
    Brin,
}

impl IndexMethod {
    /// Every method of an index.
    pub const ALL: [Self; 5] = [Self::Hash, Self::Gin, Self::Gist, Self::SpGist, Self::Brin];

    /// The name of the index method in the model language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hash => "Hash",
            Self::Gin => "Gin",
            Self::Gist => "Gist",
            Self::SpGist => "SpGist",
            Self::Brin => "Brin",
        }
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// The columns that refer, by their index.
    pub columns: Vec<usize>,
    /// The model that they refer to, by its index.
    pub target: usize,
    /// The columns of that model, by their index.
    pub referenced: Vec<usize>,
    /// `onDelete`
    pub on_delete: Action,
    /// `onUpdate`
    pub on_update: Action,
    /// Where the relation field stands.
    pub place: Place,
}

/// What happens to rows that refer to a row that goes or gets another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are SQL's")]
pub enum Action {
    Cascade,
    Restrict,
    NoAction,
    SetNull,
    SetDefault,
}

impl Action {
    /// Every referential action.
    pub const ALL: [Self; 5] =
        [Self::Cascade, Self::Restrict, Self::NoAction, Self::SetNull, Self::SetDefault];

    /// The name of the referential action in the model language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cascade => "Cascade",
            Self::Restrict => "Restrict",
            Self::NoAction => "NoAction",
            Self::SetNull => "SetNull",
            Self::SetDefault => "SetDefault",
        }
    }

    /// The referential action in SQL.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Cascade => "CASCADE",
            Self::Restrict => "RESTRICT",
            Self::NoAction => "NO ACTION",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// A relation field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name.
    pub field: String,
    /// The name of the relation, where it is given.
    pub name: Option<String>,
    /// The model that it leads to, by its index.
    pub target: usize,
    /// How many rows it leads to.
    pub arity: Arity,
    /// The columns that refer, on the side that has them.
    pub columns: Vec<usize>,
    /// Where it stands.
    pub place: Place,
    /// Where the field on the other side stands.
    pub opposite: Place,
}

/// The table of an implicit many-to-many relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinTable {
    /// Its name.
    pub name: String,
    /// PostgreSQL: its schema.
    pub schema: Option<String>,
    /// What its columns `A` and `B` refer to: a model and its only key column, by their indexes.
    pub sides: [(usize, usize); 2],
    /// Whether its columns are foreign keys; not with `relationMode = "prisma"`.
    pub has_foreign_keys: bool,
    /// Where the relation field of the first side stands.
    pub place: Place,
}
