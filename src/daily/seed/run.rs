//! Running seeds.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{FailedSeed, Seed, SeedError, What, command};
use crate::backend::{
    Backend, BackendError, Control, DatabaseState, PreparedStep, Resume, StepFailure, Watch, resume_point,
};
use crate::config::Config;
use crate::daily::aside::Aside;
use crate::excerpt::Excerpt;
use crate::execute::{Refusal, unrunnable};
use crate::graph::RevisionId;
use crate::ledger::{JournaledStatement, NotedSeed};
use crate::plan::{Operation, RowChange, Step};

/// Which seeds run, and in whose name.
#[derive(Debug, Clone, Copy)]
pub struct Seeding<'s> {
    /// Whether seeds run too that the ledger notes with the same checksum.
    pub again: bool,
    /// Who runs them, for the ledger.
    pub actor: &'s str,
}

/// A seed of a run that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The name of the seed.
    pub name: String,
    /// Whether it has run.
    pub outcome: SeedOutcome,
}

/// Whether a seed has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedOutcome {
    /// It has run, and took so long.
    Ran(Duration),
    /// It had run before with the same checksum, at this time (RFC 3339 in UTC).
    KnownSince(String),
}

/// Runs those of the seeds that the ledger does not know with their checksum. What is SQL shares one transaction, but for
/// files that ask for none: those come at their place in the order.
///
/// # Errors
/// [`SeedError`]. Nothing has run where a file is refused; else [`FailedSeed`] says what stays.
pub fn seed(
    config: &Config,
    backend: &mut dyn Backend,
    seeds: &[Seed],
    seeding: Seeding<'_>,
    watch: &mut dyn Watch,
) -> Result<Vec<Seeded>, SeedError> {
    backend.lock()?;
    let state = backend.state()?;
    let noted = if state.has_ledger { backend.noted_seeds()? } else { BTreeMap::new() };
    let known = |seed: &Seed| noted.get(&seed.name).filter(|noted| is_known(seed, noted, seeding));
    let new: Vec<&Seed> = seeds.iter().filter(|seed| known(seed).is_none()).collect();
    refuse_unrunnable(backend, &new)?;
    if !new.is_empty() {
        backend.ensure_tables(&state, 0)?;
    }
    let mut run = Run { config, backend, state, seeding, watch, took: BTreeMap::new() };
    run.all(&new)?;
    let took = run.took;
    let outcome = |seed: &Seed| match known(seed) {
        Some(noted) => SeedOutcome::KnownSince(noted.happened_at.clone()),
        None => SeedOutcome::Ran(took.get(&seed.name).copied().unwrap_or_default()),
    };
    Ok(seeds.iter().map(|seed| Seeded { name: seed.name.clone(), outcome: outcome(seed) }).collect())
}

fn is_known(seed: &Seed, noted: &NotedSeed, seeding: Seeding<'_>) -> bool {
    !seeding.again && noted.checksum == seed.checksum.to_string()
}

fn refuse_unrunnable(backend: &dyn Backend, seeds: &[&Seed]) -> Result<(), SeedError> {
    let mut refusals = Vec::new();
    for seed in seeds {
        let What::Script(script) = &seed.what else { continue };
        for (reason, span) in unrunnable(script, backend.dialect(), Some(backend.tables())) {
            let excerpt = Excerpt::new(&script.path, &script.text, span);
            refusals.push(Refusal { revision: RevisionId::recorded(&seed.name), reason, excerpt });
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(SeedError::Refused(refusals)) }
}

struct Run<'r> {
    config: &'r Config,
    backend: &'r mut dyn Backend,
    state: DatabaseState,
    seeding: Seeding<'r>,
    watch: &'r mut dyn Watch,
    /// How long those took that have been committed.
    took: BTreeMap<String, Duration>,
}

impl Run<'_> {
    fn all(&mut self, seeds: &[&Seed]) -> Result<(), SeedError> {
        let shares = |seed: &Seed| matches!(&seed.what, What::Script(script) if !script.body.no_transaction);
        for group in seeds.chunk_by(|one, next| shares(one) && shares(next)) {
            match group {
                [seed] if !shares(seed) => self.alone(seed)?,
                _ => self.together(group)?,
            }
        }
        Ok(())
    }

    /// A command, or a file whose statements run each on its own.
    fn alone(&mut self, seed: &Seed) -> Result<(), SeedError> {
        let arguments = match &seed.what {
            What::Command(arguments) => arguments,
            What::Script(_) => return self.without_transaction(seed),
        };
        let started = Instant::now();
        let control = self.backend.control().clone();
        let ran = command::run(self.config, arguments, &control, self.watch);
        if let Err(error) = ran {
            let outcome = if control.is_cancelled() { "interrupted" } else { "failed" };
            // That it cannot be noted adds nothing to what has failed.
            let _ = self.note(&seed.name, outcome, error.to_string());
            return Err(error);
        }
        self.note(&seed.name, "done", seed.checksum.to_string())?;
        let took = started.elapsed();
        let revision = RevisionId::recorded(&seed.name);
        let step = Step { revision, operation: Operation::Seed, rows: RowChange::default() };
        self.watch.finished(&step, took);
        self.took.insert(seed.name.clone(), took);
        Ok(())
    }

    fn without_transaction(&mut self, seed: &Seed) -> Result<(), SeedError> {
        let step = match self.prepared(seed) {
            Some(Ok(step)) => step,
            Some(Err(failure)) => return self.end(Err(failure), Vec::new(), &[seed]),
            None => return Ok(()),
        };
        let resume = self.resume(seed, &step)?;
        let mut recorder = Recorder { watch: &mut *self.watch, took: Vec::new() };
        let ran = self.backend.run_without_transaction(&step, resume, &mut recorder);
        let took = recorder.took;
        self.end(ran, took, &[seed])
    }

    /// Where a file goes on that an earlier run has left halfway. With `again` it begins anew.
    fn resume(&mut self, seed: &Seed, step: &PreparedStep) -> Result<Resume, SeedError> {
        let journal = if self.state.has_journal { self.backend.journal()? } else { Vec::new() };
        let is_own = |row: &JournaledStatement| {
            row.revision == step.step.revision && row.operation == Operation::Seed.name()
        };
        let rows: Vec<JournaledStatement> = journal.into_iter().filter(is_own).collect();
        if rows.is_empty() {
            return Ok(Resume::default());
        }
        if self.seeding.again {
            let why = "it begins anew".to_owned();
            self.backend.settle_journal(&step.step.revision, self.seeding.actor, why)?;
            return Ok(Resume::default());
        }
        resume_point(&step.statements(), &rows)
            .map_err(|reason| SeedError::Unsettled { name: seed.name.clone(), reason })
    }

    fn together(&mut self, seeds: &[&Seed]) -> Result<(), SeedError> {
        let steps: Result<Vec<PreparedStep>, _> =
            seeds.iter().filter_map(|seed| self.prepared(seed)).collect();
        let mut recorder = Recorder { watch: &mut *self.watch, took: Vec::new() };
        let ran = steps.and_then(|steps| self.backend.run_in_transaction(&steps, &mut recorder));
        let took = recorder.took;
        self.end(ran, took, seeds)
    }

    fn prepared(&self, seed: &Seed) -> Option<Result<PreparedStep, StepFailure>> {
        let What::Script(script) = &seed.what else { return None };
        let aside = Aside {
            operation: Operation::Seed,
            name: &seed.name,
            script: script.clone(),
            forget: Vec::new(),
            rows: RowChange::default(),
            actor: self.seeding.actor,
            detail: Some(seed.checksum.to_string()),
        };
        Some(aside.prepared(self.backend.dialect(), &self.state.rows))
    }

    /// Tells what has been committed, or what has failed.
    fn end(
        &mut self,
        ran: Result<(), StepFailure>,
        took: Vec<(Step, Duration)>,
        seeds: &[&Seed],
    ) -> Result<(), SeedError> {
        let Err(failure) = ran else {
            for (step, took) in took {
                self.watch.finished(&step, took);
                self.took.insert(step.revision.to_string(), took);
            }
            return Ok(());
        };
        let is_interrupted = self.backend.control().is_cancelled() && failure.is_interruption();
        let outcome = if is_interrupted { "interrupted" } else { "failed" };
        // That it cannot be noted adds nothing to what has failed.
        let _ = self.note(failure.revision.as_str(), outcome, failure.cause.to_string());
        let names = seeds.iter().map(|seed| seed.name.clone());
        let others = names.filter(|name| name != failure.revision.as_str() && failure.in_transaction);
        let rolled_back = others.collect();
        let done = self.took.keys().cloned().collect();
        Err(SeedError::Failed(Box::new(FailedSeed { failure, done, rolled_back })))
    }

    /// Adds an event, which is not to be interrupted.
    fn note(&mut self, name: &str, outcome: &'static str, detail: String) -> Result<(), BackendError> {
        let control = self.backend.set_control(Control::default());
        let actor = self.seeding.actor;
        let noted = self.backend.add_event(name, Operation::Seed.name(), outcome, actor, Some(detail));
        self.backend.set_control(control);
        noted
    }
}

/// Keeps what has run until it is committed.
struct Recorder<'w> {
    watch: &'w mut dyn Watch,
    took: Vec<(Step, Duration)>,
}

impl Watch for Recorder<'_> {
    fn started(&mut self, step: &Step) {
        self.watch.started(step);
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        self.took.push((step.clone(), took));
    }

    fn notice(&mut self, severity: &str, message: &str) {
        self.watch.notice(severity, message);
    }
}
