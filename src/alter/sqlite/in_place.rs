//! `ALTER TABLE`, where SQLite can.

use super::change::{ColumnChange, Named, TableChange};
use super::mention::{self, fold, mentions};
use super::remark;
use crate::alter::{Hints, ServerVersion, Statement};
use crate::catalog::sql::{identifier, named_constraint, sqlite_column};
use crate::catalog::{Column, Constraint, ConstraintRule, ObjectName};
use crate::sql::Dialect;

/// `ALTER TABLE … DROP COLUMN`: <https://www.sqlite.org/releaselog/3_35_0.html>.
const DROPS_COLUMNS: ServerVersion = ServerVersion(3_035_000);

/// `ALTER TABLE … ALTER COLUMN … SET NOT NULL`, `DROP NOT NULL`, `ADD CONSTRAINT … CHECK`, `DROP CONSTRAINT`, as SQLite
/// has them since 3.53.
const ALTERS_CONSTRAINTS: ServerVersion = ServerVersion(3_053_000);

/// Names of the row id, which are no names of a column to `ALTER TABLE`.
const ROWIDS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// Why a table must be built anew, as a sentence without the stop.
pub(super) type Obstacle = &'static str;

/// The statements that alter a table where it is.
pub(super) struct InPlace {
    pub(super) statements: Vec<Statement>,
    /// Whether one of them looks at all views and triggers, and fails where one of them is broken.
    pub(super) tests_schema: bool,
}

/// The statements that alter a table where it is.
///
/// `has_unsound` says whether a view or trigger is left that could be broken.
///
/// # Errors
/// Why the table has to be built anew.
pub(super) fn statements(
    change: &TableChange<'_>,
    hints: &Hints,
    has_unsound: bool,
) -> Result<InPlace, Obstacle> {
    if change.is_of_another_kind {
        return Err("what kind of table it is cannot be altered");
    }
    let altering = Altering { change, hints };
    let (riding, checks) = altering.constraints_added()?;
    let mut statements = altering.constraints_dropped()?;
    statements.extend(altering.columns_added(&riding)?);
    let dropped = altering.columns_dropped()?;
    let tests_schema = !dropped.is_empty();
    if tests_schema && has_unsound {
        return Err("SQLite drops no column while a view or trigger names what is not there");
    }
    statements.extend(dropped);
    for column in &change.altered {
        statements.extend(altering.nullability(column)?);
    }
    statements.extend(checks);
    Ok(InPlace { statements, tests_schema })
}

struct Altering<'a, 'c> {
    change: &'a TableChange<'c>,
    hints: &'a Hints,
}

/// A constraint that is added with a column.
type Riding<'c> = (&'c str, Named<'c>);

impl<'c> Altering<'_, 'c> {
    fn alter(&self, what: &str) -> Statement {
        let table = identifier(Dialect::Sqlite, &self.change.left.name.name);
        Statement::new(self.change.left.name, format!("ALTER TABLE {table} {what}"))
    }

    fn require(&self, version: ServerVersion, obstacle: Obstacle) -> Result<(), Obstacle> {
        if self.hints.server >= version { Ok(()) } else { Err(obstacle) }
    }

    /// The constraints that come with new columns, and the statements that add the others.
    fn constraints_added(&self) -> Result<(Vec<Riding<'c>>, Vec<Statement>), Obstacle> {
        let (mut riding, mut statements) = (Vec::new(), Vec::new());
        for (name, constraint) in &self.change.constraints_added {
            if let Some(column) = self.column_to_ride_with(constraint) {
                riding.push((column, (*name, *constraint)));
                continue;
            }
            let ConstraintRule::Check { expression, .. } = &constraint.rule else {
                return Err("SQLite adds no key to a table");
            };
            self.require(ALTERS_CONSTRAINTS, "this version of SQLite adds no check to a table")?;
            let statement =
                self.alter(&format!("ADD {}", named_constraint(Dialect::Sqlite, name, constraint)));
            statements.push(match remark::check(self.change, name, expression) {
                Some(remark) => statement.remark(remark),
                None => statement,
            });
        }
        Ok((riding, statements))
    }

    /// The new column that a constraint can be written with: the last one that it needs.
    fn column_to_ride_with(&self, constraint: &Constraint) -> Option<&'c str> {
        let mut added = self.change.added.iter().rev();
        match &constraint.rule {
            ConstraintRule::Check { expression, .. } => {
                added.find(|column| mentions(expression, &column.name)).map(|column| column.name.as_str())
            }
            ConstraintRule::ForeignKey(key) => {
                let [column] = key.columns.as_slice() else { return None };
                let column = mention::leading_name(column);
                added.find(|one| one.name.eq_ignore_ascii_case(&column)).map(|column| column.name.as_str())
            }
            _ => None,
        }
    }

    fn constraints_dropped(&self) -> Result<Vec<Statement>, Obstacle> {
        let mut statements = Vec::new();
        for (name, constraint) in &self.change.constraints_removed {
            let is_droppable =
                matches!(constraint.rule, ConstraintRule::Check { .. } | ConstraintRule::ForeignKey(_));
            if !is_droppable {
                return Err("SQLite drops no key of a table");
            }
            if !constraint.is_named || !self.is_only_one_called(name) {
                return Err("SQLite drops no constraint without a name");
            }
            self.require(ALTERS_CONSTRAINTS, "this version of SQLite drops no constraint")?;
            let name = identifier(Dialect::Sqlite, &name.name);
            statements.push(self.alter(&format!("DROP CONSTRAINT {name}")));
        }
        Ok(statements)
    }

    /// Whether no other constraint has the name: of several SQLite drops the first. Another is told apart by a number.
    fn is_only_one_called(&self, name: &ObjectName) -> bool {
        let base = name.name.rsplit_once(" #").map_or(name.name.as_str(), |(base, _)| base);
        let is_same =
            |other: &str| fold(other) == fold(base) || fold(other).starts_with(&fold(&format!("{base} #")));
        self.change.left.constraints.iter().filter(|(other, _)| is_same(&other.name)).count() == 1
    }

    fn columns_added(&self, riding: &[Riding<'c>]) -> Result<Vec<Statement>, Obstacle> {
        // What is computed comes after what it is computed from.
        let (computed, plain): (Vec<&Column>, Vec<&Column>) =
            self.change.added.iter().copied().partition(|column| column.generated.is_some());
        let mut statements = Vec::new();
        for (place, column) in plain.iter().chain(&computed).enumerate() {
            let constraints: Vec<Named<'_>> =
                riding.iter().filter(|(own, _)| *own == column.name).map(|(_, named)| *named).collect();
            let later = plain.iter().chain(&computed).skip(place + 1);
            self.can_add(column, &constraints, later.copied())?;
            let definition = sqlite_column(self.change.right.name, column, &constraints);
            let mut statement = self.alter(&format!("ADD COLUMN {definition}"));
            statement.remarks.extend(remark::missing_values(self.change, column));
            statement.remarks.extend(remark::computed_nulls(self.change, column));
            statement.remarks.extend(remark::strict_value(self.change, column));
            for (name, constraint) in constraints {
                if let ConstraintRule::Check { .. } = constraint.rule
                    && column.default.is_some()
                {
                    statement.remarks.extend(remark::check_of_default(self.change, name, column));
                }
            }
            statements.push(statement);
        }
        Ok(statements)
    }

    /// After <https://www.sqlite.org/lang_altertable.html#alter_table_add_column>.
    fn can_add<'l>(
        &self,
        column: &Column,
        constraints: &[Named<'_>],
        mut later: impl Iterator<Item = &'l Column>,
    ) -> Result<(), Obstacle> {
        if self.change.fill(self.hints, column).is_some() {
            return Err("values are filled in while the rows are copied");
        }
        self.is_no_rowid(column)?;
        if let Some(generated) = &column.generated {
            if generated.is_stored {
                return Err("SQLite adds no stored generated column to a table");
            }
            if later.any(|other| mentions(&generated.expression, &other.name)) {
                return Err("a new column is computed from one after it");
            }
            return Ok(());
        }
        let default = column.default.as_deref().filter(|default| !default.eq_ignore_ascii_case("NULL"));
        if default.is_some_and(|default| !is_constant(default)) {
            return Err("SQLite adds no column whose default is computed");
        }
        let refers = constraints.iter().any(|(_, one)| matches!(one.rule, ConstraintRule::ForeignKey(_)));
        if default.is_some() && refers {
            return Err("SQLite adds no column with both a reference and a default");
        }
        Ok(())
    }

    fn is_no_rowid(&self, column: &Column) -> Result<(), Obstacle> {
        let is_rowid = ROWIDS.contains(&fold(&column.name).as_str());
        if is_rowid && !self.change.left.table.is_without_rowid {
            return Err("SQLite adds and drops no column that hides the row id");
        }
        Ok(())
    }

    fn columns_dropped(&self) -> Result<Vec<Statement>, Obstacle> {
        // What is computed goes before what it is computed from.
        let (computed, plain): (Vec<&Column>, Vec<&Column>) =
            self.change.dropped.iter().copied().partition(|column| column.generated.is_some());
        let order: Vec<&Column> = computed.into_iter().rev().chain(plain).collect();
        let mut statements = Vec::new();
        for (place, column) in order.iter().enumerate() {
            self.require(DROPS_COLUMNS, "this version of SQLite drops no column")?;
            self.is_no_rowid(column)?;
            let gone = order.get(..place).unwrap_or_default();
            self.can_drop(column, gone)?;
            let name = identifier(Dialect::Sqlite, &column.name);
            let mut statement = self.alter(&format!("DROP COLUMN {name}"));
            statement.remarks.extend(remark::dropped_values(self.change.left.name, column));
            statements.push(statement);
        }
        Ok(statements)
    }

    /// After <https://www.sqlite.org/lang_altertable.html#alter_table_drop_column>. Whether a constraint stands with its
    /// column, and would go with it, is not known.
    fn can_drop(&self, column: &Column, gone: &[&Column]) -> Result<(), Obstacle> {
        let removed = &self.change.constraints_removed;
        let remaining = self.change.left.constraints.iter();
        let mut remaining = remaining.filter(|(name, _)| removed.iter().all(|(other, _)| other != name));
        if remaining.any(|(_, constraint)| mentions(&constraint.definition, &column.name)) {
            return Err("SQLite drops no column that a constraint uses");
        }
        let others = self.change.left.table.columns.iter();
        let mut others = others.filter(|other| gone.iter().all(|gone| gone.name != other.name));
        let is_source = |other: &Column| {
            other.generated.as_ref().is_some_and(|generated| mentions(&generated.expression, &column.name))
        };
        if others.any(is_source) {
            return Err("SQLite drops no column that another is computed from");
        }
        Ok(())
    }

    fn nullability(&self, column: &ColumnChange<'c>) -> Result<Option<Statement>, Obstacle> {
        if !column.is_of_nullability {
            return Err("SQLite alters no type, default, collation or expression of a column");
        }
        if self.change.fill(self.hints, column.right).is_some() && !column.right.is_nullable {
            return Err("values are filled in while the rows are copied");
        }
        self.require(ALTERS_CONSTRAINTS, "this version of SQLite alters no NOT NULL")?;
        let name = identifier(Dialect::Sqlite, &column.left.name);
        if column.right.is_nullable {
            return Ok(Some(self.alter(&format!("ALTER COLUMN {name} DROP NOT NULL"))));
        }
        let conflict = column.right.not_null_conflict.as_ref();
        let conflict = conflict.map(|conflict| format!(" ON CONFLICT {conflict}")).unwrap_or_default();
        let mut statement = self.alter(&format!("ALTER COLUMN {name} SET NOT NULL{conflict}"));
        statement.remarks.extend(remark::nulls(self.change, column.left, column.right));
        Ok(Some(statement))
    }
}

/// Whether `ALTER TABLE` knows the value without computing it for each row: a literal.
fn is_constant(default: &str) -> bool {
    let tokens: Vec<_> = mention::tokens(default).collect();
    match tokens.as_slice() {
        [(_, one)] => !["CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"]
            .iter()
            .any(|word| one.eq_ignore_ascii_case(word)),
        [(_, "-" | "+"), (crate::sql::TokenKind::Number, _)] => true,
        _ => false,
    }
}
