//! From what an environment has told to a history.

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDateTime};

use super::answer::{Declaration, Outcome, Rendered, TableRead};
use super::conversation::Told;
use super::error::AlembicError;
use crate::import::{
    ImportError, ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note,
};
use crate::regular_file;
use crate::script::{Checksum, RecordedRows, Side};
use crate::sql::{Dialect, is_blank};

/// What a down script holds whose `downgrade()` does nothing: an empty one would count as irreversible, where Alembic
/// goes through.
const NOTHING_TO_UNDO: &str = "-- downgrade() does nothing\nSELECT 1;\n";

/// Makes a history of what an environment has told, in the order in which it has told the revisions.
///
/// # Errors
/// [`AlembicError`] of a dialect that revgraph does not speak, and of a revision of which a script was not told.
pub(super) fn assembled(mut told: Told) -> Result<ImportedHistory, ImportError> {
    let dialect: Dialect = match told.dialect.parse() {
        Ok(dialect) => dialect,
        Err(_) => return Err(AlembicError::Dialect { dialect: told.dialect }.into()),
    };
    let notes = told.notes.drain(..).map(|(path, text)| Note::of_file(path, text)).collect();
    let mut history = ImportedHistory {
        kind: Kind::Alembic,
        dialect: Some(dialect),
        revisions: Vec::new(),
        notes,
        summary: None,
    };
    history.summary = Some(summary(&told));
    for declaration in std::mem::take(&mut told.revisions) {
        let revision = revision(declaration, &mut told, dialect, &mut history.notes)?;
        history.revisions.push(revision);
    }
    Ok(history)
}

fn revision(
    declaration: Declaration,
    told: &mut Told,
    dialect: Dialect,
    notes: &mut Vec<Note>,
) -> Result<ImportedRevision, ImportError> {
    let mut side = |side| {
        let outcome = told.scripts.remove(&(declaration.revision.clone(), side));
        outcome.ok_or_else(|| AlembicError::NotRendered { revision: declaration.revision.clone() })
    };
    let (up, down) = (side(Side::Up)?, side(Side::Down)?);
    let up = match up {
        Outcome::Rendered(rendered) => script(rendered, Side::Up, &declaration.path, notes),
        Outcome::Unrecordable { unrecordable } => {
            let log = told.logs.remove(&declaration.path);
            not_imported(&unrecordable, &declaration.path, log, notes)
        }
        Outcome::Irreversible { .. } => {
            return Err(AlembicError::NotRendered { revision: declaration.revision }.into());
        }
    };
    let down = match down {
        Outcome::Irreversible { irreversible: reason } | Outcome::Unrecordable { unrecordable: reason } => {
            notes.push(Note::of_file(&declaration.path, format!("it is irreversible: {reason}")).minor());
            ImportedDown::Irreversible(reason)
        }
        Outcome::Rendered(rendered) => {
            let mut down = script(rendered, Side::Down, &declaration.path, notes);
            if is_blank(dialect, &down.sql) && !is_blank(dialect, &up.sql) {
                notes.push(
                    Note::of_file(&declaration.path, "its downgrade() does nothing, as its down script")
                        .minor(),
                );
                down.sql = format!("{}{NOTHING_TO_UNDO}", down.sql);
            }
            ImportedDown::Script(down)
        }
    };
    Ok(ImportedRevision {
        original_id: declaration.revision.clone(),
        name: declaration.revision.clone(),
        id: declaration.revision,
        created: declaration.created.as_deref().and_then(date),
        message: declaration.message,
        down_revisions: declaration.down_revisions,
        depends_on: declaration.depends_on,
        branch_labels: declaration.branch_labels,
        up,
        down,
        digest: digest(&declaration.path)?,
        recorded_checksums: Vec::new(),
        remarks: vec![place(&declaration.path, &told.script_location)],
        sources: vec![declaration.path],
    })
}

fn script(rendered: Rendered, side: Side, path: &Path, notes: &mut Vec<Note>) -> ImportedScript {
    let function = match side {
        Side::Up => "upgrade()",
        Side::Down => "downgrade()",
    };
    let sql = match rendered.recorded {
        None => rendered.sql,
        Some(why) => {
            let mut told =
                format!("its {function} was recorded while Alembic ran it on an empty database: {why}");
            let directives = recorded_rows(rendered.reads);
            if !directives.is_empty() {
                told.push_str(
                    "; it reads rows, and for rows that an empty database lacks nothing is carried over: \
                     upgrade refuses it where there are others",
                );
            }
            let note = Note::of_file(path, told);
            notes.push(if directives.is_empty() { note.minor() } else { note });
            format!(
                "-- recorded while Alembic ran it on an empty database: {why}\n{directives}\n{}",
                rendered.sql
            )
        }
    };
    ImportedScript {
        sql,
        first_line: 1,
        // Its lines are those of the SQL, not those of the file.
        file: PathBuf::from(format!("{}, SQL of {function}", path.display())),
        no_transaction: rendered.no_transaction,
    }
}

/// How many revisions came in which way.
fn summary(told: &Told) -> String {
    let (mut offline, mut recorded, mut reading, mut irreversible, mut missing) = (0, 0, 0, 0, 0);
    for ((_, side), outcome) in &told.scripts {
        match (side, outcome) {
            (Side::Up, Outcome::Rendered(rendered)) if rendered.recorded.is_none() => offline += 1,
            (Side::Up, Outcome::Rendered(rendered)) => {
                recorded += 1;
                reading += usize::from(!rendered.reads.is_empty());
            }
            (Side::Up, _) => missing += 1,
            (Side::Down, Outcome::Rendered(_)) => {}
            (Side::Down, _) => irreversible += 1,
        }
    }
    let mut text = format!("{offline} offline, {recorded} recorded");
    for (count, what) in [(reading, "read rows"), (irreversible, "irreversible"), (missing, "not imported")] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

/// The directives that say what a script was computed from.
fn recorded_rows(reads: Vec<TableRead>) -> String {
    let of = |read: TableRead| RecordedRows { schema: read.schema, table: read.table, rows: read.rows };
    let (empty, others): (Vec<_>, Vec<_>) = reads.into_iter().map(of).partition(|read| read.rows == 0);
    let names: Vec<String> = empty.iter().map(ToString::to_string).collect();
    let empty = (!names.is_empty()).then(|| format!("recorded-empty {}", names.join(", ")));
    let all = empty.into_iter().chain(others.iter().map(RecordedRows::directive));
    all.map(|directive| format!("-- revgraph: {directive}\n")).collect()
}

/// A script that only says why there is none.
fn not_imported(reason: &str, path: &Path, log: Option<String>, notes: &mut Vec<Note>) -> ImportedScript {
    let message = format!("it is not imported, and its script refuses to run: {reason}");
    notes.push(Note::of_file(path, message).with_detail(log));
    let reason: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    ImportedScript {
        sql: format!("-- revgraph: not-imported {reason}\n"),
        first_line: 1,
        file: PathBuf::from(format!("{}, SQL of upgrade()", path.display())),
        no_transaction: false,
    }
}

/// The date of a docstring. One without a zone is taken for UTC.
fn date(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.replacen('T', " ", 1);
    DateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f%:z").ok().or_else(|| {
        let naive = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").ok()?;
        Some(naive.and_utc().fixed_offset())
    })
}

/// Python files may be in any encoding that Python knows.
fn digest(path: &Path) -> Result<Checksum, ImportError> {
    let bytes =
        regular_file::read(path).map_err(|source| ImportError::Io { path: path.to_owned(), source })?;
    Ok(Checksum::of_texts([String::from_utf8_lossy(&bytes).as_ref()]))
}

/// A file, as seen from the folder that holds the environment.
fn place(path: &Path, script_location: &Path) -> String {
    let from = script_location.parent().unwrap_or(script_location);
    path.strip_prefix(from).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_alembic_writes_them() {
        for (text, expected) in [
            ("2025-01-02 03:04:05.678901", Some("2025-01-02T03:04:05.678901+00:00")),
            ("2025-01-02 03:04:05", Some("2025-01-02T03:04:05+00:00")),
            ("2025-01-02 03:04:05.678901+02:00", Some("2025-01-02T03:04:05.678901+02:00")),
            ("2025-01-02T03:04:05+00:00", Some("2025-01-02T03:04:05+00:00")),
            ("yesterday", None),
        ] {
            assert_eq!(date(text).map(|date| date.to_rfc3339()).as_deref(), expected, "{text}");
        }
    }
}
