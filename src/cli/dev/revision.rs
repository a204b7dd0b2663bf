//! The revision that leads from one schema to another, written, and what it says and loses told before.

use std::sync::Arc;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::rename_questions::{Unknown, decide};
use super::super::{data_loss, pushing};
use super::{Wishes, at_heads, heads};
use crate::autogenerate::{
    Counter, DialectPlan, Drafting, Drafts, Ground, Planner, Proof, RowsInTheWay, Wanted, drafted,
};
use crate::config::DesiredSchema;
use crate::daily::Diary;
use crate::diagnostic::Diagnostic;
use crate::script::{ScriptDirectory, revision_id};
use crate::sql::Dialect;

/// What a revision is made of, for its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Desired,
    Database,
}

/// Writes what leads from the scripts' heads to `right`; none where nothing does. The statements are shown and proved before.
/// Where they are to be applied, what they lose has to be agreed to.
pub fn write(
    context: &Context,
    scripts: &Arc<ScriptDirectory>,
    (right, source): (&Ground, Source),
    wishes: &Wishes,
    diary: &mut Diary,
) -> Result<Option<Drafts>, Diagnostic> {
    let left = at_heads(scripts);
    let like = context.config.database_url()?;
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let planner = Planner::begin(&context.config, like, (&left, right), &mut progress)?;
    let mut counter = Counter::new(context.sides());
    let decisions = decide(context, &planner, &wishes.decisions, &mut counter, &mut Unknown::among(1))?;
    let mut plans = [DialectPlan::find(planner, decisions, None, true, &mut progress)?];
    let [plan] = &plans;
    if plan.course.is_empty() {
        return Ok(None);
    }
    let is_desired = source == Source::Desired;
    let other = is_desired.then(|| other_dialect(context, plan.planner.dialect())).flatten();
    let wanted = Wanted {
        revision: Some(revision_id(None)?),
        parents: heads(scripts),
        splice: false,
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        title: wishes.message.clone().unwrap_or_else(|| plan.title()),
        folder: None,
        created: context.config.timezone.now(),
    };
    let (drafts, _) = drafted(
        &Drafting {
            scripts,
            config: &context.config,
            wanted: &wanted,
            several: other.is_some(),
            is_proved: true,
            notes: &|proofs| notes(source, proofs.first(), other),
        },
        &mut plans,
        &mut progress,
    )?;
    let [DialectPlan { planner, decisions, course }] = &plans;
    drop(progress);
    let [plan] = &plans;
    let stakes = plan.stakes(&mut counter);
    pushing::show(context, planner, course, &stakes);
    if is_desired && !wishes.create_only {
        RowsInTheWay::check(&stakes, (planner.left(), planner.right()), decisions)?;
        data_loss::agreed(context, &stakes, wishes.accept_data_loss)?;
    }
    drafts.files().carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    tell(context, &drafts);
    diary.note_written(&drafts, course, &stakes);
    Ok(Some(drafts))
}

/// The kind of database that the desired schema names too, beside `dialect`: what is written does nothing there.
fn other_dialect(context: &Context, dialect: Dialect) -> Option<Dialect> {
    let other = dialect.other();
    let schema = context.config.desired_schema().ok().flatten()?;
    let names_both = matches!(schema, DesiredSchema::ByDialect { .. }) && !schema.paths(other).is_empty();
    names_both.then_some(other)
}

/// What the header says of where the revision comes from.
fn notes(source: Source, proof: Option<&Proof>, other: Option<Dialect>) -> String {
    let proof = match proof {
        Some(proof) => format!("proved up and down on {}", proof.version),
        None => "not proved".to_owned(),
    };
    let made_from = match source {
        Source::Desired => "the desired schema",
        Source::Database => "the schema of the database",
    };
    let missing = other.map_or_else(String::new, |dialect| format!(" It does nothing for {dialect}."));
    format!("Made from {made_from}; {proof}.{missing}")
}

fn tell(context: &Context, drafts: &Drafts) {
    for new in &drafts.new {
        context.say(&format!("wrote {}, proved up and down", crate::diagnostic::from_here(&new.up.0)));
    }
}
