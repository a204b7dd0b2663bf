//! A database that is not what its scripts build, and the ways on.

use std::sync::Arc;

use clap::ValueEnum;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::rename_questions::{Unknown, decide};
use super::super::{data_loss, prompt, pushing, target};
use super::revision::{Source, write};
use super::{Wishes, at_heads};
use crate::autogenerate::{self, Counter, Ground, Planner, stakes};
use crate::backend::Backend;
use crate::catalog::{Catalog, Difference};
use crate::daily::{Diary, Drifted};
use crate::diagnostic::Diagnostic;
use crate::execute;
use crate::graph::RevisionSpec;
use crate::report::difference_lines;
use crate::script::ScriptDirectory;
use crate::verify::drift;

/// What becomes of what the database has and the scripts do not build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DriftArg {
    /// It becomes a revision, recorded as applied
    Write,
    /// The database is made again what the scripts build
    Undo,
}

/// What is to be done about it.
enum WayOn {
    Settle(DriftArg),
    Reset,
}

/// What was done about a database that was not what its scripts build.
pub enum Settled {
    /// There was nothing to do.
    AsItShouldBe,
    /// It is now.
    Undone,
    /// The scripts have it now.
    Written,
    /// The user wants it erased.
    ToBeErased,
}

/// Compares the database with what its scripts build at their heads; where it is another, the user chooses what to do,
/// by an option or on a terminal. Nothing is erased here.
pub fn settle(
    context: &Context,
    scripts: &Arc<ScriptDirectory>,
    backend: &mut dyn Backend,
    wishes: &Wishes,
    diary: &mut Diary,
) -> Result<Settled, Diagnostic> {
    let like = context.config.database_url()?;
    let heads = at_heads(scripts);
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let built = autogenerate::catalog(&context.config, like, &heads, &mut progress)?;
    let here = backend.catalog()?.within(&context.config.scope());
    let found = drift(&built, &here, &context.config, like, &mut progress)?;
    drop(progress);
    if found.is_empty() {
        context.say("the database is what its scripts build");
        return Ok(Settled::AsItShouldBe);
    }
    diary.drift.clone_from(&found);
    match way_on(context, backend, wishes, &found)? {
        WayOn::Reset => Ok(Settled::ToBeErased),
        WayOn::Settle(DriftArg::Write) => {
            write_it(context, scripts, backend, here, wishes, diary)?;
            Ok(Settled::Written)
        }
        WayOn::Settle(DriftArg::Undo) => {
            undo_it(context, &heads, backend, here, wishes)?;
            Ok(Settled::Undone)
        }
    }
}

fn way_on(
    context: &Context,
    backend: &dyn Backend,
    wishes: &Wishes,
    found: &[Difference],
) -> Result<WayOn, Diagnostic> {
    let lines = difference_lines(found).join("\n");
    if let Some(way) = wishes.drift {
        context.say(&format!("the database is not what its scripts build (-), but (+):\n{lines}"));
        return Ok(WayOn::Settle(way));
    }
    let told = Drifted { differences: found.to_vec() };
    if context.json || !prompt::somebody_is_there() {
        return Err(told.into());
    }
    context.say(&format!(
        "{} is not what its scripts build. What they build (-), and what it has (+):\n{lines}",
        backend.describe()
    ));
    let choices = [
        "leave it as it is, and stop".to_owned(),
        "write it as a revision, recorded as applied".to_owned(),
        "undo it: make the database again what the scripts build".to_owned(),
        "reset: erase all that the database holds, and begin anew".to_owned(),
    ];
    match prompt::choice(context, "What is to become of it?", &choices)? {
        1 => Ok(WayOn::Settle(DriftArg::Write)),
        2 => Ok(WayOn::Settle(DriftArg::Undo)),
        3 => Ok(WayOn::Reset),
        _ => Err(told.into()),
    }
}

/// Writes the difference as a revision, and records it: the database has it already.
fn write_it(
    context: &Context,
    scripts: &Arc<ScriptDirectory>,
    backend: &mut dyn Backend,
    here: Catalog,
    wishes: &Wishes,
    diary: &mut Diary,
) -> Result<(), Diagnostic> {
    let right = Ground::Described(Box::new(here));
    let drafts = write(context, scripts, (&right, Source::Database), wishes, diary)?;
    let Some(drafts) = drafts else { return Ok(()) };
    let ids = drafts.new.iter().map(|new| target::parse(new.revision.id.as_str()));
    let targets: Vec<RevisionSpec> = ids.collect::<Result<_, _>>()?;
    let last = targets.last().map_or(&[][..], std::slice::from_ref);
    execute::stamp(&drafts.scripts, backend, last, false, &context.options())?;
    context.say("recorded it as applied: the database had it already");
    Ok(())
}

/// Makes the database again what the scripts build.
fn undo_it(
    context: &Context,
    heads: &Ground,
    backend: &mut dyn Backend,
    here: Catalog,
    wishes: &Wishes,
) -> Result<(), Diagnostic> {
    let like = context.config.database_url()?;
    let left = Ground::Described(Box::new(here));
    let mut progress = ScratchProgress::new(context, 0);
    let mut planner = Planner::begin(&context.config, like, (&left, heads), &mut progress)?;
    let mut counter = Counter::new(context.sides());
    let decisions = decide(context, &planner, &wishes.decisions, &mut counter, &mut Unknown::among(1))?;
    let course = pushing::plan(&mut planner, &decisions, &mut progress)?;
    let renamed = (planner.left(), decisions.hints.renames.as_slice());
    let stakes = stakes(course.statements(), renamed, &mut counter);
    pushing::show(context, &planner, &course, &stakes);
    data_loss::agreed(context, &stakes, wishes.accept_data_loss)?;
    pushing::apply(context, backend, (&planner, &course), "undoes what no script has done", &mut progress)?;
    drop(progress);
    context.say("undone: the database is what its scripts build");
    Ok(())
}
