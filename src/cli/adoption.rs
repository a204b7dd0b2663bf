//! Taking over what another tool has applied to the database: `import --adopt` and `stamp --from`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::context::Context;
use super::open_database::OpenDatabase;
use super::stamp_check::refuse_other_schema;
use crate::backend::Access;
use crate::config::{DatabaseUrl, SqliteLocation};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::execute::{self, Report};
use crate::graph::{Follow, NodeSet, RevisionGraph, RevisionId, RevisionSpec, joined_or_base};
use crate::import::alembic::AlembicOptions;
use crate::import::{
    self, Earlier, Import, ImportedHistory, Kind, Request, UnknownKind, applied_by_tool, dialect_of_scripts,
    usual_folder,
};
use crate::script::{ReadMode, ScriptDirectory};
use crate::sql::Dialect;

/// The tool of a name.
pub fn kind(text: &str) -> Result<Kind, Diagnostic> {
    text.parse().map_err(|error: UnknownKind| {
        let names = Kind::ALL.map(Kind::name).join(", ");
        Diagnostic::usage(error.to_string()).hint(format!("the kinds are {names}"))
    })
}

/// The SQL of the configured database, where there is one.
fn configured_dialect(context: &Context) -> Option<Dialect> {
    Some(match context.config.database_url().ok()? {
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
    })
}

/// The same where it tells something of another tool's files: a SQLite file that is not there yet may be what `init`
/// has put into the configuration.
pub fn meant_dialect(context: &Context, nothing_else_tells: bool) -> Option<Dialect> {
    let is_there = match context.config.database_url().ok()? {
        DatabaseUrl::Postgres(_) => true,
        DatabaseUrl::Sqlite(url) => matches!(url.location(), SqliteLocation::File(path) if path.exists()),
    };
    configured_dialect(context).filter(|_| is_there || nothing_else_tells)
}

/// What an import would write. `dialect` is what the user says of the files; what they say of themselves goes before.
pub fn plan(
    context: &Context,
    history: &ImportedHistory,
    dialect: Option<Dialect>,
    scripts: &ScriptDirectory,
) -> Result<Import, Diagnostic> {
    let of_files = history.dialect.or(dialect).or_else(|| dialect_of_scripts(history));
    let earlier = match of_files.or_else(|| meant_dialect(context, false)) {
        Some(_) => Earlier::Repair,
        None => Earlier::Keep,
    };
    // Where nobody tells, the SQL of the more common database.
    let dialect = of_files.or_else(|| configured_dialect(context)).unwrap_or(Dialect::Postgres);
    let now = context.config.timezone.now();
    Ok(Import::plan(history, scripts, &context.config, dialect, earlier, now)?)
}

/// A database, and what a tool has applied to it.
pub struct ToolState {
    kind: Kind,
    backend: OpenDatabase,
    /// The names of the revisions.
    applied: BTreeSet<String>,
}

impl ToolState {
    /// Reads the tool's own table and checks it against the files.
    pub fn read(context: &Context, history: &ImportedHistory) -> Result<Self, Diagnostic> {
        let mut backend = context.connect(Access::Write)?;
        let applied = applied_by_tool(history, backend.as_mut())?;
        let applied = applied.into_iter().map(str::to_owned).collect();
        Ok(Self { kind: history.kind, backend, applied })
    }

    /// Sets version rows and ledger to the same point. `revisions` tells which revision stands
    /// for each name.
    pub fn adopt(
        &mut self,
        context: &Context,
        revisions: &BTreeMap<String, RevisionId>,
        force: bool,
    ) -> Result<Report, Diagnostic> {
        let scripts = context.scripts(ReadMode::Headers)?;
        let graph = scripts.graph();
        self.refuse_half_a_baseline(revisions)?;
        let heads = self.heads(graph, revisions);
        let backend = self.backend.as_mut();
        let rows = backend.state()?.rows;
        if !rows.is_empty() && rows != heads {
            return Err(stands_elsewhere(self.kind, &rows, &heads));
        }
        let targets: Vec<RevisionSpec> = heads.iter().map(RevisionSpec::of_id).collect();
        if targets.is_empty() {
            return Ok(Report::default());
        }
        if !force {
            refuse_other_schema(context, &scripts, backend, &targets, false).map_err(not_adopted)?;
        }
        Ok(execute::stamp(&scripts, backend, &targets, false, &context.options())?)
    }

    /// The database, without password.
    pub fn database(&self) -> String {
        self.backend.describe()
    }

    /// How many revisions have been applied.
    pub fn count(&self) -> usize {
        self.applied.len()
    }

    /// A baseline stands for several migrations, all of which have to be applied before it can be stamped.
    fn refuse_half_a_baseline(&self, revisions: &BTreeMap<String, RevisionId>) -> Result<(), Diagnostic> {
        let is_applied = |name: &String| self.applied.contains(name);
        let applied: BTreeSet<&RevisionId> =
            revisions.iter().filter(|(name, _)| is_applied(name)).map(|(_, id)| id).collect();
        let half: Vec<_> =
            revisions.iter().filter(|(name, id)| applied.contains(id) && !is_applied(name)).collect();
        if half.is_empty() {
            return Ok(());
        }
        let told = Diagnostic::new(
            ErrorKind::NotAdopted,
            format!("{} has not applied all that a baseline stands for", self.kind),
        );
        let told = half.iter().fold(told, |told, (name, id)| {
            told.cause(format!("{name} has not been applied, and {id} stands for it among others"))
        });
        Err(told.cause("nothing has changed").hint(format!("bring the database up with {} first", self.kind)))
    }

    /// The version rows that stand for all that has been applied, sorted.
    fn heads(&self, graph: &RevisionGraph, revisions: &BTreeMap<String, RevisionId>) -> Vec<RevisionId> {
        let ids = self.applied.iter().filter_map(|name| revisions.get(name));
        let nodes = ids.filter_map(|id| graph.find(id.as_str()));
        let applied = NodeSet::of(graph.len(), nodes);
        let mut heads = graph.ids(&graph.tips(&applied, Follow::ParentsAndDependencies));
        heads.sort();
        heads
    }
}

/// The error of a stamp, with what to do about it here.
fn not_adopted(mut error: Diagnostic) -> Diagnostic {
    error.hints.clear();
    error.hint("adopt it all the same: --force")
}

fn stands_elsewhere(kind: Kind, rows: &[RevisionId], heads: &[RevisionId]) -> Diagnostic {
    let (stands, has) = (joined_or_base(rows), joined_or_base(heads));
    Diagnostic::new(
        ErrorKind::Managed,
        format!("the version rows of the database say {stands}, and {kind} has applied up to {has}"),
    )
    .cause("nothing has been stamped")
    .hint("go on with revgraph alone: revgraph upgrade")
    .hint(format!("or set the version rows: revgraph stamp --purge {}", heads_argument(heads)))
}

fn heads_argument(heads: &[RevisionId]) -> String {
    if heads.is_empty() {
        "base".to_owned()
    } else {
        heads.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// `stamp --from KIND [DIR]`.
pub fn stamp_from(
    context: &Context,
    kind: Kind,
    folder: Option<&Path>,
    python: Option<PathBuf>,
    force: bool,
) -> Result<Report, Diagnostic> {
    if kind == Kind::Alembic
        && let Some(report) = stamp_own_rows(context, force)?
    {
        return Ok(report);
    }
    let folder = match folder {
        Some(folder) => folder.to_owned(),
        None => usual_folder(kind, Path::new("")).ok_or_else(|| no_folder(kind, "stamp --from"))?,
    };
    let dialect = meant_dialect(context, false);
    let alembic = AlembicOptions { python, ..AlembicOptions::default() };
    let request = Request {
        kind,
        folder: folder.clone(),
        dialect,
        config: &context.config,
        alembic,
        control: context.control.clone(),
    };
    let history = import::read(&request)?;
    let mut state = ToolState::read(context, &history)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let import = plan(context, &history, dialect, &scripts)?;
    let missing: Vec<&str> = import.files.iter().map(|files| files.name.as_str()).collect();
    if !missing.is_empty() {
        return Err(not_imported(kind, &folder, &missing));
    }
    state.adopt(context, &import.revisions, force)
}

/// Alembic's version rows are revgraph's own. Where the scripts have them all, nothing else need be asked.
fn stamp_own_rows(context: &Context, force: bool) -> Result<Option<Report>, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let mut backend = context.connect(Access::Write)?;
    let rows = backend.state()?.rows;
    let is_known = |row: &RevisionId| scripts.graph().find(row.as_str()).is_some();
    if rows.is_empty() || !rows.iter().all(is_known) {
        return Ok(None);
    }
    let targets: Vec<RevisionSpec> = rows.iter().map(RevisionSpec::of_id).collect();
    if !force {
        refuse_other_schema(context, &scripts, backend.as_mut(), &targets, false).map_err(not_adopted)?;
    }
    Ok(Some(execute::stamp(&scripts, backend.as_mut(), &targets, false, &context.options())?))
}

/// The error where the files of a tool are not where they usually are; `command` is what needs them.
pub fn no_folder(kind: Kind, command: &str) -> Diagnostic {
    let usual = kind.usual_folders().join(", ");
    Diagnostic::usage(format!("there are no files of {kind} where they usually are: {usual}"))
        .hint(format!("name the folder: revgraph {command} {kind} DIR"))
}

fn not_imported(kind: Kind, folder: &Path, missing: &[&str]) -> Diagnostic {
    let folder = shell_words::quote(&folder.display().to_string()).into_owned();
    let told = Diagnostic::new(ErrorKind::NotImported, format!("not all that {kind} has is imported"))
        .hint(format!("import it, and take over the state: revgraph import {kind} {folder} --adopt"));
    missing.iter().fold(told, |told, name| told.cause((*name).to_owned()))
}
