//! Statements as the text of a script. Pure.

use crate::alter::{Part, Remark, Statement};
use crate::catalog::sql::settings_for;
use crate::sql::Dialect;

/// The directive, the settings that literals depend on, the comments and the statements of a part.
#[must_use]
pub fn script_text(dialect: Dialect, part: &Part) -> String {
    let mut text = String::new();
    if part.no_transaction {
        text.push_str("-- revgraph: no-transaction\n");
    }
    if dialect == Dialect::Postgres {
        let texts: Vec<&str> = part.statements.iter().map(|statement| statement.sql.as_str()).collect();
        let missing = settings_for(&texts).into_iter().filter(|setting| !texts.contains(setting));
        let settings: String = missing.map(|setting| format!("{setting};\n")).collect();
        if !settings.is_empty() && !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&settings);
    }
    let mut before: Option<&Statement> = None;
    for statement in &part.statements {
        if before.is_some_and(|before| !belong_together(before, statement))
            || (before.is_none() && !text.is_empty())
        {
            text.push('\n');
        }
        text.push_str(&with_remarks(dialect, statement));
        before = Some(statement);
    }
    text
}

/// Short statements on one table stand without a blank line between them.
fn belong_together(one: &Statement, next: &Statement) -> bool {
    let is_short = |statement: &Statement| !statement.sql.contains('\n');
    let relation = |statement: &Statement| {
        let object = &statement.object;
        (object.schema.clone(), object.relation.clone().unwrap_or_else(|| object.name.clone()))
    };
    is_short(one) && is_short(next) && comments(next).next().is_none() && relation(one) == relation(next)
}

fn with_remarks(dialect: Dialect, statement: &Statement) -> String {
    let mut text: String = comments(statement).map(|comment| format!("-- {comment}\n")).collect();
    text.push_str(&statement.sql);
    // A comment may end the text of a SQLite view.
    let last_line = statement.sql.lines().next_back().unwrap_or_default();
    let may_end_in_comment = dialect == Dialect::Sqlite && last_line.contains("--");
    text.push_str(if may_end_in_comment { "\n;\n" } else { ";\n" });
    text
}

/// What the reader is told above a statement, a line each.
fn comments(statement: &Statement) -> impl Iterator<Item = String> {
    statement.remarks.iter().map(|remark| in_words(remark).replace(['\n', '\r'], " "))
}

/// A remark about a statement in words, as the comment in front of it has them.
#[must_use]
pub fn in_words(remark: &Remark) -> String {
    match remark {
        Remark::Loses { what, .. } => format!("loses {what}"),
        Remark::MayFail { what, .. } => format!("may fail: {what}"),
        Remark::Locks(locks) => format!("locks {locks}"),
        Remark::Note(note) => note.clone(),
    }
}
