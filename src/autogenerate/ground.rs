//! How a schema comes to be on a scratch database.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kept_privileges::with_privileges_of;
use super::load::load;
use super::models::Models;
use super::{AutogenerateError, NamedSql, Way};
use crate::alter::{self, Hints, Part, ServerVersion};
use crate::backend::StepFailure;
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectKind, ObjectName, Scope, compare, sql};
use crate::config::{Config, DatabaseUrl};
use crate::execute::{ExecuteError, Options};
use crate::graph::{Follow, NodeIndex};
use crate::scratch::{ScratchDatabase, ScratchError, Snapshot, Walker, make_ready, run_script};
use crate::script::{ScriptDirectory, Side, SourceText};
use crate::verify::{Observer, settle_beside};

/// What messages call a schema that was read from a database and is built again.
const DESCRIBED: &str = "the schema of the database";
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
    /// The models that the schema is made of, where it is made of models.
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
    /// Whether what was read from a database gets the owners and grants that it has there.
    with_privileges: bool,
    snapshot: Option<Snapshot>,
}

impl<'g> Foundation<'g> {
    /// The schema of `ground`, which has not been built yet.
    pub(super) fn new(ground: &'g Ground, with_privileges: bool) -> Self {
        Self { ground, with_privileges, snapshot: None }
    }

    fn build(
        &self,
        place: Place<'_>,
        observer: &mut dyn Observer,
    ) -> Result<ScratchDatabase, AutogenerateError> {
        let mut database = build(place, self.ground, observer)?;
        if let (Ground::Described(catalog), true) = (self.ground, self.with_privileges) {
            give_privileges(&mut database, place, catalog)?;
        }
        Ok(database)
    }

    /// What is told of this schema by the database that it is built on, which is kept to be copied.
    ///
    /// # Errors
    /// [`AutogenerateError`] of a scratch database that cannot be had or filled.
    pub(super) fn described(
        &mut self,
        place: Place<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Described, AutogenerateError> {
        let mut stage = Stage::of(self.build(place, observer)?, place);
        let (version, server) = stage.version();
        let described = Described { version, server, role: stage.role()?, catalog: stage.catalog()? };
        if stage.database.has_snapshots() && !matches!(self.ground, Ground::Empty) {
            self.snapshot = stage.database.into_snapshot();
        }
        Ok(described)
    }

    /// A scratch database with this schema. It is built only once where a copy can be kept.
    ///
    /// # Errors
    /// [`AutogenerateError`] of a scratch database that cannot be had or filled.
    pub(super) fn stage(
        &mut self,
        place: Place<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Stage, AutogenerateError> {
        if self.snapshot.is_none() {
            let database = self.build(place, observer)?;
            if !database.has_snapshots() || matches!(self.ground, Ground::Empty) {
                return Ok(Stage::of(database, place));
            }
            self.snapshot = database.into_snapshot();
        }
        let mut database = match &self.snapshot {
            Some(snapshot) => {
                ScratchDatabase::of_snapshot(snapshot, place.config, place.like, observer.control())?
            }
            None => self.build(place, observer)?,
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
    /// A scratch database, of which counts what the configuration of `place` does not ignore.
    pub(super) fn of(database: ScratchDatabase, place: Place<'_>) -> Self {
        Self { database, scope: place.config.scope() }
    }

    /// What the database calls itself, in words and as a number.
    pub(super) fn version(&mut self) -> (String, ServerVersion) {
        let backend = self.database.backend();
        (backend.version(), ServerVersion(backend.version_number()))
    }

    /// The role that runs statements there, and so owns what they make; none in SQLite.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn role(&mut self) -> Result<Option<String>, AutogenerateError> {
        Ok(self.database.backend().role().map_err(ScratchError::from)?)
    }

    /// Describes the schema of the scratch database, without what is ignored.
    ///
    /// # Errors
    /// The database's.
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
    ///
    /// # Errors
    /// [`AutogenerateError::Statement`] of the first that fails, and where the work has been cancelled.
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

    /// `wanted`, spelled as the schema `now` of the stage is, where it means the same.
    ///
    /// # Errors
    /// [`AutogenerateError`] where the work has been cancelled.
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
///
/// # Errors
/// [`AutogenerateError`] where it cannot be had or filled, and where the work has been cancelled.
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

/// Gives what has been built of the schema of a database the owners and grants that it has there.
fn give_privileges(
    database: &mut ScratchDatabase,
    place: Place<'_>,
    catalog: &Catalog,
) -> Result<(), AutogenerateError> {
    let backend = database.backend();
    let (dialect, server) = (backend.dialect(), ServerVersion(backend.version_number()));
    let hints = Hints { role: backend.role().map_err(ScratchError::from)?, server, ..Hints::default() };
    let built = database.catalog()?.within(&place.config.scope());
    let wanted = with_privileges_of(catalog, built.clone());
    for part in alter::alter(&built, &wanted, &hints).map_err(AutogenerateError::Refused)?.parts {
        run_text(database, Path::new(DESCRIBED), super::script_text(dialect, &part).into())?;
    }
    let options = CompareOptions { with_privileges: true, ..CompareOptions::default() };
    let differences = compare(&wanted, &database.catalog()?.within(&place.config.scope()), &options);
    if differences.is_empty() {
        return Ok(());
    }
    Err(AutogenerateError::Unsettled { way: Way::Up, differences })
}

/// A catalog without the schemas that a scratch database has from the beginning, since an environment needs them.
pub(super) fn to_make<'c>(place: Place<'_>, catalog: &'c Catalog) -> Cow<'c, Catalog> {
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

/// The failure of a statement that models were made into, at its place in them.
pub(super) fn pointed(texts: &[NamedSql], error: AutogenerateError) -> AutogenerateError {
    let AutogenerateError::Scratch(scratch) = error else { return error };
    let ScratchError::File { path, failure } = *scratch else { return AutogenerateError::Scratch(scratch) };
    let models = texts.iter().find(|text| text.path == path).and_then(|text| text.models.as_ref());
    let failure = match models {
        Some(models) => Box::new(models.pointed(*failure)),
        None => failure,
    };
    ScratchError::File { path, failure }.into()
}

/// Runs a text on a scratch database as an up script; `path` is what errors call it.
///
/// # Errors
/// [`AutogenerateError`] of a directive or a statement.
pub(super) fn run_text(
    database: &mut ScratchDatabase,
    path: &Path,
    text: Arc<str>,
) -> Result<(), AutogenerateError> {
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
