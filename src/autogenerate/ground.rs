//! How a schema comes to be on a scratch database.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::load::load;
use super::models::Models;
use super::{AutogenerateError, NamedSql};
use crate::alter::{Part, ServerVersion};
use crate::backend::StepFailure;
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectKind, ObjectName, Scope, compare, sql};
use crate::config::{Config, DatabaseUrl};
use crate::execute::{ExecuteError, Options};
use crate::graph::{Follow, NodeIndex};
use crate::prisma;
use crate::scratch::{ScratchDatabase, ScratchError, Snapshot, Walker, make_ready, run_script};
use crate::script::{ScriptDirectory, Side, SourceText};
use crate::verify::{Observer, settle_beside};

/// What messages call a schema that was read from a database and is built again.
const DESCRIBED: &str = "the schema of the database";
/// What messages call what is there and models can name.
const BESIDE: &str = "what there is beside the models";
/// What messages call models with what stays as it is.
const COMPLETED: &str = "the models with what they leave as it is";
/// What messages call statements that are tried.
const GENERATED: &str = "the generated statements";

/// What a schema is read from: revisions, SQL or a database.
#[derive(Debug)]
pub enum Ground {
    /// Nothing.
    Empty,
    /// What revisions build, with all that they need.
    Revisions {
        /// The scripts.
        scripts: Arc<ScriptDirectory>,
        /// The revisions, as nodes of their graph.
        tips: Vec<NodeIndex>,
    },
    /// What SQL builds.
    Texts(Vec<NamedSql>),
    /// The schema of a database.
    Described(Box<Catalog>),
}

impl Ground {
    /// The models that it is made of, where it is.
    #[must_use]
    pub fn models(&self) -> Option<&Arc<Models>> {
        match self {
            Self::Texts(texts) => texts.iter().find_map(|text| text.models.as_ref()),
            _ => None,
        }
    }
}

/// Where scratch databases for a schema are made, and with which settings.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) config: &'p Config,
    pub(super) like: &'p DatabaseUrl,
    pub(super) options: &'p Options,
}

/// A ground on which any number of scratch databases can stand, and what they begin with once it was built.
pub(super) struct Foundation<'g> {
    ground: &'g Ground,
    snapshot: Option<Snapshot>,
}

impl<'g> Foundation<'g> {
    pub(super) fn new(ground: &'g Ground) -> Self {
        Self { ground, snapshot: None }
    }

    /// What is told of this schema by the database that it is built on, which is kept to be copied.
    pub(super) fn described(
        &mut self,
        place: Place<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Described, AutogenerateError> {
        let mut stage = Stage::of(build(place, self.ground, observer)?, place);
        let (version, server) = stage.version();
        let described = Described { version, server, role: stage.role()?, catalog: stage.catalog()? };
        if stage.database.has_snapshots() && !matches!(self.ground, Ground::Empty) {
            self.snapshot = stage.database.into_snapshot();
        }
        Ok(described)
    }

    /// A scratch database with this schema. It is built only once where a copy can be kept.
    pub(super) fn stage(
        &mut self,
        place: Place<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Stage, AutogenerateError> {
        if self.snapshot.is_none() {
            let database = build(place, self.ground, observer)?;
            if !database.has_snapshots() || matches!(self.ground, Ground::Empty) {
                return Ok(Stage::of(database, place));
            }
            self.snapshot = database.into_snapshot();
        }
        let mut database = match &self.snapshot {
            Some(snapshot) => {
                ScratchDatabase::of_snapshot(snapshot, place.config, place.like, observer.control())?
            }
            None => build(place, self.ground, observer)?,
        };
        make_ready(database.backend())?;
        Ok(Stage::of(database, place))
    }
}

/// A schema, and the database that it was read from.
pub(super) struct Described {
    /// What the database calls itself.
    pub(super) version: String,
    pub(super) server: ServerVersion,
    /// The role that runs statements there.
    pub(super) role: Option<String>,
    pub(super) catalog: Catalog,
}

/// A scratch database with the schema of a ground.
pub(super) struct Stage {
    pub(super) database: ScratchDatabase,
    /// What of its schema is looked at.
    scope: Scope,
}

impl Stage {
    pub(super) fn of(database: ScratchDatabase, place: Place<'_>) -> Self {
        Self { database, scope: place.config.scope() }
    }

    /// What the database calls itself, in words and as a number.
    pub(super) fn version(&mut self) -> (String, ServerVersion) {
        let backend = self.database.backend();
        (backend.version(), ServerVersion(backend.version_number()))
    }

    /// The role that runs statements there, and so owns what they make.
    pub(super) fn role(&mut self) -> Result<Option<String>, AutogenerateError> {
        Ok(self.database.backend().role().map_err(ScratchError::from)?)
    }

    pub(super) fn catalog(&mut self) -> Result<Catalog, AutogenerateError> {
        Ok(self.database.catalog()?.within(&self.scope))
    }
}

/// A stage on which statements are tried, and what they leave is compared with what they should leave.
pub(super) struct Walk<'w> {
    pub(super) place: Place<'w>,
    pub(super) stage: Stage,
    pub(super) observer: &'w mut dyn Observer,
    with_privileges: bool,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        place: Place<'w>,
        stage: Stage,
        observer: &'w mut dyn Observer,
        with_privileges: bool,
    ) -> Self {
        Self { place, stage, observer, with_privileges }
    }

    /// Runs the statements of a part, as its script would.
    pub(super) fn run(&mut self, part: &Part) -> Result<(), AutogenerateError> {
        let backend = self.stage.database.backend();
        let dialect = backend.dialect();
        let text = super::script_text(dialect, part);
        let script = SourceText::new(PathBuf::from(GENERATED), text.into(), Side::Up, dialect)
            .map_err(ScratchError::from)?;
        let ran = run_script(backend, script);
        self.observer.control().check().map_err(ScratchError::from)?;
        match ran {
            Ok(()) => Ok(()),
            Err(ExecuteError::Step(run)) => Err(AutogenerateError::Statement(Box::new(run.failure))),
            Err(other) => Err(ScratchError::from(other).into()),
        }
    }

    /// `wanted`, spelled as the schema `now` of the stage is.
    pub(super) fn settled<'c>(
        &mut self,
        now: &Catalog,
        wanted: &'c Catalog,
    ) -> Result<Cow<'c, Catalog>, AutogenerateError> {
        let Place { config, like, .. } = self.place;
        let settled = settle_beside(&mut self.stage.database, now, wanted, config, like, self.observer)?;
        Ok(settled.right)
    }

    /// In what two schemas of one spelling differ that are to be equal. Columns are added at the end of their table, so
    /// that their order is not held against anybody.
    pub(super) fn differences(&self, wanted: &Catalog, found: &Catalog) -> Vec<Difference> {
        let options = CompareOptions {
            ignore_column_order: true,
            with_privileges: self.with_privileges,
            of_database: self.with_privileges,
            of_scripts: false,
        };
        let mut differences = compare(wanted, found, &options);
        differences.retain(|difference| {
            let name = &difference.object;
            !name.is_property_of_database() && !name.is_members_of_extension()
        });
        differences
    }
}

/// The schema that `ground` gives on a scratch database; one that has been described already is not built.
/// Errors are [`AutogenerateError`], where it cannot be built or described.
pub(super) fn catalog(
    place: Place<'_>,
    ground: &Ground,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    if let Ground::Described(catalog) = ground {
        return Ok((**catalog).clone());
    }
    Ok(build(place, ground, observer)?.catalog()?.within(&place.config.scope()))
}

/// A scratch database with the schema of a ground, ready for scripts.
pub(super) fn build(
    place: Place<'_>,
    ground: &Ground,
    observer: &mut dyn Observer,
) -> Result<ScratchDatabase, AutogenerateError> {
    let mut database = ScratchDatabase::create(place.config, place.like, observer.control())?;
    let built = fill(&mut database, place, ground, observer);
    observer.control().check().map_err(ScratchError::from)?;
    built?;
    Ok(database)
}

fn fill(
    database: &mut ScratchDatabase,
    place: Place<'_>,
    ground: &Ground,
    observer: &mut dyn Observer,
) -> Result<(), AutogenerateError> {
    match ground {
        Ground::Empty => Ok(make_ready(database.backend())?),
        Ground::Revisions { scripts, tips } => {
            let mut walker = Walker::new(scripts, place.options);
            walker.begin(database.backend())?;
            for node in needed(scripts, tips) {
                observer.control().check().map_err(ScratchError::from)?;
                observer.started(scripts.graph().id(node));
                walker.up(database.backend(), node).map_err(ScratchError::from)?;
                observer.passed();
            }
            Ok(())
        }
        Ground::Texts(texts) => {
            make_ready(database.backend())?;
            load(database.backend(), texts).map_err(|error| pointed(texts, error))
        }
        Ground::Described(catalog) => {
            make_ready(database.backend())?;
            run_text(database, Path::new(DESCRIBED), sql::write(&to_make(place, catalog)).into())
        }
    }
}

/// What models and SQL beside them build where there is `now` what the models name and do not have.
pub(super) fn beside(
    place: Place<'_>,
    texts: &[NamedSql],
    models: &Models,
    now: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    let mut database = ScratchDatabase::create(place.config, place.like, observer.control())?;
    make_ready(database.backend())?;
    let prelude = prisma::prelude(&models.schema, &to_make(place, now));
    if !prelude.is_empty() {
        run_text(&mut database, Path::new(BESIDE), prelude.into())?;
    }
    let loaded = load(database.backend(), texts).map_err(|error| pointed(texts, error));
    observer.control().check().map_err(ScratchError::from)?;
    loaded?;
    Ok(database.catalog()?.within(&place.config.scope()))
}

/// A catalog without the schemas that a scratch database has from the beginning, since an environment needs them.
fn to_make<'c>(place: Place<'_>, catalog: &'c Catalog) -> Cow<'c, Catalog> {
    let of_url = match place.like {
        DatabaseUrl::Postgres(url) => url.search_path(),
        DatabaseUrl::Sqlite(_) => None,
    };
    let made = [place.config.version_table_schema.as_deref(), of_url];
    let is_made =
        |name: &ObjectName| name.kind == ObjectKind::Schema && made.contains(&Some(name.name.as_str()));
    if !catalog.objects.keys().any(is_made) {
        return Cow::Borrowed(catalog);
    }
    let mut rest = catalog.clone();
    rest.objects.retain(|name, _| !is_made(name));
    Cow::Owned(rest)
}

/// A schema that was put together, as the database itself tells it: a view that stays has the columns of its table as
/// they are wanted.
pub(super) fn rebuilt(
    place: Place<'_>,
    together: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    let mut database = ScratchDatabase::create(place.config, place.like, observer.control())?;
    make_ready(database.backend())?;
    let ran = run_text(&mut database, Path::new(COMPLETED), sql::write(&to_make(place, together)).into());
    observer.control().check().map_err(ScratchError::from)?;
    ran?;
    Ok(database.catalog()?.within(&place.config.scope()))
}

/// The failure of a statement that models were made into, at its place in them.
fn pointed(texts: &[NamedSql], error: AutogenerateError) -> AutogenerateError {
    let AutogenerateError::Scratch(scratch) = error else { return error };
    let ScratchError::File { path, failure } = *scratch else { return AutogenerateError::Scratch(scratch) };
    let models = texts.iter().find(|text| text.path == path).and_then(|text| text.models.as_ref());
    let failure = match models {
        Some(models) => Box::new(models.pointed(*failure)),
        None => failure,
    };
    ScratchError::File { path, failure }.into()
}

fn run_text(database: &mut ScratchDatabase, path: &Path, text: Arc<str>) -> Result<(), AutogenerateError> {
    let dialect = database.backend().dialect();
    let script = SourceText::new(path.to_owned(), text, Side::Up, dialect).map_err(ScratchError::from)?;
    run_script(database.backend(), script).map_err(|error| of_file(path, error).into())
}

fn of_file(path: &Path, error: ExecuteError) -> ScratchError {
    match error {
        ExecuteError::Step(run) => {
            let failure: StepFailure = run.failure;
            ScratchError::File { path: path.to_owned(), failure: Box::new(failure) }
        }
        other => other.into(),
    }
}

/// Some revisions with all that they stand on, in the order in which they can be applied.
pub(super) fn needed(scripts: &ScriptDirectory, tips: &[NodeIndex]) -> Vec<NodeIndex> {
    let graph = scripts.graph();
    graph.sorted(&graph.ancestors(tips.iter().copied(), Follow::ParentsAndDependencies))
}
