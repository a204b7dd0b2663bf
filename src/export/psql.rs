//! Plain files for psql. Pure.

use std::path::PathBuf;

use super::parts::{name, with_reset, with_title};
use super::{Layout, Migration, MigrationScript};
use crate::graph::RevisionId;
use crate::sql::{Dialect, split};

/// The fewest digits of a number.
const DIGITS: usize = 4;

/// `0001_name.sql` and `0001_name.down.sql`, each its own transaction, and `all.sql`, which runs the former.
pub(super) fn lay_out(layout: &mut Layout, migrations: &[Migration], wanted: &dyn Fn(&RevisionId) -> bool) {
    let digits = migrations.len().to_string().len().max(DIGITS);
    let numbered = migrations.iter().enumerate().map(|(index, migration)| (index + 1, migration));
    let mut names = Vec::new();
    for (number, migration) in numbered.filter(|(_, migration)| wanted(&migration.revision)) {
        let stem = format!("{number:0digits$}_{}", name(migration));
        let up = PathBuf::from(format!("{stem}.sql"));
        names.push(up.display().to_string());
        let mut files = vec![(up, text(migration, &migration.up))];
        if let Ok(down) = &migration.down {
            files.push((PathBuf::from(format!("{stem}.down.sql")), text(migration, down)));
        }
        layout.add(migration, stem, files);
    }
    layout.files.push((PathBuf::from("all.sql"), all(&names)));
}

fn text(migration: &Migration, script: &MigrationScript) -> String {
    let sql = with_reset(&for_psql(&script.sql));
    let sql = if script.no_transaction { sql } else { format!("BEGIN;\n\n{sql}\nCOMMIT;\n") };
    with_title(migration, &MigrationScript { sql, ..*script })
}

/// The script without what psql would take for its variables.
fn for_psql(sql: &str) -> String {
    // What cannot be cut is left for psql to refuse.
    let Ok(statements) = split(Dialect::Postgres, sql) else { return sql.to_owned() };
    let mut text = String::with_capacity(sql.len());
    for statement in &statements {
        let (piece, body) = (statement.piece(), statement.body());
        if !statement.is_runnable() {
            text.push_str(statement.piece_text());
            continue;
        }
        text.push_str(sql.get(piece.start..body.start).unwrap_or_default());
        text.push_str(&statement.for_psql());
        text.push_str(sql.get(body.end..piece.end).unwrap_or_default());
    }
    text
}

/// `\ir` is relative to the file itself.
fn all(names: &[String]) -> String {
    let includes: String = names.iter().map(|name| format!("\\ir {name}\n")).collect();
    format!(
        "-- psql -X -f all.sql: every migration in its order, until one fails\n\n\\set ON_ERROR_STOP on\n\n{includes}"
    )
}
