//! Reads `CREATE TABLE`, after <https://www.sqlite.org/lang_createtable.html> and the grammar in `parse.y`, which
//! takes more: strings as names, and table constraints without commas between them.

use super::constraint_text::definition;
use super::spelling;
use super::tokens::{Lexeme, Tokens, split_list};
use crate::catalog::sql::identifier;
use crate::catalog::{Column, Constraint, ConstraintRule, Deferrable, ForeignKey, Generated, Key, Table};
use crate::sql::{Dialect, TokenKind};

/// The words with which a constraint of a column begins, so that they end its type.
const COLUMN_CONSTRAINTS: [&str; 10] =
    ["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "AS"];

const CONFLICTS: [&str; 5] = ["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"];

/// A constraint with the name that it was given.
type NamedConstraint = (Option<String>, Constraint);

/// The table that a statement makes, and its constraints; none where the statement is not understood.
pub(super) fn read(sql: &str) -> Option<(Table, Vec<NamedConstraint>)> {
    let mut tokens = Tokens::new(sql);
    if !tokens.eat(&["CREATE", "TABLE"]) {
        return None;
    }
    tokens.qualified_name()?;
    let mut reader = Reader { tokens, table: Table::default(), constraints: Vec::new() };
    reader.body()?;
    reader.options()?;
    reader.spell_columns_as_declared();
    Some((reader.table, reader.constraints))
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    table: Table,
    constraints: Vec<NamedConstraint>,
}

impl Reader<'_> {
    fn body(&mut self) -> Option<()> {
        if !self.tokens.eat_kind(TokenKind::OpenParenthesis) {
            return None;
        }
        while !self.tokens.eat_kind(TokenKind::CloseParenthesis) {
            if self.tokens.eat_comma() {
                continue;
            }
            let name = self.constraint_name()?;
            if !self.table_constraint(name)? {
                self.column()?;
                self.tokens.peek().filter(is_end_of_column)?;
            }
        }
        Some(())
    }

    fn options(&mut self) -> Option<()> {
        loop {
            if self.tokens.eat(&["STRICT"]) {
                self.table.is_strict = true;
            } else if self.tokens.eat(&["WITHOUT", "ROWID"]) {
                self.table.is_without_rowid = true;
            } else if !self.tokens.eat_comma() {
                let is_end = |next: Lexeme<'_>| next.kind == TokenKind::Semicolon;
                return self.tokens.peek().is_none_or(is_end).then_some(());
            }
        }
    }

    /// The name after `CONSTRAINT`. The outer option is none where the word has no name after it.
    fn constraint_name(&mut self) -> Option<Option<String>> {
        let mut name = None;
        while self.tokens.eat(&["CONSTRAINT"]) {
            name = Some(self.tokens.name()?);
        }
        Some(name)
    }

    /// Reads a constraint of the table, if one comes next.
    fn table_constraint(&mut self, name: Option<String>) -> Option<bool> {
        let rule = if self.tokens.eat(&["PRIMARY", "KEY"]) {
            ConstraintRule::PrimaryKey(self.key()?)
        } else if self.tokens.eat(&["UNIQUE"]) {
            ConstraintRule::Unique(self.key()?)
        } else if self.tokens.eat(&["CHECK"]) {
            self.check()?
        } else if self.tokens.eat(&["FOREIGN", "KEY"]) {
            let columns = names(self.tokens.parenthesised()?);
            if !self.tokens.eat(&["REFERENCES"]) {
                return None;
            }
            self.reference(name, columns)?;
            return Some(true);
        } else {
            return Some(false);
        };
        self.add(name, rule, Deferrable::No);
        Some(true)
    }

    fn key(&mut self) -> Option<Key> {
        let list = self.tokens.parenthesised()?;
        // SQLite takes `PRIMARY KEY (id AUTOINCREMENT)` as well.
        let mut is_autoincrement = false;
        let mut columns = Vec::new();
        for piece in split_list(list) {
            let mut tokens = Tokens::new(piece);
            let mut column = identifier(Dialect::Sqlite, &tokens.name()?);
            if tokens.eat(&["COLLATE"]) {
                column.push_str(&format!(" COLLATE {}", tokens.name()?));
            }
            if tokens.eat_any(&["ASC", "DESC"]) == Some("DESC") {
                column.push_str(" DESC");
            }
            is_autoincrement |= tokens.eat(&["AUTOINCREMENT"]);
            columns.push(column);
        }
        let on_conflict = self.on_conflict();
        Some(Key {
            columns,
            on_conflict,
            is_autoincrement,
            is_with_column: is_autoincrement,
            ..Key::default()
        })
    }

    fn check(&mut self) -> Option<ConstraintRule> {
        let expression = self.tokens.parenthesised()?.to_owned();
        self.on_conflict();
        Some(ConstraintRule::Check { expression, no_inherit: false })
    }

    fn on_conflict(&mut self) -> Option<String> {
        if !self.tokens.eat(&["ON", "CONFLICT"]) {
            return None;
        }
        // What happens without a clause.
        self.tokens.eat_any(&CONFLICTS).filter(|conflict| *conflict != "ABORT").map(str::to_owned)
    }

    fn add(&mut self, name: Option<String>, rule: ConstraintRule, deferrable: Deferrable) {
        let constraint = Constraint {
            is_named: name.is_some(),
            definition: definition(&rule, deferrable),
            rule,
            deferrable,
            is_validated: true,
            is_inherited: false,
        };
        self.constraints.push((name, constraint));
    }

    fn column(&mut self) -> Option<()> {
        let name = self.tokens.name()?;
        let data_type = self.data_type();
        let mut column = Column { name, data_type, is_nullable: true, ..Column::default() };
        loop {
            let name = self.constraint_name()?;
            if !self.column_constraint(name, &mut column)? {
                break;
            }
        }
        self.table.columns.push(column);
        Some(())
    }

    /// A type is any words, then up to two numbers in parentheses.
    fn data_type(&mut self) -> String {
        let mut words: Vec<&str> = Vec::new();
        while let Some(next) = self.tokens.peek() {
            let is_generated = self.tokens.clone().eat(&["GENERATED", "ALWAYS"]);
            let ends = is_generated || COLUMN_CONSTRAINTS.iter().any(|word| next.is_word(word));
            let is_word =
                matches!(next.kind, TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::String);
            if ends || !is_word {
                break;
            }
            words.push(next.text);
            self.tokens.next();
        }
        let name = words.join(" ");
        match self.tokens.parenthesised() {
            Some(modifiers) if !name.is_empty() => {
                let number = |number: &str| Tokens::new(number).map(|lexeme| lexeme.text).collect::<String>();
                let modifiers: Vec<String> = split_list(modifiers).into_iter().map(number).collect();
                format!("{name}({})", modifiers.join(","))
            }
            _ => name,
        }
    }

    /// Reads a constraint of a column, if one comes next.
    fn column_constraint(&mut self, name: Option<String>, column: &mut Column) -> Option<bool> {
        if self.tokens.eat(&["PRIMARY", "KEY"]) {
            let key = self.primary_key(column);
            self.add(name, ConstraintRule::PrimaryKey(key), Deferrable::No);
        } else if self.tokens.eat(&["NOT", "NULL"]) {
            column.is_nullable = false;
            column.not_null_conflict = self.on_conflict();
        } else if self.tokens.eat(&["NULL"]) {
            self.on_conflict();
        } else if self.tokens.eat(&["UNIQUE"]) {
            let key = Key { columns: vec![identifier(Dialect::Sqlite, &column.name)], ..Key::default() };
            let key = Key { on_conflict: self.on_conflict(), ..key };
            self.add(name, ConstraintRule::Unique(key), Deferrable::No);
        } else if self.tokens.eat(&["CHECK"]) {
            let check = self.check()?;
            self.add(name, check, Deferrable::No);
        } else if self.tokens.eat(&["DEFAULT"]) {
            column.default = Some(self.default()?);
        } else if self.tokens.eat(&["COLLATE"]) {
            // The collation of every column that has none.
            column.collation = Some(self.tokens.name()?).filter(|name| !name.eq_ignore_ascii_case("BINARY"));
        } else if self.tokens.eat(&["REFERENCES"]) {
            self.reference(name, vec![identifier(Dialect::Sqlite, &column.name)])?;
        } else if self.tokens.eat(&["GENERATED", "ALWAYS", "AS"]) || self.tokens.eat(&["AS"]) {
            let expression = self.tokens.parenthesised()?.to_owned();
            let kind = self.tokens.eat_any(&["STORED", "VIRTUAL"]);
            column.generated = Some(Generated { expression, is_stored: kind == Some("STORED") });
        } else {
            return Some(false);
        }
        Some(true)
    }

    fn primary_key(&mut self, column: &Column) -> Key {
        let mut name = identifier(Dialect::Sqlite, &column.name);
        let is_descending = self.tokens.eat_any(&["ASC", "DESC"]) == Some("DESC");
        if is_descending {
            name.push_str(" DESC");
        }
        let on_conflict = self.on_conflict();
        let is_autoincrement = self.tokens.eat(&["AUTOINCREMENT"]);
        let is_integer = column.data_type.eq_ignore_ascii_case("INTEGER");
        let is_with_column = is_autoincrement || (is_descending && is_integer);
        Key { columns: vec![name], on_conflict, is_autoincrement, is_with_column, ..Key::default() }
    }

    /// The value of a default, without parentheses around it.
    fn default(&mut self) -> Option<String> {
        if let Some(expression) = self.tokens.parenthesised() {
            return Some(expression.to_owned());
        }
        let first = self.tokens.next()?;
        if first.kind != TokenKind::Symbol {
            return Some(first.text.to_owned());
        }
        let number = self.tokens.next()?;
        Some(format!("{}{}", first.text, number.text))
    }

    /// Reads what follows `REFERENCES`, and adds the foreign key that `columns` have with it; none where it
    /// cannot be read.
    fn reference(&mut self, name: Option<String>, columns: Vec<String>) -> Option<()> {
        let mut key = ForeignKey {
            columns,
            table: self.tokens.name()?,
            on_update: "NO ACTION".to_owned(),
            on_delete: "NO ACTION".to_owned(),
            match_type: "SIMPLE".to_owned(),
            ..ForeignKey::default()
        };
        key.referenced_columns = self.tokens.parenthesised().map(names).unwrap_or_default();
        let mut deferrable = Deferrable::No;
        let before = self.tokens.clone();
        loop {
            if self.tokens.eat(&["ON", "DELETE"]) {
                key.on_delete = self.action()?;
            } else if self.tokens.eat(&["ON", "UPDATE"]) {
                key.on_update = self.action()?;
            } else if self.tokens.eat(&["MATCH"]) {
                key.match_type = self.tokens.name()?.to_ascii_uppercase();
            } else if self.tokens.eat(&["NOT", "DEFERRABLE"]) {
                self.initially();
                deferrable = Deferrable::No;
            } else if self.tokens.eat(&["DEFERRABLE"]) {
                // Without the second clause SQLite checks at the end of each statement.
                deferrable = self.initially().unwrap_or(Deferrable::InitiallyImmediate);
            } else {
                break;
            }
        }
        key.clauses = Some(spelling(before.up_to(&self.tokens)));
        self.add(name, ConstraintRule::ForeignKey(key), deferrable);
        Some(())
    }

    fn initially(&mut self) -> Option<Deferrable> {
        if self.tokens.eat(&["INITIALLY", "DEFERRED"]) {
            Some(Deferrable::InitiallyDeferred)
        } else if self.tokens.eat(&["INITIALLY", "IMMEDIATE"]) {
            Some(Deferrable::InitiallyImmediate)
        } else {
            None
        }
    }

    fn action(&mut self) -> Option<String> {
        const ACTIONS: [(&[&str], &str); 5] = [
            (&["SET", "NULL"], "SET NULL"),
            (&["SET", "DEFAULT"], "SET DEFAULT"),
            (&["CASCADE"], "CASCADE"),
            (&["RESTRICT"], "RESTRICT"),
            (&["NO", "ACTION"], "NO ACTION"),
        ];
        ACTIONS.iter().find(|(words, _)| self.tokens.eat(words)).map(|(_, action)| (*action).to_owned())
    }

    /// A constraint may write a column's name in another case than its declaration.
    fn spell_columns_as_declared(&mut self) {
        let spell = |column: &mut String| spell_as_declared(&self.table, column);
        for (_, constraint) in &mut self.constraints {
            match &mut constraint.rule {
                ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                    key.columns.iter_mut().for_each(spell);
                }
                ConstraintRule::ForeignKey(key) => key.columns.iter_mut().for_each(spell),
                ConstraintRule::Check { .. } | ConstraintRule::Exclusion { .. } => {}
            }
            constraint.definition = definition(&constraint.rule, constraint.deferrable);
        }
    }
}

/// Writes a column, with what follows it, as `table` declares its name.
pub(super) fn spell_as_declared(table: &Table, column: &mut String) {
    let mut tokens = Tokens::new(column);
    let declared = tokens.name().and_then(|name| declared(table, &name).map(str::to_owned));
    let rest = tokens.rest();
    if let Some(declared) = declared {
        let name = identifier(Dialect::Sqlite, &declared);
        *column = if rest.is_empty() { name } else { format!("{name} {rest}") };
    }
}

fn is_end_of_column(next: &Lexeme<'_>) -> bool {
    next.is_symbol(",") || next.kind == TokenKind::CloseParenthesis
}

/// Whether a default needs no parentheses: a literal, or a number with its sign.
pub(in crate::catalog) fn is_one_value(default: &str) -> bool {
    let lexemes: Vec<_> = Tokens::new(default).collect();
    match lexemes.as_slice() {
        [one] => !matches!(one.kind, TokenKind::Symbol),
        [sign, number] => number.kind == TokenKind::Number && (sign.is_symbol("-") || sign.is_symbol("+")),
        _ => false,
    }
}

/// The names in a list, in quotes only where they need them.
fn names(list: &str) -> Vec<String> {
    let name = |piece: &str| Tokens::new(piece).name().map(|name| identifier(Dialect::Sqlite, &name));
    split_list(list).into_iter().filter_map(name).collect()
}

/// The name that a table declares for a column that is written in any case.
fn declared<'t>(table: &'t Table, column: &str) -> Option<&'t str> {
    let columns = table.columns.iter().map(|column| column.name.as_str());
    columns.into_iter().find(|name| name.eq_ignore_ascii_case(column))
}

#[cfg(test)]
mod tests;
