//! Edits of a rich PostgreSQL schema: what the generator makes of each leads to the edited schema, and back.

use revgraph::alter::{Hints, Part, Remark, ServerVersion, alter};
use revgraph::backend::{self, Access, Backend, Control};
use revgraph::catalog::{Catalog, CompareOptions, compare};
use revgraph::config::{Config, Sources};

use crate::support::{Database, Kind};

const SCHEMA: &str = include_str!("../schema/rich_postgres.sql");
const EDITS: &str = include_str!("edits_postgres.sql");

/// How often what still differs is asked for, as autogenerate does.
const ROUNDS: usize = 4;

/// Each edit by its title.
fn edits() -> Vec<(&'static str, &'static str)> {
    let edits = EDITS.split("\n\n").filter_map(|edit| edit.trim().split_once('\n'));
    edits.map(|(title, sql)| (title.trim_start_matches("-- "), sql)).collect()
}

/// How many tests share the edits, so that they run beside each other.
const SHARES: usize = 3;

/// In which form a schema is led to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In one transaction.
    Short,
    /// So that others wait least, in several parts.
    LockFriendly,
}

/// Statements that run in one transaction, or each by itself.
pub(super) struct Piece {
    sql: String,
    no_transaction: bool,
}

/// What has led from one schema to another.
pub(super) struct Led {
    /// The statements.
    pub(super) script: String,
    pieces: Vec<Piece>,
    /// Whether one of them says that it may fail on rows.
    pub(super) may_fail: bool,
}

/// A database with a schema.
pub(super) struct Schema {
    pub(super) database: Database,
    folder: tempfile::TempDir,
}

impl Schema {
    fn rich() -> Self {
        Self::with(SCHEMA)
    }

    /// With what these statements make.
    pub(super) fn with(sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let schema = Self { database: Database::new(Kind::Postgres, folder.path()), folder };
        schema.database.execute(sql);
        schema
    }

    /// With what the server takes of these statements.
    pub(super) fn of_what_is_taken(sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let schema = Self { database: Database::new(Kind::Postgres, folder.path()), folder };
        schema.database.pipe(sql);
        schema
    }

    /// A copy of this one, to which an edit is done.
    pub(super) fn edited(&self, edit: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let schema = Self { database: self.database.copy(), folder };
        schema.database.execute(edit);
        schema
    }

    fn backend(&self) -> Box<dyn Backend> {
        let config = Config::load(&Sources {
            current_directory: self.folder.path().to_owned(),
            url: Some(self.database.url()),
            ..Sources::default()
        });
        let config = config.expect("the configuration is good");
        let url = config.database_url().expect("there is a URL");
        backend::connect(&config, url, Access::Read, &Control::default()).expect("it can be connected to")
    }

    pub(super) fn catalog(&self) -> Catalog {
        self.backend().catalog().expect("it can be described")
    }

    /// The server's own words for the schema, with the columns of tables in any order.
    pub(super) fn dump(&self) -> Vec<String> {
        let dump = self.database.schema();
        let mut lines: Vec<String> = dump
            .lines()
            .map(|line| in_any_order(line.trim_end_matches(',')))
            .filter(|line| !line.is_empty())
            .collect();
        lines.sort();
        lines
    }

    /// Runs what has led another database of this schema.
    pub(super) fn follow(&self, led: &Led) -> Result<(), String> {
        led.pieces.iter().try_for_each(|piece| self.run(piece))
    }

    fn run(&self, piece: &Piece) -> Result<(), String> {
        let (begin, end) = if piece.no_transaction { ("", "") } else { ("BEGIN;\n", "COMMIT;\n") };
        let script = format!("\\set ON_ERROR_STOP on\n{begin}{}{end}", piece.sql);
        let output = self.database.pipe(&script);
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Makes the database like `target`; what is wrong, with all statements.
    pub(super) fn lead(&self, target: &Catalog) -> Result<Led, String> {
        self.lead_in(Form::Short, target)
    }

    /// As [`lead`](Self::lead), in one of the forms.
    pub(super) fn lead_in(&self, form: Form, target: &Catalog) -> Result<Led, String> {
        let hints = Hints {
            server: ServerVersion(self.backend().version_number()),
            online: form == Form::LockFriendly,
            ..Hints::default()
        };
        let mut script = String::new();
        let mut pieces = Vec::new();
        let mut may_fail = false;
        let options = CompareOptions {
            ignore_column_order: true,
            with_privileges: true,
            of_database: true,
            ..CompareOptions::default()
        };
        for round in 0..ROUNDS {
            let now = self.catalog();
            let alteration =
                alter(&now, target, &hints).map_err(|refusals| format!("{script}refused: {refusals:#?}"))?;
            if alteration.is_empty() {
                let differences = compare(&now, target, &options);
                return match differences.is_empty() {
                    true => Ok(Led { script, pieces, may_fail }),
                    false => Err(format!("{script}\nstill different: {differences:#?}")),
                };
            }
            let remarks = alteration.statements().flat_map(|statement| &statement.remarks);
            may_fail |= remarks.into_iter().any(|remark| matches!(remark, Remark::MayFail { .. }));
            for part in &alteration.parts {
                let piece = Piece { sql: sql(part), no_transaction: part.no_transaction };
                script.push_str(&format!("-- round {}\n{}", round + 1, piece.sql));
                self.run(&piece).map_err(|error| format!("{script}\nfails: {error}"))?;
                pieces.push(piece);
            }
        }
        Err(format!("{script}\nnever settles"))
    }

    /// Nothing, where two dumps have the same lines.
    pub(super) fn same(found: &[String], wanted: &[String]) -> Result<(), String> {
        let only = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|line| !other.contains(line)).cloned().collect()
        };
        let (more, less) = (only(found, wanted), only(wanted, found));
        if more.is_empty() && less.is_empty() {
            Ok(())
        } else {
            Err(format!("have {more:#?}\nwant {less:#?}"))
        }
    }
}

/// The columns of statistics, and those of tables in publications, are written in their order in the table.
fn in_any_order(line: &str) -> String {
    let (before, after) = match line {
        _ if line.contains("CREATE STATISTICS ") => (" ON ", " FROM "),
        _ if line.starts_with("ALTER PUBLICATION ") => (" (", ")"),
        _ => return line.to_owned(),
    };
    let Some((begin, rest)) = line.split_once(before) else { return line.to_owned() };
    let Some((columns, end)) = rest.split_once(after) else { return line.to_owned() };
    let mut columns: Vec<&str> = columns.split(", ").collect();
    columns.sort_unstable();
    format!("{begin}{before}{}{after}{end}", columns.join(", "))
}

fn sql(part: &Part) -> String {
    part.statements.iter().map(|statement| format!("{};\n", statement.sql)).collect()
}

/// Leads `work`, which is like `base`, to the edited schema, and back.
fn try_edit(form: Form, base: &Schema, work: &Schema, edit: &str) -> Result<(), String> {
    let edited = base.edited(edit);
    let up = work.lead_in(form, &edited.catalog()).map_err(|error| format!("up: {error}"))?;
    Schema::same(&work.dump(), &edited.dump()).map_err(|error| format!("up: {}\n{error}", up.script))?;
    let down = work.lead(&base.catalog()).map_err(|error| format!("up: {}\ndown: {error}", up.script))?;
    Schema::same(&work.dump(), &base.dump()).map_err(|error| format!("down: {}\n{error}", down.script))
}

/// Tries one of [`SHARES`] shares of the edits; with `REVGRAPH_EDIT` only those whose titles contain it.
fn try_share(form: Form, share: usize) {
    let wanted = std::env::var("REVGRAPH_EDIT").unwrap_or_default();
    let edits = edits().into_iter().filter(|(title, _)| title.contains(&wanted));
    let base = Schema::rich();
    let mut work = base.edited("");
    let mut failures = Vec::new();
    for (title, edit) in edits.skip(share).step_by(SHARES) {
        if let Err(error) = try_edit(form, &base, &work, edit) {
            failures.push(format!("=== {title}\n{error}"));
            work = base.edited("");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_third_of_the_edits_leads_there_and_back() {
    try_share(Form::Short, 0);
}

#[test]
fn another_third_of_the_edits_leads_there_and_back() {
    try_share(Form::Short, 1);
}

#[test]
fn the_last_third_of_the_edits_leads_there_and_back() {
    try_share(Form::Short, 2);
}

#[test]
fn a_third_of_the_edits_leads_there_in_the_lock_friendly_form() {
    try_share(Form::LockFriendly, 0);
}

#[test]
fn another_third_of_the_edits_leads_there_in_the_lock_friendly_form() {
    try_share(Form::LockFriendly, 1);
}

#[test]
fn the_last_third_of_the_edits_leads_there_in_the_lock_friendly_form() {
    try_share(Form::LockFriendly, 2);
}
