//! `revgraph push`.

use clap::Args;

use super::super::actor::actor;
use super::super::autogenerate_args::DecisionArgs;
use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::print_json;
use super::super::rename_questions::decide;
use super::super::{data_loss, pushing, readiness};
use crate::autogenerate::{
    Counter, Course, Ground, Planner, RowsInTheWay, Side, Stake, UnagreedLoss, stakes,
};
use crate::backend::Access;
use crate::daily::{Push, apply, check_pushable};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{PushDocument, count};

/// Arguments of `push`.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// Agree that values are lost, where the desired schema has no place for them
    #[arg(long)]
    pub accept_data_loss: bool,
    #[command(flatten)]
    pub decisions: DecisionArgs,
}

/// Makes the database like the desired schema in one transaction, without a revision.
pub fn run(context: &Context, args: &PushArgs) -> Result<ExitStatus, Diagnostic> {
    if args.decisions.online {
        return Err(Diagnostic::usage("push is one transaction; --online is for revisions"));
    }
    let like = context.config.database_url()?;
    let mut progress = ScratchProgress::new(context, 0);
    // What cannot be read is told before a database is made.
    let right = context.sides().ground(&Side::Schema, like.dialect(), &mut progress)?;
    let mut backend = readiness::open_or_make(context, true, || context.connect(Access::Write))?;
    backend.lock()?;
    check_pushable(&context.config, backend.as_mut())?;
    let now = backend.catalog()?.within(&context.config.scope());
    let left = Ground::Described(Box::new(now));
    let mut planner = Planner::begin(&context.config, like, (&left, &right), &mut progress)?;
    let mut counter = Counter::new(context.sides());
    let decisions = decide(context, &planner, &args.decisions, &mut counter)?;
    let course = planner.plan_in_one(&decisions, &mut progress)?;
    let renamed = (planner.left(), decisions.hints.renames.as_slice());
    let stakes = stakes(course.statements(), renamed, &mut counter);
    pushing::show(context, &planner, &course, &stakes);
    RowsInTheWay::check(&stakes, (planner.left(), planner.right()), &decisions)?;
    if let Some(loss) = UnagreedLoss::of(&stakes) {
        data_loss::agreed(context, loss, args.accept_data_loss)?;
    }
    if !course.is_empty() {
        let (actor, detail) = (actor(), "the desired schema");
        let push = Push { course: &course, wanted: planner.right(), actor: &actor, detail };
        apply(&context.config, backend.as_mut(), push, &mut progress)?;
    }
    drop(progress);
    tell(context, &backend.describe(), &course, &stakes);
    Ok(ExitStatus::Done)
}

fn tell(context: &Context, database: &str, course: &Course, stakes: &[Stake<'_>]) {
    let number = course.statements().count();
    if context.json {
        print_json(&PushDocument::new(database, course, stakes));
    } else if number == 0 {
        context.say("nothing to do: the database has the desired schema");
    } else {
        context.say(&format!("{} run; the database has the desired schema", count(number, "statement")));
    }
}
