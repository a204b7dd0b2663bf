//! `revgraph dev`.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use clap::Args;

use super::super::autogenerate_args::DecisionArgs;
use super::super::context::Context;
use super::super::dev::{self, DriftArg, Source, Wishes};
use super::super::output::print_json;
use super::super::{actor, erasing, heads, readiness, seeding};
use crate::autogenerate::{Ground, NamedSql, desired_texts};
use crate::backend::{Access, Backend};
use crate::daily::{self, Diary, Guard, Seed, Seen};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::report::{DayDocument, count};
use crate::script::{ReadMode, ScriptDirectory, lock_scripts};

/// Arguments of `dev`.
#[derive(Debug, Args)]
pub struct DevArgs {
    /// What a new revision is for; the first line is its title [default: made from what changes]
    #[arg(short, long, value_name = "MSG")]
    pub message: Option<String>,
    /// Write the revision, and do not apply it
    #[arg(long)]
    pub create_only: bool,
    /// Agree that values are lost, where the desired schema has no place for them
    #[arg(long)]
    pub accept_data_loss: bool,
    /// What becomes of what the database has and no script builds
    #[arg(long, value_enum, value_name = "WAY")]
    pub drift: Option<DriftArg>,
    #[command(flatten)]
    pub decisions: DecisionArgs,
}

/// Brings the database to the heads and the scripts to the desired schema, proved on the way, and seeds a new database.
pub fn run(context: &Context, args: DevArgs) -> Result<ExitStatus, Diagnostic> {
    let config = &context.config;
    if config.production {
        return Err(Diagnostic::new(
            ErrorKind::Production,
            "dev is for a database of one's own, and the environment is marked `production = true`",
        )
        .hint("bring the database to the heads: revgraph upgrade"));
    }
    let DevArgs { message, create_only, accept_data_loss, drift, decisions } = args;
    let wishes = Wishes { message, create_only, accept_data_loss, drift, decisions };
    let dialect = config.database_url()?.dialect();
    let seeds = daily::seeds(config, dialect)?;
    let desired = match config.desired_schema()? {
        Some(schema) => Some(desired_texts(
            schema,
            dialect,
            &config.directory,
            config.prisma_version,
            context.control.cancellation(),
        )?),
        None => None,
    };
    let _lock = lock_scripts(&context.config)?;
    let open = || context.scripts_and_database(ReadMode::Checksums, Access::Write, Seen::of);
    let (scripts, mut backend, seen) = readiness::open_or_make(context, true, open)?;
    let mut diary = Diary::new(backend.describe());
    let proof = seen.proof(config, &scripts, desired.as_deref());
    if seen.is_proved(&proof) {
        if seen.has_other_mark(&proof) {
            daily::remember(backend.as_mut(), &proof, &actor::actor())?;
        }
        return Ok(nothing_to_do(context, diary, &seen));
    }
    let scripts = Arc::new(ManuallyDrop::into_inner(scripts));
    let day = Day { context, wishes, desired, seeds };
    day.run(scripts, backend.as_mut(), &seen, &mut diary)?;
    if context.json {
        print_json(&DayDocument::new(&diary));
    }
    Ok(ExitStatus::Done)
}

fn nothing_to_do(context: &Context, mut diary: Diary, seen: &Seen) -> ExitStatus {
    if context.json {
        diary.heads.clone_from(&seen.reading.state.rows);
        print_json(&DayDocument::new(&diary));
    } else {
        context.say("nothing to do: scripts, schema and database are as they were proved last");
    }
    ExitStatus::Done
}

/// Whether a day goes on after a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    GoOn,
    Stop,
}

/// What the steps go by.
struct Day<'d> {
    context: &'d Context,
    wishes: Wishes,
    desired: Option<Vec<NamedSql>>,
    seeds: Vec<Seed>,
}

impl Day<'_> {
    fn run(
        &self,
        scripts: Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        seen: &Seen,
        diary: &mut Diary,
    ) -> Result<(), Diagnostic> {
        let context = self.context;
        let was_new = seen.reading.state.rows.is_empty();
        dev::refuse_unmanaged(context, &scripts, backend, seen)?;
        dev::try_pending(context, &scripts, backend, &seen.reading)?;
        self.upgrade(&scripts, backend, diary)?;
        if self.settle_drift(&scripts, backend, diary)? == After::Stop {
            return self.note_heads(backend, diary);
        }
        let scripts = match self.write_desired(&scripts, diary)? {
            true if self.wishes.create_only => {
                self.note_heads(backend, diary)?;
                context.say("not applied: revgraph upgrade, or revgraph dev");
                return Ok(());
            }
            true => dev::scripts(context)?,
            false => scripts,
        };
        self.upgrade(&scripts, backend, diary)?;
        self.seed(backend, was_new, diary)?;
        self.note_heads(backend, diary)?;
        let seen = Seen::of(backend)?;
        let proof = seen.proof(&context.config, &scripts, self.desired.as_deref());
        if !seen.is_proved(&proof) || seen.has_other_mark(&proof) {
            daily::remember(backend, &proof, &actor::actor())?;
        }
        Ok(())
    }

    fn upgrade(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        diary: &mut Diary,
    ) -> Result<(), Diagnostic> {
        let report = heads::upgrade(self.context, scripts, backend)?;
        if !report.steps.is_empty() {
            self.context.say(&format!("{} up", count(report.steps.len(), "revision")));
        }
        diary.steps.extend(report.steps);
        Ok(())
    }

    /// Brings database and scripts in line, where they are not.
    fn settle_drift(
        &self,
        scripts: &Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        diary: &mut Diary,
    ) -> Result<After, Diagnostic> {
        match dev::settle(self.context, scripts, backend, &self.wishes, diary)? {
            dev::Settled::AsItShouldBe | dev::Settled::Undone => Ok(After::GoOn),
            dev::Settled::Written if self.desired.is_none() => Ok(After::Stop),
            dev::Settled::Written => {
                // A desired schema that lacks it would have it dropped at once.
                self.context.say("where the desired schema is to have it too: revgraph pull; the next revgraph dev compares them");
                Ok(After::Stop)
            }
            dev::Settled::ToBeErased => {
                self.reset(scripts, backend, diary)?;
                Ok(After::GoOn)
            }
        }
    }

    /// Erases what the database holds, where the user agrees, and brings it to the heads again.
    fn reset(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        diary: &mut Diary,
    ) -> Result<(), Diagnostic> {
        let context = self.context;
        let guard = Guard::of(&context.config, backend)?;
        let what = format!("this erases all that {} holds", backend.describe());
        let name = erasing::agreed(context, &guard, &what, None)?;
        let watch = &mut crate::scratch::Unwatched;
        daily::empty(&context.config, backend, name.as_deref(), &actor::actor(), watch)?;
        self.upgrade(scripts, backend, diary)?;
        self.seed(backend, true, diary)
    }

    /// Writes what leads to the desired schema; whether there was anything to write.
    fn write_desired(&self, scripts: &Arc<ScriptDirectory>, diary: &mut Diary) -> Result<bool, Diagnostic> {
        let Some(desired) = &self.desired else { return Ok(false) };
        let right = Ground::Texts(desired.clone());
        let written = dev::write(self.context, scripts, (&right, Source::Desired), &self.wishes, diary)?;
        if written.is_none() {
            self.context.say("the scripts build the desired schema");
        }
        Ok(written.is_some())
    }

    /// Seeds a database that was new; of another it is told what it has not been seeded with.
    fn seed(&self, backend: &mut dyn Backend, is_new: bool, diary: &mut Diary) -> Result<(), Diagnostic> {
        if !is_new {
            let noted = crate::ledger::noted_seeds(&backend.events(None)?);
            for seed in self.seeds.iter().filter(|seed| !noted.contains_key(&seed.name)) {
                self.context.say(&format!("{} has not run on this database: revgraph seed", seed.name));
            }
            return Ok(());
        }
        diary.seeded.extend(seeding::run(self.context, backend, &self.seeds, false)?);
        Ok(())
    }

    fn note_heads(&self, backend: &mut dyn Backend, diary: &mut Diary) -> Result<(), Diagnostic> {
        diary.heads = backend.heads()?;
        Ok(())
    }
}
