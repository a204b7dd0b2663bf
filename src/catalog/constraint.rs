//! Constraints and indexes.

use super::Options;

/// A constraint of a table. `NOT NULL` is not among them: see [`Column`](super::Column); those of a domain
/// are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Whether its name was given to it. SQLite leaves the others without; they are called after what they demand.
    pub is_named: bool,
    /// What the constraint demands.
    pub rule: ConstraintRule,
    /// When the constraint is checked.
    pub deferrable: Deferrable,
    /// Whether the rows from before it have been checked.
    pub is_validated: bool,
    /// Whether the constraint is declared by a parent table alone.
    pub is_inherited: bool,
    /// The whole as a table constraint, without its name.
    pub definition: String,
}

/// What a constraint demands of rows, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintRule {
    /// `PRIMARY KEY`
    PrimaryKey(Key),
    /// `UNIQUE`
    Unique(Key),
    /// `FOREIGN KEY`
    ForeignKey(ForeignKey),
    /// `CHECK`
    Check {
        /// The expression.
        expression: String,
        /// `NO INHERIT`
        no_inherit: bool,
    },
    /// `EXCLUDE`
    Exclusion {
        /// Method, elements with their operators, and predicate.
        definition: String,
    },
}

impl ConstraintRule {
    /// The words with which the constraint's rule begins in SQL.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::PrimaryKey(_) => "PRIMARY KEY",
            Self::Unique(_) => "UNIQUE",
            Self::ForeignKey(_) => "FOREIGN KEY",
            Self::Check { .. } => "CHECK",
            Self::Exclusion { .. } => "EXCLUDE",
        }
    }
}

/// A primary or unique key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Key {
    /// The columns; in SQLite with `COLLATE` and `DESC` where they are given.
    pub columns: Vec<String>,
    /// PostgreSQL: `INCLUDE`.
    pub include: Vec<String>,
    /// PostgreSQL: `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// PostgreSQL: the storage parameters of its index.
    pub storage_options: Options,
    /// PostgreSQL: the tablespace of its index, where it is not the database's.
    pub tablespace: Option<String>,
    /// PostgreSQL: the index of the partitioned table that its index is a part of, qualified and quoted.
    pub attached_to: Option<String>,
    /// SQLite: the conflict clause, as `REPLACE`.
    pub on_conflict: Option<String>,
    /// SQLite: `AUTOINCREMENT`.
    pub is_autoincrement: bool,
    /// SQLite: whether it means something else when it is not written with its column: with `AUTOINCREMENT`, and
    /// for `INTEGER PRIMARY KEY DESC`, which is no alias of the row id there.
    pub is_with_column: bool,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignKey {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The schema of the table that they refer to.
    pub schema: Option<String>,
    /// That table.
    pub table: String,
    /// Its columns.
    pub referenced_columns: Vec<String>,
    /// SQLite: whether they are those of its primary key because the key names none.
    pub is_to_primary_key: bool,
    /// SQLite: the clauses that follow, as they were typed: `DEFERRABLE` alone, say.
    pub clauses: Option<String>,
    /// `ON UPDATE`
    pub on_update: String,
    /// `ON DELETE`, with the columns that it sets where they are given.
    pub on_delete: String,
    /// `MATCH`: `SIMPLE`, `FULL` or `PARTIAL`.
    pub match_type: String,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deferrable {
    /// At each statement.
    #[default]
    No,
    /// At each statement, unless the transaction defers it.
    InitiallyImmediate,
    /// At the commit.
    InitiallyDeferred,
}

impl Deferrable {
    /// The clause that says when the constraint is checked, as `NOT DEFERRABLE`.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::No => "NOT DEFERRABLE",
            Self::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
            Self::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
        }
    }
}

/// An index of a table or materialized view; that of a key belongs to its [`Constraint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Whether no two rows may have the same keys.
    pub is_unique: bool,
    /// PostgreSQL: the access method.
    pub method: Option<String>,
    /// What is indexed.
    pub keys: Vec<IndexKey>,
    /// PostgreSQL: `INCLUDE`.
    pub include: Vec<String>,
    /// PostgreSQL: `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// The `WHERE` of a partial index.
    pub predicate: Option<String>,
    /// PostgreSQL: the storage parameters.
    pub storage_options: Options,
    /// PostgreSQL: the tablespace, where it is not the database's.
    pub tablespace: Option<String>,
    /// PostgreSQL: false after a `CREATE INDEX CONCURRENTLY` that has failed.
    pub is_valid: bool,
    /// PostgreSQL: whether `CLUSTER` orders the table by it.
    pub is_clustered: bool,
    /// PostgreSQL: the index of the partitioned table that it is a part of, qualified and quoted.
    pub attached_to: Option<String>,
    /// The statement that makes the index, as the database writes it.
    pub definition: String,
}

/// One column or expression by which an index is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexKey {
    /// A column or an expression.
    pub expression: String,
    /// The collation, where it is not the column's.
    pub collation: Option<String>,
    /// PostgreSQL: the operator class, where it is not its type's.
    pub operator_class: Option<String>,
    /// `DESC`
    pub is_descending: bool,
    /// PostgreSQL: `NULLS FIRST`.
    pub nulls_first: bool,
}
