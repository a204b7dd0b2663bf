//! Revisions as migrations of tools that send a file to the database as one message. Pure.
//!
//! PostgreSQL runs the statements of one message in one transaction, unless they begin their own. So a script that is to
//! run without a transaction becomes as many migrations as it has statements.

use chrono::{DateTime, Utc};

use super::version::Times;
use super::{ExportError, Migration, MigrationScript};
use crate::graph::RevisionId;
use crate::script::slug;
use crate::sql::{Dialect, Statement, StatementKind, TransactionControl, is_blank, split};

/// The longest name, in characters, as that of a script.
const LONGEST_SLUG: usize = 40;
/// What leaves a session of PostgreSQL as it was, as revgraph does after each script.
const RESET: &str = "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\n";
/// What no tool takes for an empty file.
const NOTHING: &str = "SELECT 1;\n";

/// A revision, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<'m> {
    pub migration: &'m Migration,
    /// The first of a revision is 1; none where it is the only one.
    pub number: Option<usize>,
    pub time: DateTime<Utc>,
    pub up: MigrationScript,
    pub down: Option<MigrationScript>,
}

impl Part<'_> {
    /// The migration's name for people, with the number of the part where there are several.
    pub(super) fn name(&self) -> String {
        let name = name(self.migration);
        self.number.map_or(name.clone(), |number| format!("{name}_{number}"))
    }

    /// A script of this part with the comment of [`with_title`].
    pub(super) fn text(&self, script: &MigrationScript) -> String {
        with_title(self.migration, script)
    }
}

/// The words of the message as a part of a file name, or the id where it has none.
pub(super) fn name(migration: &Migration) -> String {
    let slug = slug(&migration.message, LONGEST_SLUG);
    let slug = slug.trim_end_matches('_');
    if slug.is_empty() { migration.revision.to_string() } else { slug.to_owned() }
}

/// A script below a comment of the revision's message and id.
pub(super) fn with_title(migration: &Migration, script: &MigrationScript) -> String {
    let mut text: String =
        migration.message.lines().map(|line| format!("{}\n", format!("-- {line}").trim_end())).collect();
    text.push_str(&format!("--\n-- revision {} of revgraph\n\n{}", migration.revision, script.sql));
    text
}

/// Cuts migrations into their parts: one each, but where a script without a transaction has to be cut. Both sides of a
/// migration have as many parts.
///
/// # Errors
/// [`ExportError`] of the first script that cannot be cut.
pub(super) fn parts(dialect: Dialect, migrations: &[Migration]) -> Result<Vec<Part<'_>>, ExportError> {
    let mut times = Times::default();
    let mut all = Vec::with_capacity(migrations.len());
    for migration in migrations {
        let ups = pieces(dialect, &migration.revision, &migration.up)?;
        let downs = match &migration.down {
            Ok(down) => Some(pieces(dialect, &migration.revision, down)?),
            Err(_) => None,
        };
        let count = ups.len().max(downs.as_ref().map_or(0, Vec::len));
        for index in 0..count {
            let piece = |pieces: &[MigrationScript], index: usize| {
                pieces.get(index).cloned().unwrap_or_else(|| nothing_beside(pieces))
            };
            all.push(Part {
                migration,
                number: (count > 1).then_some(index + 1),
                time: times.next(migration.created),
                up: piece(&ups, index),
                // The last is undone first.
                down: downs.as_ref().map(|downs| piece(downs, count - 1 - index)),
            });
        }
    }
    Ok(all)
}

fn nothing_beside(pieces: &[MigrationScript]) -> MigrationScript {
    let no_transaction = pieces.first().is_some_and(|piece| piece.no_transaction);
    MigrationScript { sql: NOTHING.to_owned(), no_transaction }
}

/// What of a script has to be sent alone, at least one.
fn pieces(
    dialect: Dialect,
    revision: &RevisionId,
    script: &MigrationScript,
) -> Result<Vec<MigrationScript>, ExportError> {
    let statements = split(dialect, &script.sql)
        .map_err(|source| ExportError::Unreadable { revision: revision.clone(), source })?;
    let resets = resets(dialect, &statements);
    let mut texts = match dialect {
        Dialect::Postgres if script.no_transaction => apart(&statements),
        Dialect::Postgres | Dialect::Sqlite => vec![together(&statements)],
    };
    match texts.last_mut() {
        Some(last) if resets && !script.no_transaction => last.push_str(&format!("\n{RESET}")),
        _ if resets => texts.push(RESET.to_owned()),
        _ => {}
    }
    let as_script = |sql: String| {
        let sql = if is_blank(dialect, &sql) { format!("{sql}{NOTHING}") } else { sql };
        MigrationScript { sql, no_transaction: script.no_transaction }
    };
    Ok(texts.into_iter().map(as_script).collect())
}

/// Whether a script changes what a session of PostgreSQL keeps.
fn resets(dialect: Dialect, statements: &[Statement<'_>]) -> bool {
    dialect == Dialect::Postgres && statements.iter().any(Statement::sets_session_state)
}

/// The script, with [`RESET`] behind it where it changes the session.
pub(super) fn with_reset(sql: &str) -> String {
    let resets = split(Dialect::Postgres, sql).is_ok_and(|statements| resets(Dialect::Postgres, &statements));
    if resets { format!("{sql}\n{RESET}") } else { sql.to_owned() }
}

/// The text without the lines that only psql understands.
fn together(statements: &[Statement<'_>]) -> String {
    let sent = statements.iter().filter(|statement| statement.kind() != StatementKind::Restriction);
    let text: String = sent.map(Statement::piece_text).collect();
    super::text::without_blank_lines_around(&text)
}

/// A text for each statement, and one for each transaction that the script itself begins.
fn apart(statements: &[Statement<'_>]) -> Vec<String> {
    let mut groups: Vec<Vec<Statement<'_>>> = Vec::new();
    let mut in_transaction = false;
    let mut open = false;
    for statement in statements {
        match groups.last_mut().filter(|_| open || !statement.is_runnable()) {
            Some(group) => group.push(statement.clone()),
            None => groups.push(vec![statement.clone()]),
        }
        match statement.transaction_control() {
            Some(TransactionControl::Begin) => in_transaction = true,
            Some(_) => in_transaction = false,
            None => {}
        }
        // Comments before the first statement go with it.
        open = in_transaction || (groups.len() == 1 && !statement.is_runnable());
    }
    if groups.is_empty() { vec![String::new()] } else { groups.iter().map(|group| together(group)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Irreversible;

    fn migration(up: &str, down: Option<&str>, no_transaction: bool) -> Migration {
        let script = |sql: &str| MigrationScript { sql: sql.to_owned(), no_transaction };
        Migration {
            revision: RevisionId::recorded("a1"),
            message: "Add things\n\nwhy".to_owned(),
            created: None,
            up: script(up),
            down: down.map(script).ok_or(Irreversible::NoDownScript),
        }
    }

    fn texts(migration: &Migration, dialect: Dialect) -> Vec<(String, Option<String>)> {
        let parts = parts(dialect, std::slice::from_ref(migration)).expect("parts");
        parts.into_iter().map(|part| (part.up.sql, part.down.map(|down| down.sql))).collect()
    }

    #[test]
    fn a_script_without_a_transaction_is_cut_for_postgres() {
        let both =
            migration("-- why\nA;\n\n-- then\nB;\nBEGIN; C; COMMIT;\n-- end\n", Some("D;\nE;\n"), true);
        let expected = [
            ("-- why\nA;\n", Some("SELECT 1;\n")),
            ("-- then\nB;\n", Some("E;\n")),
            ("BEGIN; C; COMMIT;\n-- end\n", Some("D;\n")),
        ];
        let owned = expected.map(|(up, down)| (up.to_owned(), down.map(str::to_owned)));
        assert_eq!(texts(&both, Dialect::Postgres), owned);
        assert_eq!(texts(&both, Dialect::Sqlite).len(), 1);
        assert_eq!(
            texts(&migration("A; B;", None, false), Dialect::Postgres),
            [("A; B;\n".to_owned(), None)]
        );
    }

    #[test]
    fn settings_do_not_stay_behind() {
        let sets = texts(&migration("SET search_path = x;\nA;\n", None, false), Dialect::Postgres);
        assert_eq!(sets, [(format!("SET search_path = x;\nA;\n\n{RESET}"), None)]);
        let apart = texts(&migration("SET search_path = x;\nA;\n", None, true), Dialect::Postgres);
        assert_eq!(apart.len(), 3);
        assert_eq!(apart.last(), Some(&(RESET.to_owned(), None)));
        assert_eq!(
            texts(&migration("SET LOCAL x = 1;", None, false), Dialect::Postgres)[0].0,
            "SET LOCAL x = 1;\n"
        );
    }

    #[test]
    fn no_file_is_empty() {
        let merge = texts(&migration("", Some(""), false), Dialect::Sqlite);
        assert_eq!(merge, [(NOTHING.to_owned(), Some(NOTHING.to_owned()))]);
        let comment = texts(&migration("-- x\n", None, true), Dialect::Postgres);
        assert_eq!(comment, [(format!("-- x\n{NOTHING}"), None)]);
    }

    #[test]
    fn what_only_psql_understands_is_left_out() {
        let dump = texts(&migration("\\restrict x\nA;\n\\unrestrict x\n", None, false), Dialect::Postgres);
        assert_eq!(dump, [("A;\n".to_owned(), None)]);
    }

    #[test]
    fn names_come_from_titles() {
        assert_eq!(name(&migration("", None, false)), "add_things");
        let untitled = Migration { message: "—".to_owned(), ..migration("", None, false) };
        assert_eq!(name(&untitled), "a1");
    }
}
