//! Down scripts for revisions that lack one, from the schemas before and after each; every one proved.

use std::path::PathBuf;
use std::sync::Arc;

use super::ground::{Ground, Place, Stage, Walk, build, needed};
use super::{AutogenerateError, Way, course, script_text};
use crate::alter::{Hints, Part, ServerVersion};
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectKind, ObjectName, compare};
use crate::config::{Config, DatabaseUrl};
use crate::execute::ExecuteError;
use crate::graph::{NodeIndex, RevisionId};
use crate::scratch::{self, ScratchError, Walker};
use crate::script::{Directive, FileChanges, ScriptDirectory, directive_of_line};
use crate::sql::{Dialect, split};
use crate::verify::Observer;

/// A statement that does nothing, so that a revision can be taken for undone whose schema has been put back by hand.
const NOTHING: &str = "SELECT 1;\n";
/// The words that statements begin with which change rows.
const CHANGES_ROWS: [&str; 7] = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE", "COPY", "REPLACE"];

/// A down script that was looked for.
#[derive(Debug)]
pub struct Down {
    /// The revision.
    pub revision: RevisionId,
    /// What came of it.
    pub outcome: DownOutcome,
}

impl Down {
    /// The files of the down scripts that were found and proved.
    #[must_use]
    pub fn changes(found: &[Self]) -> FileChanges {
        let texts = found.iter().filter_map(|down| match &down.outcome {
            DownOutcome::Proved { path, text, .. } => Some((path.clone(), text.clone())),
            DownOutcome::Right | DownOutcome::NoChange | DownOutcome::NotFound(_) => None,
        });
        FileChanges { texts: texts.collect(), ..FileChanges::default() }
    }

    /// Whether a down script was looked for and not found.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.outcome, DownOutcome::NotFound(_))
    }
}

/// What came of looking for a down script.
#[derive(Debug)]
pub enum DownOutcome {
    /// It undoes the revision, as was seen on a scratch database.
    Proved {
        /// The file.
        path: PathBuf,
        /// The text of the down script.
        text: String,
        /// The text that it takes the place of, where there is one.
        replaces: Option<String>,
        /// What the revision takes away that no script brings back.
        not_brought_back: Vec<String>,
    },
    /// The revision has a down script that undoes it.
    Right,
    /// The revision does not change the schema: there is nothing that a schema tells of how to undo it.
    NoChange,
    /// None was found.
    NotFound(Box<AutogenerateError>),
}

/// For which revisions down scripts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownSelection {
    /// For all that were named.
    All,
    /// For those whose down script does not undo them.
    Wrong,
}

/// Looks for down scripts of revisions on a scratch database of the kind of `like`, in the order in which they can be
/// applied. Nothing is written.
///
/// # Errors
/// [`AutogenerateError::Scratch`] where there is no scratch database, or a revision does not go up.
pub fn find_downs(
    scripts: &ScriptDirectory,
    revisions: &[NodeIndex],
    selection: DownSelection,
    (config, like): (&Config, &DatabaseUrl),
    observer: &mut dyn Observer,
) -> Result<Vec<Down>, AutogenerateError> {
    let options = scratch::options(config);
    let place = Place { config, like, options: &options };
    let mut search = Search { scripts, place, applied: Vec::new(), stage: None };
    let mut found = Vec::with_capacity(revisions.len());
    for node in needed(scripts, revisions) {
        observer.started(scripts.graph().id(node));
        if revisions.contains(&node) {
            let outcome = search.look_for(node, selection, observer)?;
            found.push(Down { revision: scripts.graph().id(node).clone(), outcome });
        } else {
            search.up(scripts, node, observer)?;
        }
        search.applied.push(node);
        observer.passed();
    }
    Ok(found)
}

struct Search<'s> {
    scripts: &'s ScriptDirectory,
    place: Place<'s>,
    applied: Vec<NodeIndex>,
    /// None where something was left on the last one.
    stage: Option<Stage>,
}

impl<'s> Search<'s> {
    /// A scratch database on which just `applied` have been applied.
    fn stage(&mut self, observer: &mut dyn Observer) -> Result<Stage, AutogenerateError> {
        if let Some(stage) = self.stage.take() {
            return Ok(stage);
        }
        let mut database = build(self.place, &Ground::Empty, observer)?;
        let mut walker = Walker::new(self.scripts, self.place.options);
        for node in &self.applied {
            walker.up(database.backend(), *node).map_err(ScratchError::from)?;
        }
        Ok(Stage::of(database, self.place))
    }

    fn up(
        &mut self,
        scripts: &ScriptDirectory,
        node: NodeIndex,
        observer: &mut dyn Observer,
    ) -> Result<(), AutogenerateError> {
        let mut stage = self.stage(observer)?;
        let mut walker = Walker::after(scripts, self.place.options, &self.applied);
        walker.up(stage.database.backend(), node).map_err(ScratchError::from)?;
        self.stage = Some(stage);
        Ok(())
    }

    /// Looks for the down script of a revision that comes next, and applies it.
    fn look_for(
        &mut self,
        node: NodeIndex,
        selection: DownSelection,
        observer: &mut dyn Observer,
    ) -> Result<DownOutcome, AutogenerateError> {
        if selection == DownSelection::Wrong && self.is_right(node, observer)? {
            self.up(self.scripts, node, observer)?;
            return Ok(DownOutcome::Right);
        }
        let outcome = match self.attempt(node, observer) {
            Ok(outcome) => outcome,
            Err(AutogenerateError::Scratch(error)) => return Err(AutogenerateError::Scratch(error)),
            Err(error) => DownOutcome::NotFound(Box::new(error)),
        };
        if matches!(outcome, DownOutcome::NotFound(_)) {
            self.stage = None;
            self.up(self.scripts, node, observer)?;
        }
        Ok(outcome)
    }

    /// Whether the down script that is there undoes the revision. What it leaves is not gone on with.
    fn is_right(&mut self, node: NodeIndex, observer: &mut dyn Observer) -> Result<bool, AutogenerateError> {
        let mut stage = self.stage(observer)?;
        let before = stage.catalog()?;
        let mut walker = Walker::after(self.scripts, self.place.options, &self.applied);
        walker.up(stage.database.backend(), node).map_err(ScratchError::from)?;
        let undone = walker.down(stage.database.backend(), node);
        observer.control().check().map_err(ScratchError::from)?;
        let is_right = undone.is_ok() && differences(&before, &stage.catalog()?).is_empty();
        self.stage = is_right.then_some(stage);
        Ok(is_right)
    }

    /// Up, back by what the schemas tell, up again, and down and up by the script that this makes.
    fn attempt(
        &mut self,
        node: NodeIndex,
        observer: &mut dyn Observer,
    ) -> Result<DownOutcome, AutogenerateError> {
        let (scripts, place) = (self.scripts, self.place);
        let mut stage = self.stage(observer)?;
        let (_, server) = stage.version();
        let before = stage.catalog()?;
        let (path, replaces) = self.down_file(node)?;
        let up = scripts.script(node).bodies(self.dialect()).map_err(ScratchError::from)?.up.text;
        let blank = scripts.with_down(node, path.clone(), Arc::clone(&up), NOTHING.into());
        let mut walker = Walker::after(&blank, place.options, &self.applied);
        walker.up(stage.database.backend(), node).map_err(ScratchError::from)?;
        let after = stage.catalog()?;
        let lost = differences(&before, &after);
        if lost.is_empty() {
            self.stage = Some(stage);
            return Ok(DownOutcome::NoChange);
        }
        let mut walk = Walk::new(place, stage, observer, false);
        let part = back(&mut walk, after.clone(), &before, server)?;
        let not_brought_back = self.not_brought_back(node, &lost, walk.stage.database.backend().dialect())?;
        let text = self.text(node, &part, &not_brought_back, walk.stage.database.backend().dialect())?;
        walker.down(walk.stage.database.backend(), node).map_err(ScratchError::from)?;
        let proved = scripts.with_down(node, path.clone(), up, text.as_str().into());
        let mut walker = Walker::after(&proved, place.options, &self.applied);
        let run = |error: ExecuteError, way| AutogenerateError::Script {
            revision: scripts.graph().id(node).clone(),
            way,
            on_rows: false,
            error: Box::new(error),
        };
        walker.up(walk.stage.database.backend(), node).map_err(|error| run(error, Way::Up))?;
        walker.down(walk.stage.database.backend(), node).map_err(|error| run(error, Way::Down))?;
        equal(&mut walk, &before, Way::Down)?;
        walker.up(walk.stage.database.backend(), node).map_err(|error| run(error, Way::Up))?;
        equal(&mut walk, &after, Way::Up)?;
        self.stage = Some(walk.stage);
        if replaces.as_ref() == Some(&text) {
            return Ok(DownOutcome::Right);
        }
        Ok(DownOutcome::Proved { path, text, replaces, not_brought_back })
    }

    /// The file of the down script, and the statements that it holds already.
    fn down_file(&self, node: NodeIndex) -> Result<(PathBuf, Option<String>), AutogenerateError> {
        let script = self.scripts.script(node);
        let Some(path) = &script.down else {
            let name = script.up.file_name().unwrap_or_default().to_string_lossy();
            let stem = name.strip_suffix(".up.sql").unwrap_or(&name);
            return Ok((script.up.with_file_name(format!("{stem}.down.sql")), None));
        };
        let dialect = self.dialect();
        let bodies = script.bodies(dialect).map_err(ScratchError::from)?;
        let is_empty = bodies.irreversible(dialect).is_some();
        let text = bodies.down.filter(|_| !is_empty).map(|down| down.text.to_string());
        Ok((path.clone(), text))
    }

    fn dialect(&self) -> Dialect {
        match self.place.like {
            DatabaseUrl::Postgres(_) => Dialect::Postgres,
            DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// What a revision takes away for good: what its schema change loses, and rows that its script changes.
    fn not_brought_back(
        &self,
        node: NodeIndex,
        changes: &[Difference],
        dialect: Dialect,
    ) -> Result<Vec<String>, AutogenerateError> {
        let losing = changes.iter().filter(|change| change.loses_data.making);
        let what =
            |name: &ObjectName| if ObjectKind::RELATIONS.contains(&name.kind) { "rows" } else { "values" };
        let lost = losing.map(|change| format!("the {} of {}", what(&change.object), change.object));
        let mut lost: Vec<String> = lost.collect();
        lost.dedup();
        let up = self.scripts.script(node).bodies(dialect).map_err(ScratchError::from)?.up;
        let statements = split(dialect, &up.body.sql).unwrap_or_default();
        let changes_rows = |statement: &crate::sql::Statement<'_>| {
            let words = statement.leading_keywords();
            words
                .first()
                .is_some_and(|word| CHANGES_ROWS.contains(&word.as_str()) || word == "WITH" || word == "DO")
        };
        if statements.iter().any(changes_rows) {
            lost.push("rows as they were before statements of the up script changed them".to_owned());
        }
        Ok(lost)
    }

    /// The text of the down script. Where the up script has lines for one dialect alone, so has this.
    fn text(
        &self,
        node: NodeIndex,
        part: &Part,
        not_brought_back: &[String],
        dialect: Dialect,
    ) -> Result<String, AutogenerateError> {
        let script = self.scripts.script(node);
        let mut text = format!("-- undoes {}: {}\n", self.scripts.graph().id(node), script.title());
        text.push_str("-- Made from the schemas before and after it, and proved.\n");
        for lost in not_brought_back {
            text.push_str(&format!("-- It does not bring back {}.\n", lost.replace(['\n', '\r'], " ")));
        }
        text.push('\n');
        let up = script.bodies(dialect).map_err(ScratchError::from)?.up;
        let is_block = |line: &str| matches!(directive_of_line(line), Some(Ok(Directive::Only(_))));
        let statements = script_text(dialect, part);
        if up.text.lines().any(is_block) {
            text.push_str(&format!("-- revgraph: only {dialect}\n{statements}-- revgraph: end\n"));
        } else {
            text.push_str(&statements);
        }
        Ok(text)
    }
}

/// The statements that lead back; they have been run.
fn back(
    walk: &mut Walk<'_>,
    after: Catalog,
    before: &Catalog,
    server: ServerVersion,
) -> Result<Part, AutogenerateError> {
    let hints = Hints { one_part: true, server, ignores_privileges: true, ..Hints::default() };
    course::lead_back(walk, after, before, &hints)
}

fn differences(left: &Catalog, right: &Catalog) -> Vec<Difference> {
    compare(left, right, &CompareOptions { ignore_column_order: true, ..CompareOptions::default() })
}

fn equal(walk: &mut Walk<'_>, wanted: &Catalog, way: Way) -> Result<(), AutogenerateError> {
    let found = walk.stage.catalog()?;
    let wanted = walk.settled(&found, wanted)?;
    let differences = walk.differences(&wanted, &found);
    if differences.is_empty() { Ok(()) } else { Err(AutogenerateError::Differs { way, differences }) }
}
