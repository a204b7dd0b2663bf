//! From a range to a baseline with its scripts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::concat::{Original, concatenate};
use super::draft::{Draft, Known, unproved};
use super::original::{BOTH, has_blocks, read, texts, tolerated};
use super::proof::{Candidate, prove, replay_originals};
use super::section::{Section, separate, shared};
use super::stage::Place;
use super::way_back::WayBack;
use super::{Mode, Outcome, Proof, Request, Squash, SquashError, schema, summary};
use crate::config::{Config, ConfigError};
use crate::execute::{ExecuteError, Options};
use crate::graph::{NodeIndex, Revision, RevisionGraph, RevisionId};
use crate::regular_file::{self, is_taken};
use crate::scratch::{self, ScratchError, asks_clock};
use crate::script::{
    FileChanges, NewRevision, NewScript, ScriptDirectory, ScriptReader, Side, heads_path, heads_text,
    with_dependencies, with_parents,
};
use crate::sql::Dialect;
use crate::verify::Observer;

/// Makes one baseline of a request, in memory.
pub(super) struct Maker<'m> {
    scripts: &'m ScriptDirectory,
    config: &'m Config,
    request: &'m Request,
    options: Options,
    originals: Vec<Original>,
    dialects: Vec<Dialect>,
    asks_clock: bool,
}

impl<'m> Maker<'m> {
    /// Reads the scripts that are to be replaced, and finds out for which dialects.
    /// Errors are [`SquashError`], where the id is taken, a script cannot be read, or the database's kind is
    /// not known.
    pub(super) fn new(
        scripts: &'m ScriptDirectory,
        config: &'m Config,
        request: &'m Request,
    ) -> Result<Self, SquashError> {
        scripts.check_unused(request.revision.as_str())?;
        let originals: Vec<Original> =
            request.range.originals.iter().map(|node| read(scripts, *node)).collect::<Result<_, _>>()?;
        let dialects = match &request.dialects {
            Some(dialects) => dialects.clone(),
            None if originals.iter().any(has_blocks) => BOTH.to_vec(),
            None => vec![configured(config)?],
        };
        // What the range calls and fires may have been made below it.
        let below_asks =
            |node: &NodeIndex| read(scripts, *node).map_or(true, |one| texts(&one).any(asks_clock));
        let asks_clock =
            originals.iter().flat_map(texts).any(asks_clock) || request.range.below.iter().any(below_asks);
        let options = scratch::options(config);
        Ok(Self { scripts, config, request, options, originals, dialects, asks_clock })
    }

    /// Writes the baseline's scripts and proves them on every dialect that is at hand; no file is touched.
    ///
    /// # Errors
    /// [`SquashError`]: of an id, a path or a place in the graph that cannot be the baseline's, before anything is
    /// replayed; of scripts that cannot be made; of a baseline that does not leave what its originals leave.
    pub(super) fn make(&self, observer: &mut dyn Observer) -> Result<Squash, SquashError> {
        // Of what can be wrong without any database, nothing is told after a long replay.
        let unproved: Vec<Proof> = self.dialects.iter().map(|dialect| unproved(*dialect)).collect();
        let script = self.new_script(&unproved, false);
        script.check()?;
        self.paths(&script)?;
        let moves = self.moves()?;
        let mut draft = self.draft(observer)?;
        let mut proofs = draft.proofs(self.request);
        let provisional = self.directory(&draft, &proofs)?;
        if self.request.verify {
            let known = self.prove(&draft, &provisional, observer)?;
            draft.note(&self.dialects, &mut proofs, known);
        } else {
            for proof in &mut proofs {
                if proof.outcome != Outcome::NotAtHand {
                    proof.outcome = Outcome::NotAsked;
                }
            }
        }
        self.finish(draft, proofs, moves)
    }

    fn draft(&self, observer: &mut dyn Observer) -> Result<Draft, SquashError> {
        let mut databases = Vec::new();
        for dialect in &self.dialects {
            let is_needed = self.request.verify || self.request.mode == Mode::Schema;
            let originals = if is_needed {
                replay_originals(
                    self.place(*dialect),
                    self.scripts,
                    &self.request.range,
                    self.asks_clock,
                    observer,
                )?
            } else {
                None
            };
            let loose = originals.as_ref().map(|one| one.volatile.clone()).unwrap_or_default();
            databases.push(Known { dialect: *dialect, originals, loose });
        }
        let needs_one = self.request.verify || self.request.mode == Mode::Schema;
        if needs_one && databases.iter().all(|known| known.originals.is_none()) {
            return Err(SquashError::NoDatabase);
        }
        match self.request.mode {
            Mode::Concat => Ok(self.concatenated(databases)),
            Mode::Schema => self.schema(databases),
        }
    }

    fn concatenated(&self, databases: Vec<Known>) -> Draft {
        let up = concatenate(&self.originals, Side::Up, &self.dialects);
        let down = concatenate(&self.originals, Side::Down, &self.dialects);
        Draft {
            up: shared(&self.dialects, &up),
            down: shared(&self.dialects, &down),
            irreversible: down.irreversible.clone(),
            concatenated_down: Some(down),
            no_transaction: !up.no_transaction.is_empty(),
            databases,
        }
    }

    /// Where there is no database to ask, the originals stand one after the other.
    fn schema(&self, mut databases: Vec<Known>) -> Result<Draft, SquashError> {
        let (mut ups, mut downs) = (Vec::new(), Vec::new());
        for known in &mut databases {
            let (up, down) = match &known.originals {
                Some(originals) => {
                    let replay = &originals.replay;
                    let tolerated = tolerated(&self.originals, known.dialect);
                    let (before, after) = (&replay.before, &replay.after);
                    let scripts = schema::write(before, after, &originals.volatile, &tolerated)?;
                    known.loose = scripts.defaulted;
                    (Section::of_sql(scripts.up), Section::of_sql(scripts.down))
                }
                None => {
                    let only = [known.dialect];
                    let of = |side| concatenate(&self.originals, side, &only);
                    (of(Side::Up), of(Side::Down))
                }
            };
            ups.push((known.dialect, up));
            downs.push((known.dialect, down));
        }
        Ok(Draft {
            up: separate(&ups),
            down: separate(&downs),
            irreversible: downs.iter().flat_map(|(_, section)| section.irreversible.clone()).collect(),
            concatenated_down: None,
            no_transaction: ups.iter().any(|(_, section)| !section.no_transaction.is_empty()),
            databases,
        })
    }

    fn prove(
        &self,
        draft: &Draft,
        squashed: &ScriptDirectory,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(Dialect, WayBack)>, SquashError> {
        let graph = squashed.graph();
        let find = |id: &RevisionId| {
            let unknown = || ScratchError::from(ExecuteError::UnknownStep { revision: id.clone() });
            graph.find(id.as_str()).ok_or_else(unknown)
        };
        let below = self.graph().ids(&self.request.range.below);
        let below: Vec<NodeIndex> = below.iter().map(find).collect::<Result<_, _>>()?;
        let baseline = find(&self.request.revision)?;
        let candidate = Candidate {
            squashed,
            below: &below,
            baseline,
            scripts: self.scripts,
            range: &self.request.range,
            originals: &self.originals,
        };
        let mut ways = Vec::new();
        for known in &draft.databases {
            if let Some(originals) = &known.originals {
                let expected = (&originals.replay.after, &known.loose);
                let way = prove(self.place(known.dialect), &candidate, expected, observer)?;
                ways.push((known.dialect, way));
            }
        }
        Ok(ways)
    }

    fn finish(
        &self,
        draft: Draft,
        proofs: Vec<Proof>,
        moves: Vec<(PathBuf, PathBuf)>,
    ) -> Result<Squash, SquashError> {
        let squashed = self.directory(&draft, &proofs)?;
        let script = self.new_script(&proofs, draft.no_transaction);
        let (up, down) = self.texts(&script, &draft);
        let (up_path, down_path) = self.paths(&script)?;
        let mut texts = vec![(up_path.clone(), up.clone()), (down_path.clone(), down.clone())];
        let repointed = self.scripts.standing_on(self.request.range.to);
        for node in &repointed {
            texts.push((self.scripts.script(*node).up.clone(), self.repointed(*node)?));
        }
        let heads = heads_text(squashed.graph());
        let heads_file = heads_path(self.scripts);
        texts.extend(
            heads_file
                .filter(|path| regular_file::read_to_string(path).ok().as_ref() != Some(&heads))
                .map(|path| (path, heads)),
        );
        let graph = self.graph();
        Ok(Squash {
            revision: self.request.revision.clone(),
            replaces: self.request.range.replaces(graph),
            originals: graph.ids(&self.request.range.originals),
            down_revisions: script.down_revisions,
            mode: self.request.mode,
            proofs,
            irreversible: draft.irreversible,
            repointed: graph.ids(&repointed),
            up: (up_path, up),
            down: (down_path, down),
            heads: squashed.graph().ids(&squashed.graph().heads()),
            files: FileChanges { texts, moves, removals: Vec::new() },
        })
    }

    fn graph(&self) -> &RevisionGraph {
        self.scripts.graph()
    }

    fn place(&self, dialect: Dialect) -> Place<'_> {
        Place { config: self.config, dialect, options: &self.options, mode: self.request.mode }
    }

    /// The originals' files and their places in the backup.
    fn moves(&self) -> Result<Vec<(PathBuf, PathBuf)>, SquashError> {
        let mut moves: Vec<(PathBuf, PathBuf)> = Vec::new();
        let mut taken = BTreeSet::new();
        for node in &self.request.range.originals {
            let script = self.scripts.script(*node);
            for from in [Some(&script.up), script.down.as_ref()].into_iter().flatten() {
                let to = self.config.backup_location.join(from.file_name().unwrap_or_default());
                if is_taken(&to) || !taken.insert(to.clone()) {
                    return Err(SquashError::NameClash { from: from.clone(), to });
                }
                moves.push((from.clone(), to));
            }
        }
        Ok(moves)
    }

    /// The up script of a revision that stood on the upper end.
    fn repointed(&self, node: NodeIndex) -> Result<String, SquashError> {
        let (parents, dependencies) =
            self.scripts.links_to(node, self.request.range.to, &self.request.revision);
        let revision = self.graph().revision(node);
        let mut text = ScriptReader::default().whole(&self.scripts.script(node).up)?.to_owned();
        if parents != revision.down_revisions {
            text = with_parents(&text, &parents)?;
        }
        if dependencies != revision.depends_on {
            text = with_dependencies(&text, &dependencies)?;
        }
        Ok(text)
    }

    /// The scripts with the baseline in the place of its originals.
    fn directory(&self, draft: &Draft, proofs: &[Proof]) -> Result<ScriptDirectory, SquashError> {
        let script = self.new_script(proofs, draft.no_transaction);
        let (up, down) = self.texts(&script, draft);
        let (up_path, down_path) = self.paths(&script)?;
        let range = &self.request.range;
        let source = up_path.strip_prefix(&self.config.directory).unwrap_or(&up_path).display().to_string();
        let baseline = NewRevision {
            revision: Revision { replaces: range.replaces(self.graph()), source, ..script.as_revision() },
            message: script.message,
            up: (up_path, up.into()),
            down: (down_path, down.into()),
        };
        self.scripts.squashed(&range.members(self.graph()), range.to, baseline).map_err(SquashError::Graph)
    }

    fn new_script(&self, proofs: &[Proof], no_transaction: bool) -> NewScript {
        let range = &self.request.range;
        let lower = range.from.map(|from| self.graph().revision(from));
        let ids: Vec<&RevisionId> = self.originals.iter().map(|original| &original.id).collect();
        let summary = summary::of(&ids, self.request.mode, proofs, no_transaction);
        NewScript {
            revision: self.request.revision.clone(),
            down_revisions: lower.map(|lower| lower.down_revisions.clone()).unwrap_or_default(),
            depends_on: lower.map(|lower| lower.depends_on.clone()).unwrap_or_default(),
            branch_labels: range.branch_labels(self.graph()),
            message: format!("{}\n\n{summary}", self.request.message.trim()),
            created: self.request.created,
        }
    }

    fn paths(&self, script: &NewScript) -> Result<(PathBuf, PathBuf), SquashError> {
        let folder = self.config.version_locations.first().map(PathBuf::as_path).unwrap_or(Path::new("."));
        Ok(script.unused_paths(self.config, folder)?)
    }

    fn texts(&self, script: &NewScript, draft: &Draft) -> (String, String) {
        let replaces = self.request.range.replaces(self.graph());
        let up = format!("{}{}", script.header(&replaces), draft.up);
        let title = script.message.lines().next().unwrap_or_default();
        let down = format!("-- undoes {}: {title}\n\n{}", script.revision, draft.down);
        (up, down)
    }
}

fn configured(config: &Config) -> Result<Dialect, ConfigError> {
    Ok(config.database_url()?.dialect())
}

/// Makes a baseline, and proves it. Nothing is written.
///
/// # Errors
/// [`SquashError`].
pub fn squash(
    scripts: &ScriptDirectory,
    config: &Config,
    request: &Request,
    observer: &mut dyn Observer,
) -> Result<Squash, SquashError> {
    Maker::new(scripts, config, request)?.make(observer)
}
