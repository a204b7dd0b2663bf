//! Objects of PostgreSQL that are compared by a few properties and made by statements as the server has them.

/// Something that is compared: its name, and its value where there is one.
pub type Property = (&'static str, Option<String>);

/// An object without parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Other {
    /// What is compared; the same names in the same order for all objects of a kind.
    pub properties: Vec<Property>,
    /// What makes it, without semicolons; nothing where revgraph cannot write it.
    pub statements: Vec<String>,
}
