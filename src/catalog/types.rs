//! PostgreSQL's user-defined types.

use std::collections::BTreeMap;

use super::name::made_name;

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Domain {
    /// The type beneath, with modifiers.
    pub data_type: String,
    /// The collation, where it is not the type's.
    pub collation: Option<String>,
    /// The expression of the default.
    pub default: Option<String>,
    /// Whether it takes NULL.
    pub is_nullable: bool,
    /// The definitions of its constraints by name, as `CHECK (VALUE > 0)`.
    pub constraints: BTreeMap<String, String>,
}

impl Domain {
    /// The name that PostgreSQL gives the `NOT NULL` of a domain, whose name is unquoted.
    #[must_use]
    pub fn usual_not_null_name(domain: &str) -> String {
        made_name(&[domain], "not_null")
    }
}

/// An attribute of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompositeAttribute {
    /// Its name, unquoted.
    pub name: String,
    /// Its type with modifiers.
    pub data_type: String,
    /// The collation, where it is not the type's.
    pub collation: Option<String>,
}

/// A range type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RangeType {
    /// The type that it is a range of.
    pub subtype: String,
    /// The operator class that orders it, qualified and quoted.
    pub operator_class: String,
    /// The collation, where it is not the subtype's.
    pub collation: Option<String>,
    /// The function that makes a range canonical.
    pub canonical: Option<String>,
    /// The function that tells the difference of two values.
    pub subtype_difference: Option<String>,
    /// The type of sets of such ranges, unquoted.
    pub multirange: Option<String>,
}
