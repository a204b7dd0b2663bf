//! Objects of PostgreSQL that are compared by a few properties and made by statements as the server has them.

use super::Grants;

/// Something that is compared: its name, and its value where there is one.
pub type Property = (&'static str, Option<String>);

/// An object of a kind for which the model has no type: compared by properties, made by the statements it
/// came with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Other {
    /// What is compared; the same names in the same order for all objects of a kind.
    pub properties: Vec<Property>,
    /// What makes it, without semicolons; nothing where revgraph cannot write it.
    pub statements: Vec<String>,
    /// What takes it away again, where neither its name nor what makes it tells.
    pub undo: Option<String>,
    /// Where it is nothing but the grants of its object: what these are on.
    pub granted_on: Option<GrantTarget>,
}

/// What grants are on that stand for themselves: default privileges, and those of objects that have none in the model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantTarget {
    /// What stands before `GRANT`, as `ALTER DEFAULT PRIVILEGES FOR ROLE me `; often nothing.
    pub before: String,
    /// What follows each privilege, as ` (name)` for a column; often nothing.
    pub part: String,
    /// What stands behind `ON`, as `TABLE s.v` or `TABLES`.
    pub object: String,
    /// The grants that there are where nobody has granted or revoked anything.
    pub usual: Grants,
}
