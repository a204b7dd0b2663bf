//! The statements that keep values and bring them back.

use std::collections::BTreeSet;

use super::kept::Keep;
use super::lost::{Lost, Place, Search};
use super::shape::{KeptColumn, NOW, Shape};
use crate::alter::{Remark, Statement};
use crate::catalog::sql::{identifier, qualified, text_literal};
use crate::catalog::{Column, Definition, KeptMark, ObjectKind, ObjectName, Table};
use crate::sql::Dialect;

/// Writes the statements that keep what one change loses, and those that bring it back.
pub(super) struct Writer<'w, 'c> {
    pub(super) search: &'w Search<'c>,
    pub(super) lost: &'w Lost<'c>,
    pub(super) shape: &'w Shape,
    pub(super) name: &'w ObjectName,
    pub(super) mark: &'w KeptMark,
}

impl Writer<'_, '_> {
    /// Adds the statements that keep what goes and bring it back.
    pub(super) fn add_to(&self, keep: &mut Keep) {
        keep.before.extend(self.create());
        keep.back_before.push(self.create_again());
        // Without it the table would be taken for a user's, and dropped.
        keep.back_before.extend(self.comment());
        match self.lost {
            Lost::Rows { table, definition } => self.rows(keep, table, definition),
            Lost::Columns { place, columns } => self.columns(keep, place, columns),
            Lost::Converted { place, column } => self.converted(keep, place, column),
            Lost::Position { sequence } => self.position(keep, sequence),
        }
        keep.back_behind.push(self.statement(format!("DROP TABLE {}", self.kept())));
    }

    fn dialect(&self) -> Dialect {
        self.search.before.dialect
    }

    fn statement(&self, sql: String) -> Statement {
        Statement::new(self.name, sql)
    }

    /// The qualified name of the table that keeps it.
    fn kept(&self) -> String {
        qualified(self.dialect(), self.name)
    }

    fn table(&self, name: &ObjectName) -> String {
        qualified(self.dialect(), name)
    }

    fn text(&self, words: &str) -> String {
        // SQLite has no comments on tables: there the definition has it.
        let mark = match self.dialect() {
            Dialect::Postgres => String::new(),
            Dialect::Sqlite => format!(" -- {}", self.mark.text()),
        };
        let lines = self.shape.lines().join(",\n    ");
        format!("{words} {} ({mark}\n    {lines}\n)", self.kept())
    }

    fn create(&self) -> Vec<Statement> {
        let note = format!("keeps {}, which the down script brings back", self.mark.what);
        let mut statements = vec![self.statement(self.text("CREATE TABLE")).remark(Remark::Note(note))];
        statements.extend(self.comment());
        statements
    }

    fn comment(&self) -> Option<Statement> {
        let mark = text_literal(Dialect::Postgres, &self.mark.text());
        let sql = format!("COMMENT ON TABLE {} IS {mark}", self.kept());
        (self.dialect() == Dialect::Postgres).then(|| self.statement(sql))
    }

    /// Where somebody has dropped what was kept, nothing is brought back.
    fn create_again(&self) -> Statement {
        let note = format!("brings back {}, unless what was kept has been dropped", self.mark.what);
        self.statement(self.text("CREATE TABLE IF NOT EXISTS")).remark(Remark::Note(note))
    }

    /// Copies columns of a table, with those of the key.
    fn copy(&self, table: &ObjectName, only: &str, condition: &str) -> Statement {
        let all = || self.shape.key.iter().chain(&self.shape.values);
        let targets: Vec<&str> = all().map(|column| column.name.as_str()).collect();
        let sources: Vec<String> = all().map(|column| format!("t.{}{}", column.name, column.into)).collect();
        self.statement(format!(
            "INSERT INTO {} ({})\n    SELECT {} FROM {only}{} AS t{condition}",
            self.kept(),
            targets.join(", "),
            sources.join(", "),
            self.table(table)
        ))
    }

    fn rows(&self, keep: &mut Keep, table: &ObjectName, definition: &Table) {
        let only = match self.dialect() {
            Dialect::Postgres => "ONLY ",
            Dialect::Sqlite => "",
        };
        keep.before.push(self.copy(table, only, ""));
        let targets: Vec<&str> = self.shape.values.iter().map(|column| column.name.as_str()).collect();
        let sources: Vec<String> =
            self.shape.values.iter().map(|column| format!("t.{}{}", column.name, column.back)).collect();
        let may_be_always = definition.partition_of.is_some()
            || definition.columns.iter().any(|one| one.identity.as_ref().is_some_and(|one| one.is_always));
        let overriding = if may_be_always { " OVERRIDING SYSTEM VALUE" } else { "" };
        let insert = Statement::new(
            table,
            format!(
                "INSERT INTO {} ({}){overriding}\n    SELECT {} FROM {} AS t",
                self.table(table),
                targets.join(", "),
                sources.join(", "),
                self.kept()
            ),
        );
        keep.back_into.push((table.clone(), insert));
    }

    /// That a row of the table `named` is the one of a row that is kept.
    fn is_row(&self, kept: &str, named: &str, place: &Place<'_>, is_after: bool) -> String {
        let pairs = self.shape.key.iter().zip(&place.key).map(|(kept_column, column)| {
            let name = if is_after { self.name_after(place.table, column) } else { kept_column.name.clone() };
            format!("{kept}.{} = {named}.{name}{}", kept_column.name, kept_column.into)
        });
        pairs.collect::<Vec<_>>().join(" AND ")
    }

    fn name_after(&self, table: &ObjectName, column: &Column) -> String {
        let after = self.search.column_after(table, column);
        identifier(self.dialect(), after.map_or(&column.name, |after| &after.name))
    }

    fn columns(&self, keep: &mut Keep, place: &Place<'_>, columns: &[&Column]) {
        keep.before.push(self.copy(place.table, "", ""));
        let own = identifier(self.dialect(), &place.table.name);
        let alias = self.alias(&own);
        let from =
            format!("FROM {} AS {alias} WHERE {}", self.kept(), self.is_row(alias, &own, place, false));
        for (column, kept) in columns.iter().zip(&self.shape.values) {
            let value = format!("(SELECT {alias}.{}{} {from})", kept.name, kept.back);
            let fill = match &column.default {
                Some(default) => format!(
                    "CASE\n        WHEN EXISTS (SELECT 1 {from})\n        THEN {value}\n        ELSE {default}\n    END"
                ),
                None => value,
            };
            keep.fills.insert(place.table.part(ObjectKind::Column, &column.name), fill);
        }
    }

    fn alias(&self, table: &str) -> &'static str {
        if table.eq_ignore_ascii_case("kept") { "k" } else { "kept" }
    }

    /// What a converted value has become is noted, so that one that was changed since is left as it is.
    fn converted(&self, keep: &mut Keep, place: &Place<'_>, column: &Column) {
        let Some(kept) = self.shape.values.first() else { return };
        keep.before.push(self.copy(place.table, "", &format!(" WHERE t.{} IS NOT NULL", kept.name)));
        let Some((after, _)) = self.search.table_after(place.table) else { return };
        let after = self.table(after);
        let own = identifier(self.dialect(), &self.name.name);
        let (as_text, is_same) = match self.dialect() {
            Dialect::Postgres => ("::text", "IS NOT DISTINCT FROM"),
            Dialect::Sqlite => ("", "IS"),
        };
        let is_row = self.is_row(&own, "t", place, true);
        let now = format!("t.{}{as_text}", self.name_after(place.table, column));
        keep.behind.push(self.statement(format!(
            "UPDATE {}\n    SET {NOW} = (SELECT {now} FROM {after} AS t WHERE {is_row})",
            self.kept()
        )));
        keep.back_before.push(self.statement(format!(
            "DELETE FROM {} WHERE NOT EXISTS\n    (SELECT 1 FROM {after} AS t WHERE {is_row} AND {now} {is_same} {own}.{NOW})",
            self.kept()
        )));
        keep.back_behind.push(self.put_back(place, kept));
    }

    fn put_back(&self, place: &Place<'_>, kept: &KeptColumn) -> Statement {
        let own = identifier(self.dialect(), &place.table.name);
        let alias = self.alias(&own);
        let from =
            format!("FROM {} AS {alias} WHERE {}", self.kept(), self.is_row(alias, &own, place, false));
        Statement::new(
            place.table,
            format!(
                "UPDATE {}\n    SET {} = (SELECT {alias}.{}{} {from})\n    WHERE EXISTS (SELECT 1 {from})",
                self.table(place.table),
                kept.name,
                kept.name,
                kept.back
            ),
        )
    }

    fn position(&self, keep: &mut Keep, sequence: &ObjectName) {
        let (kept, name) = (self.kept(), self.table(sequence));
        match self.dialect() {
            Dialect::Postgres => self.position_of_postgres(keep, sequence, (&kept, &name)),
            Dialect::Sqlite => self.position_of_sqlite(keep, sequence, &kept),
        }
    }

    fn position_of_postgres(&self, keep: &mut Keep, sequence: &ObjectName, (kept, name): (&str, &str)) {
        keep.before.push(self.statement(format!(
            "INSERT INTO {kept} (last_value, is_called)\n    SELECT last_value, is_called FROM {name}"
        )));
        let literal = text_literal(Dialect::Postgres, name);
        let set = format!("SELECT setval({literal}, t.last_value, t.is_called) FROM {kept} AS t");
        keep.back_behind.push(Statement::new(sequence, set));
    }

    fn position_of_sqlite(&self, keep: &mut Keep, sequence: &ObjectName, kept: &str) {
        let literal = text_literal(Dialect::Sqlite, &sequence.name);
        keep.before.push(self.statement(format!(
            "INSERT INTO {kept} (seq)\n    SELECT seq FROM sqlite_sequence WHERE name = {literal}"
        )));
        keep.back_behind.push(Statement::new(
            sequence,
            format!("DELETE FROM sqlite_sequence WHERE name = {literal} AND EXISTS (SELECT 1 FROM {kept})"),
        ));
        keep.back_behind.push(Statement::new(
            sequence,
            format!("INSERT INTO sqlite_sequence (name, seq)\n    SELECT {literal}, t.seq FROM {kept} AS t"),
        ));
    }
}

/// Settings of PostgreSQL's around them. Row security that binds the owner as well would hide rows from a copy: it
/// shall fail instead. That a table is there already is what is expected.
pub(super) fn frame(search: &Search<'_>, read: &BTreeSet<ObjectName>, keep: &mut Keep) {
    if search.before.dialect == Dialect::Sqlite {
        return;
    }
    let Some(first) = keep.before.first().map(|statement| statement.object.clone()) else { return };
    let is_forced = |name: &ObjectName| {
        matches!(search.before.objects.get(name).map(|object| &object.definition),
            Some(Definition::Table(table)) if table.row_security.is_forced)
    };
    if read.iter().any(is_forced) {
        let off = Statement::new(&first, "SET row_security = off");
        keep.before.insert(0, off.clone());
        keep.back_before.insert(0, off);
    }
    keep.back_before.insert(0, Statement::new(&first, "SET client_min_messages = warning"));
}
