//! What stands in the files, before it means anything.

use super::source::Place;

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where the name stands.
    pub place: Place,
}

/// All blocks of all files, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// The blocks.
    pub blocks: Vec<Block>,
}

/// What a block declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are the keywords")]
pub enum Keyword {
    Datasource,
    Generator,
    Model,
    View,
    Enum,
    Type,
}

impl Keyword {
    /// Every word that begins a block.
    pub const ALL: [Self; 6] =
        [Self::Datasource, Self::Generator, Self::Model, Self::View, Self::Enum, Self::Type];

    /// The keyword as it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Datasource => "datasource",
            Self::Generator => "generator",
            Self::Model => "model",
            Self::View => "view",
            Self::Enum => "enum",
            Self::Type => "type",
        }
    }
}

/// A block of a file: `model User { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it declares.
    pub keyword: Keyword,
    /// Its name.
    pub name: Name,
    /// What stands in it.
    pub members: Vec<Member>,
    /// From the keyword to the closing brace.
    pub place: Place,
}

impl Block {
    /// The fields of the block, or the values of an enum.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.members.iter().filter_map(|member| match member {
            Member::Field(field) => Some(field),
            _ => None,
        })
    }

    /// The attributes of the block itself, such as `@@map`, in their order.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.members.iter().filter_map(|member| match member {
            Member::Attribute(attribute) => Some(attribute),
            _ => None,
        })
    }

    /// The settings of a datasource or generator with their values, in their order.
    pub fn settings(&self) -> impl Iterator<Item = (&Name, &Expression)> {
        self.members.iter().filter_map(|member| match member {
            Member::Setting(name, value) => Some((name, value)),
            _ => None,
        })
    }
}

/// A line of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// A field, or a value of an enum.
    Field(Field),
    /// `@@index([a])`
    Attribute(Attribute),
    /// `provider = "sqlite"`
    Setting(Name, Expression),
}

/// `email String? @unique`, or a value of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// The type as it is written; none for a value of an enum.
    pub type_name: Option<TypeName>,
    /// How many values it has.
    pub arity: Arity,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// From its name to the end of the last attribute.
    pub place: Place,
}

/// A type as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeName {
    /// `Int`, `User`
    Named(Name),
    /// `Unsupported("circle")`: the text between the quotes.
    Unsupported(Name),
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// One.
    Required,
    /// One or none: `?`.
    Optional,
    /// `[]`
    List,
}

/// An attribute of a field or block: `@default(now())`, `@@map("users")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name without `@`, with its dots: `db.VarChar`.
    pub name: Name,
    /// What stands in the parentheses.
    pub arguments: Vec<Argument>,
    /// All of it, `@` included.
    pub place: Place,
}

/// An argument of an attribute or a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Its name, where it is given.
    pub name: Option<Name>,
    /// Its value.
    pub value: Expression,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// The value.
    pub value: Value,
    /// Where.
    pub place: Place,
}

/// What can stand as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `"text"`
    Text(String),
    /// `-1.50`, as it is written.
    Number(String),
    /// `true`, `Cascade`, `a.b`
    Word(String),
    /// `now()`, `email(sort: Desc)`
    Call(String, Vec<Argument>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ active: true }`
    Object(Vec<(Name, Expression)>),
}
