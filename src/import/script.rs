//! The texts of an imported revision's two scripts. Pure.

use super::transactions::{Explicit, made_explicit};
use super::{ImportedDown, ImportedRevision, Kind, Note, Provenance};
use crate::graph::RevisionId;
use crate::script::{Header, ScriptProblem, Side, parse};
use crate::sql::{Dialect, is_blank};

/// The scripts of an imported revision in revgraph's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Converted {
    pub up: String,
    pub down: String,
    pub no_transaction: bool,
    pub irreversible: Option<String>,
    pub notes: Vec<Note>,
}

/// Its place among the others, with ids that revgraph allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub revision: RevisionId,
    pub down_revisions: Vec<RevisionId>,
    pub depends_on: Vec<String>,
}

/// Writes both scripts of an imported revision, with header, directives and provenance.
/// Errors are [`ScriptProblem`], where a script cannot be read as one of revgraph's.
pub(super) fn convert(
    kind: Kind,
    revision: &ImportedRevision,
    place: &Place,
    dialect: Dialect,
) -> Result<Converted, ScriptProblem> {
    let up = made_explicit(&revision.up, Side::Up, dialect)?;
    let mut notes = up.notes.clone();
    let header = header(revision, place, &mut notes);
    let provenance = Provenance { kind, name: revision.name.clone(), digest: revision.digest };
    let mut up_text = header.text();
    if up.no_transaction {
        up_text.push_str("-- revgraph: no-transaction\n");
    }
    up_text.push_str(&format!("\n{provenance}\n"));
    for remark in &revision.remarks {
        up_text.push_str(format!("-- {remark}").trim_end());
        up_text.push('\n');
    }
    up_text.push_str(&body(&up));
    let (down, irreversible) = down_text(revision, place, dialect, &mut notes)?;
    Ok(Converted { up: up_text, down, no_transaction: up.no_transaction, irreversible, notes })
}

fn down_text(
    revision: &ImportedRevision,
    place: &Place,
    dialect: Dialect,
    notes: &mut Vec<Note>,
) -> Result<(String, Option<String>), ScriptProblem> {
    let title = revision.message.lines().next().unwrap_or_default();
    let mut text = format!("{}\n", format!("-- undoes {}: {title}", place.revision).trim_end());
    match &revision.down {
        ImportedDown::Irreversible(reason) => {
            text.push_str(&format!("-- revgraph: irreversible {reason}\n"));
            Ok((text, Some(reason.clone())))
        }
        // Where the up script has none either, as that of a merge, nothing is to be undone.
        ImportedDown::Script(script)
            if is_blank(dialect, &script.sql) && !is_blank(dialect, &revision.up.sql) =>
        {
            let reason = "its down script has no statement".to_owned();
            text.push_str(&format!("-- revgraph: irreversible {reason}\n"));
            text.push_str(&body(&Explicit {
                sql: script.sql.clone(),
                no_transaction: false,
                notes: Vec::new(),
            }));
            Ok((text, Some(reason)))
        }
        ImportedDown::Script(script) => {
            let mut down = made_explicit(script, Side::Down, dialect)?;
            notes.append(&mut down.notes);
            if down.no_transaction {
                text.push_str("-- revgraph: no-transaction\n");
            }
            text.push_str(&body(&down));
            Ok((text, None))
        }
    }
}

/// The SQL behind a blank line, without the blank lines around it.
fn body(script: &Explicit) -> String {
    let sql = script.sql.trim_end();
    let mut rest = sql;
    while let Some((line, after)) = rest.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        rest = after;
    }
    if rest.trim().is_empty() { String::new() } else { format!("\n{rest}\n") }
}

/// A line of the message that would be read as a key or a directive is made one that is not.
fn header(revision: &ImportedRevision, place: &Place, notes: &mut Vec<Note>) -> Header {
    let mut header = Header {
        revision: place.revision.clone(),
        down_revisions: place.down_revisions.clone(),
        depends_on: place.depends_on.clone(),
        branch_labels: revision.branch_labels.clone(),
        replaces: Vec::new(),
        created: revision.created,
        message: String::new(),
    };
    let without_control =
        |line: &str| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let message: Vec<String> =
        revision.message.trim().lines().map(|line| without_control(line).trim().to_owned()).collect();
    let is_message = |line: &str| {
        let alone = Header { message: line.to_owned(), created: None, ..header.clone() };
        parse(&alone.text()).is_ok_and(|read| read == alone)
    };
    let mut changed = false;
    let safe = message.iter().map(|line| {
        if line.is_empty() || is_message(line) {
            return line.clone();
        }
        changed = true;
        format!("> {line}")
    });
    let safe = safe.collect::<Vec<_>>().join("\n");
    if changed {
        let file = revision.sources.first().cloned().unwrap_or_default();
        notes.push(Note::of_file(
            file,
            "a line of the message would be read as a header key: it begins with `> ` now",
        ));
    }
    header.message = safe.trim().to_owned();
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ImportedScript, SourceFile};
    use crate::script::parse;

    fn revision(message: &str, up: &str, down: ImportedDown) -> ImportedRevision {
        let file = SourceFile { path: "1_a/up.sql".into(), text: up.to_owned(), has_bom: false };
        ImportedRevision::new("1", "1_a", message, ImportedScript::of_file(&file), down, &[&file])
    }

    fn converted(revision: &ImportedRevision) -> Converted {
        let place = Place {
            revision: RevisionId::recorded("1"),
            down_revisions: vec![RevisionId::recorded("0")],
            depends_on: Vec::new(),
        };
        convert(Kind::Diesel, revision, &place, Dialect::Sqlite).expect("no directives")
    }

    fn down(sql: &str) -> ImportedDown {
        ImportedDown::Script(ImportedScript {
            sql: sql.to_owned(),
            first_line: 1,
            ..ImportedScript::default()
        })
    }

    #[test]
    fn the_header_says_the_place_and_the_body_where_it_comes_from() {
        let up = converted(&revision("a title", "\r\n\nA;\n\n", down("B;"))).up;
        let header = parse(&up).expect("a header");
        assert_eq!((header.message.as_str(), header.down_revisions.len()), ("a title", 1));
        assert_eq!(Provenance::of_script(&up).map(|provenance| provenance.name), Some("1_a".to_owned()));
        assert!(up.ends_with(")\n\nA;\n"), "{up:?}");
    }

    #[test]
    fn a_message_cannot_smuggle_keys_or_directives() {
        for message in ["t\ndown_revision: x", "revgraph: irreversible", "t\nrevison: 2", "revision: 2"] {
            let converted = converted(&revision(message, "A;", down("B;")));
            let header = parse(&converted.up).expect("a header");
            assert_eq!((header.revision.as_str(), header.down_revisions.len()), ("1", 1), "{message:?}");
            assert!(header.message.contains("> "), "{message:?}");
            assert_eq!(converted.notes.len(), 1, "{message:?}");
        }
    }

    #[test]
    fn what_cannot_be_undone_says_why() {
        let none = converted(&revision("t", "A;", ImportedDown::Irreversible("not written yet".to_owned())));
        assert_eq!(none.down, "-- undoes 1: t\n-- revgraph: irreversible not written yet\n");
        let blank = converted(&revision("t", "A;", down("-- nothing\n")));
        assert_eq!(blank.irreversible.as_deref(), Some("its down script has no statement"));
        assert!(blank.down.ends_with("\n\n-- nothing\n"), "{:?}", blank.down);
        // Where nothing was done nothing is to be undone.
        assert_eq!(converted(&revision("t", "-- A", down(""))).irreversible, None);
    }
}
