//! Tables and their columns.

use indexmap::IndexMap;

use super::Grants;
use super::name::made_name;
use crate::sql::Dialect;

/// Options and their values, in the order in which the database has them. It does not count in a comparison.
pub type Options = IndexMap<String, String>;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The columns, in their order.
    pub columns: Vec<Column>,
    /// PostgreSQL: not written to the log.
    pub is_unlogged: bool,
    /// PostgreSQL: the access method, where it is not `heap`.
    pub access_method: Option<String>,
    /// PostgreSQL: the tablespace, where it is not the database's.
    pub tablespace: Option<String>,
    /// PostgreSQL: the storage parameters.
    pub storage_options: Options,
    /// PostgreSQL: the composite type of a typed table.
    pub of_type: Option<String>,
    /// PostgreSQL: the tables that it inherits from, qualified and quoted; empty for a partition.
    pub inherits: Vec<String>,
    /// PostgreSQL: the key of a partitioned table, as `RANGE (day)`.
    pub partition_key: Option<String>,
    /// PostgreSQL: what it is a partition of.
    pub partition_of: Option<Partition>,
    /// PostgreSQL: row level security.
    pub row_security: RowSecurity,
    /// PostgreSQL: what identifies a row in logical replication, where it is not the primary key.
    pub replica_identity: Option<String>,
    /// SQLite: `STRICT`.
    pub is_strict: bool,
    /// SQLite: `WITHOUT ROWID`.
    pub is_without_rowid: bool,
    /// PostgreSQL: where the rows are, if not here.
    pub foreign: Option<Foreign>,
}

/// A partition's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The partitioned table, qualified and quoted.
    pub parent: String,
    /// The bound, as `FOR VALUES FROM (1) TO (2)`.
    pub bound: String,
}

/// Where the rows of a foreign table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The server, unquoted.
    pub server: String,
    /// The options, without those that look like secrets.
    pub options: Options,
}

/// Whether policies apply to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSecurity {
    /// `ENABLE ROW LEVEL SECURITY`.
    pub is_enabled: bool,
    /// `FORCE ROW LEVEL SECURITY`.
    pub is_forced: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// Its name, unquoted.
    pub name: String,
    /// Its type with modifiers, as the database writes it; empty for a SQLite column without type.
    pub data_type: String,
    /// Whether it takes NULL.
    pub is_nullable: bool,
    /// PostgreSQL 18 and later: its constraint, where it does not.
    pub not_null: Option<NotNull>,
    /// The expression of its default.
    pub default: Option<String>,
    /// The collation, where it is not its type's.
    pub collation: Option<String>,
    /// How its value is computed.
    pub generated: Option<Generated>,
    /// PostgreSQL: its own sequence.
    pub identity: Option<Identity>,
    /// PostgreSQL: the storage strategy, where it is not its type's.
    pub storage: Option<String>,
    /// PostgreSQL: the compression method, where one was chosen.
    pub compression: Option<String>,
    /// PostgreSQL: the statistics target, where one was set.
    pub statistics: Option<i32>,
    /// PostgreSQL: the attribute options.
    pub options: Options,
    /// PostgreSQL: the options of a foreign table's column.
    pub foreign_options: Options,
    /// PostgreSQL: whether the column is declared by a parent table alone.
    pub is_inherited: bool,
    /// SQLite: the conflict clause of its `NOT NULL`, as `IGNORE`.
    pub not_null_conflict: Option<String>,
    /// PostgreSQL: the column's comment.
    pub comment: Option<String>,
    /// PostgreSQL: who may do what with the column.
    pub grants: Grants,
}

/// The constraint of a column that does not take NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotNull {
    /// Its name, unquoted.
    pub name: String,
    /// Whether the name is [the one that the server gives it](NotNull::usual_name) where none is asked for. That of a parent's
    /// constraint, which comes with `INHERITS` and `PARTITION OF`, is none of these.
    pub has_usual_name: bool,
    /// `NO INHERIT`
    pub no_inherit: bool,
    /// Whether the rows from before it have been checked.
    pub is_validated: bool,
}

impl NotNull {
    /// The name that the server gives the constraint of a column of a table, both names unquoted, as long as nothing in the
    /// schema has it.
    #[must_use]
    pub fn usual_name(table: &str, column: &str) -> String {
        made_name(&[table, column], "not_null")
    }

    /// The clauses, as SQL, that set the constraint apart from a plain `NOT NULL`; none where nothing does.
    #[must_use]
    pub fn unusual(&self) -> Option<String> {
        let name = Dialect::Postgres.quote_identifier(&self.name);
        let clauses = [
            (!self.has_usual_name).then(|| format!("CONSTRAINT {name}")),
            self.no_inherit.then(|| "NO INHERIT".to_owned()),
            (!self.is_validated).then(|| "NOT VALID".to_owned()),
        ];
        let clauses: Vec<String> = clauses.into_iter().flatten().collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }
}

/// How a generated column comes by its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The expression.
    pub expression: String,
    /// Whether the value is stored, not computed when it is read.
    pub is_stored: bool,
}

/// An identity column's sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `GENERATED ALWAYS`, not `BY DEFAULT`.
    pub is_always: bool,
    /// The sequence's own name, qualified and quoted.
    pub sequence_name: String,
    /// The sequence.
    pub sequence: Sequence,
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// `START WITH`
    pub start: i64,
    /// `INCREMENT BY`
    pub increment: i64,
    /// `MINVALUE`
    pub minimum: i64,
    /// `MAXVALUE`
    pub maximum: i64,
    /// `CACHE`
    pub cache: i64,
    /// `CYCLE`
    pub cycles: bool,
    /// Not written to the log.
    pub is_unlogged: bool,
    /// The column with which it is dropped, qualified and quoted.
    pub owned_by: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::NotNull;

    #[test]
    fn of_a_usual_not_null_nothing_more_is_said() {
        let usual = NotNull {
            name: "t_a_not_null".to_owned(),
            has_usual_name: true,
            no_inherit: false,
            is_validated: true,
        };
        assert_eq!(usual.unusual(), None);
        let odd = NotNull { has_usual_name: false, no_inherit: true, is_validated: false, ..usual };
        assert_eq!(odd.unusual().as_deref(), Some("CONSTRAINT \"t_a_not_null\" NO INHERIT NOT VALID"));
    }
}
