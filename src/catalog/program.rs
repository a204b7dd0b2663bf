//! Objects that hold code: views, routines, triggers, rules, policies.

use std::collections::BTreeMap;

use super::Options;

/// A view, materialized or not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// PostgreSQL: the query. SQLite: the statement that makes the view.
    pub definition: String,
    /// PostgreSQL: names and types of the columns, in their order.
    pub columns: Vec<String>,
    /// PostgreSQL: `security_barrier`, `check_option` and storage parameters.
    pub options: Options,
    /// PostgreSQL: the defaults that `INSERT` takes, by column.
    pub column_defaults: BTreeMap<String, String>,
    /// PostgreSQL: the comments of the columns.
    pub column_comments: BTreeMap<String, String>,
    /// PostgreSQL: the tablespace of a materialized view, where it is not the database's.
    pub tablespace: Option<String>,
}

/// A function or procedure of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routine {
    /// The arguments with their names, modes and defaults.
    pub arguments: String,
    /// What a function returns.
    pub returns: Option<String>,
    /// The language.
    pub language: String,
    /// `IMMUTABLE`, `STABLE` or `VOLATILE`.
    pub volatility: &'static str,
    /// `RETURNS NULL ON NULL INPUT`
    pub is_strict: bool,
    /// `SECURITY DEFINER`
    pub is_security_definer: bool,
    /// `LEAKPROOF`
    pub is_leakproof: bool,
    /// `PARALLEL SAFE`, `RESTRICTED` or `UNSAFE`.
    pub parallel: &'static str,
    /// `COST`, as the server writes it.
    pub cost: String,
    /// `ROWS`, as the server writes it.
    pub rows: String,
    /// The settings that it runs with.
    pub settings: Vec<String>,
    /// The source text, or the compiled body of standard SQL.
    pub body: String,
    /// The statement that makes it.
    pub definition: String,
}

/// An aggregate function of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aggregate {
    /// The arguments with their names and modes.
    pub arguments: String,
    /// The clauses of `CREATE AGGREGATE` by keyword, as `SFUNC`; those without value are empty.
    pub clauses: BTreeMap<String, String>,
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trigger {
    /// `BEFORE`, `AFTER` or `INSTEAD OF`, where the database tells.
    pub timing: Option<&'static str>,
    /// The events, as `INSERT OR UPDATE`, where the database tells.
    pub events: Option<String>,
    /// `FOR EACH ROW`, not `STATEMENT`.
    pub is_for_each_row: bool,
    /// PostgreSQL: the function that it calls, with its arguments.
    pub function: Option<String>,
    /// PostgreSQL: when it fires.
    pub enabled: Firing,
    /// The statement that makes it.
    pub definition: String,
}

/// When a PostgreSQL trigger or rule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Firing {
    /// In sessions that do not replicate.
    #[default]
    Origin,
    /// Never.
    Disabled,
    /// In sessions that replicate.
    Replica,
    /// In all sessions.
    Always,
}

impl Firing {
    /// The words of `ALTER TABLE … TRIGGER` and `… RULE`.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Origin => "ENABLE",
            Self::Disabled => "DISABLE",
            Self::Replica => "ENABLE REPLICA",
            Self::Always => "ENABLE ALWAYS",
        }
    }
}

/// A rewrite rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// When it applies.
    pub enabled: Firing,
    /// The statement that makes it.
    pub definition: String,
}

/// A row security policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// `PERMISSIVE`, not `RESTRICTIVE`.
    pub is_permissive: bool,
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: &'static str,
    /// The roles, quoted where that is needed, sorted.
    pub roles: Vec<String>,
    /// Which rows can be seen.
    pub using: Option<String>,
    /// Which rows can be written.
    pub check: Option<String>,
}
