//! Edits of a rich PostgreSQL schema: what the generator makes of each leads to the edited schema, and back.

use revgraph::alter::{Alteration, Hints, Remark, ServerVersion, alter};
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

/// What has led from one schema to another.
pub(super) struct Led {
    /// The statements.
    pub(super) script: String,
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
            .map(|line| line.trim_end_matches(',').to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        lines.sort();
        lines
    }

    /// Runs statements in one transaction.
    pub(super) fn run(&self, statements: &str) -> Result<(), String> {
        let script = format!("\\set ON_ERROR_STOP on\nBEGIN;\n{statements}COMMIT;\n");
        let output = self.database.pipe(&script);
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Makes the database like `target`; what is wrong, with all statements.
    pub(super) fn lead(&self, target: &Catalog) -> Result<Led, String> {
        let hints = Hints { server: ServerVersion(self.backend().version_number()), ..Hints::default() };
        let mut script = String::new();
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
                    true => Ok(Led { script, may_fail }),
                    false => Err(format!("{script}\nstill different: {differences:#?}")),
                };
            }
            let text = sql(&alteration);
            script.push_str(&format!("-- round {}\n{text}", round + 1));
            let remarks = alteration.statements().flat_map(|statement| &statement.remarks);
            may_fail |= remarks.into_iter().any(|remark| matches!(remark, Remark::MayFail { .. }));
            self.run(&text).map_err(|error| format!("{script}\nfails: {error}"))?;
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

fn sql(alteration: &Alteration) -> String {
    alteration.statements().map(|statement| format!("{};\n", statement.sql)).collect()
}

/// Leads `work`, which is like `base`, to the edited schema, and back.
fn try_edit(base: &Schema, work: &Schema, edit: &str) -> Result<(), String> {
    let edited = base.edited(edit);
    let up = work.lead(&edited.catalog()).map_err(|error| format!("up: {error}"))?;
    Schema::same(&work.dump(), &edited.dump()).map_err(|error| format!("up: {}\n{error}", up.script))?;
    let down = work.lead(&base.catalog()).map_err(|error| format!("up: {}\ndown: {error}", up.script))?;
    Schema::same(&work.dump(), &base.dump()).map_err(|error| format!("down: {}\n{error}", down.script))
}

/// Tries one of [`SHARES`] shares of the edits; with `REVGRAPH_EDIT` only those whose titles contain it.
fn try_share(share: usize) {
    let wanted = std::env::var("REVGRAPH_EDIT").unwrap_or_default();
    let edits = edits().into_iter().filter(|(title, _)| title.contains(&wanted));
    let base = Schema::rich();
    let mut work = base.edited("");
    let mut failures = Vec::new();
    for (title, edit) in edits.skip(share).step_by(SHARES) {
        if let Err(error) = try_edit(&base, &work, edit) {
            failures.push(format!("=== {title}\n{error}"));
            work = base.edited("");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_third_of_the_edits_leads_there_and_back() {
    try_share(0);
}

#[test]
fn another_third_of_the_edits_leads_there_and_back() {
    try_share(1);
}

#[test]
fn the_last_third_of_the_edits_leads_there_and_back() {
    try_share(2);
}
