//! What `revision --autogenerate` and `diff --sql` ask, print and tell.

use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

use super::autogenerate_args::{AutogenerateArgs, DecisionArgs};
use super::context::Context;
use super::observer::ScratchProgress;
use super::output::{print_json, print_line, print_raw};
use super::rename_questions::{Asker, decide};
use super::target;
use crate::autogenerate::{
    Counter, DialectPlan, Drafts, Generated, Generation, GenerationRequest, LeftPrivileges, Planner, Proof,
    Side, Stake, proved_in_words, sql_of, stakes_back,
};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{GeneratedDocument, NothingGenerated, StatementsDocument, count};
use crate::script::{ReadMode, RevisionRequest, lock_scripts};

/// What the desired schema is where nothing else is said.
const DESIRED: &str = "schema";

/// Runs `revision --autogenerate`: makes, proves and writes the revision that leads to the desired schema.
pub fn run(
    context: &Context,
    args: &AutogenerateArgs,
    revision: RevisionRequest,
    heads: &[String],
) -> Result<ExitStatus, Diagnostic> {
    let _lock = lock_scripts(&context.config)?;
    let scripts = Arc::new(ManuallyDrop::into_inner(context.scripts(ReadMode::Headers)?));
    let request = request(args, revision, heads)?;
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let generation = Generation::begin(context.sides(), scripts, request, &mut progress)?;
    let mut generated = generation.found(&mut Asker { context }, &mut progress)?;
    if generated.is_empty() {
        return Ok(nothing_to_do(context, generated.left_privileges()));
    }
    if args.check {
        drop(progress);
        return Ok(would_not_be_empty(context, &generated));
    }
    let (drafts, proofs) = generated.write(&mut progress)?;
    drop(progress);
    tell(context, &generated, &drafts, &proofs);
    Ok(ExitStatus::Done)
}

fn request(
    args: &AutogenerateArgs,
    revision: RevisionRequest,
    heads: &[String],
) -> Result<GenerationRequest, Diagnostic> {
    let here = current_folder()?;
    let parents = heads.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
    let to = args.to.as_deref().unwrap_or(DESIRED);
    Ok(GenerationRequest {
        to: Side::parse(to, &here)?,
        to_name: to.to_owned(),
        from: args.from.as_ref().map(|from| Side::parse(from, &here)).transpose()?,
        parents,
        revision,
        said: args.decisions.said(),
        with_privileges: args.privileges,
        keep: args.keep,
        is_proved: !args.no_verify,
        only_asks: args.check,
    })
}

/// Runs `diff --sql`: prints the statements that make the left side like the right one, with owners and grants where
/// `with_privileges`.
pub fn print_sql(
    context: &Context,
    (left, right): (Option<&str>, Option<&str>),
    with_privileges: bool,
    args: &DecisionArgs,
) -> Result<ExitStatus, Diagnostic> {
    let here = current_folder()?;
    let left = left.map_or(Ok(Side::VersionRows), |text| Side::parse(text, &here))?;
    let right = right.map_or(Ok(Side::Database), |text| Side::parse(text, &here))?;
    let sides = context.sides();
    let like = sides.like(&left, &right)?;
    let mut progress = ScratchProgress::new(context, 0);
    let left = sides.ground(&left, like.dialect(), &mut progress)?;
    let right = sides.ground(&right, like.dialect(), &mut progress)?;
    let planner = Planner::begin(&context.config, like, (&left, &right), with_privileges, &mut progress)?;
    let mut counter = Counter::new(sides);
    let decisions = decide(context, &planner, args, &mut counter)?;
    let plan = DialectPlan::find(planner, decisions, None, false, &mut progress)?;
    drop(progress);
    let sql = plan.sql_to_run_alone();
    let notes = notes(plan.planner.left_privileges());
    if context.json {
        print_json(&StatementsDocument::new(&sql, &plan.course, &plan.stakes(&mut counter), notes));
        return Ok(ExitStatus::Done);
    }
    if sql.is_empty() {
        context.say("no differences");
    } else {
        print_raw(&sql);
    }
    notes.iter().for_each(|note| context.say(note));
    Ok(ExitStatus::Done)
}

fn current_folder() -> Result<PathBuf, Diagnostic> {
    std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))
}

/// What is told beside the statements: that owners and grants are not compared, where they are not.
pub fn notes(left_privileges: Option<LeftPrivileges>) -> Vec<String> {
    left_privileges.iter().map(ToString::to_string).collect()
}

fn nothing_to_do(context: &Context, left_privileges: Option<LeftPrivileges>) -> ExitStatus {
    let notes = notes(left_privileges);
    if context.json {
        print_json(&NothingGenerated { notes, ..NothingGenerated::default() });
    } else {
        context.say("nothing to do: the schemas are equal");
        notes.iter().for_each(|note| context.say(note));
    }
    ExitStatus::Done
}

/// The answer to `--check`.
fn would_not_be_empty(context: &Context, generated: &Generated<'_>) -> ExitStatus {
    let notes = notes(generated.left_privileges());
    if context.json {
        print_json(&GeneratedDocument::new(None, &generated.courses(), &generated.stakes(), notes));
    } else {
        print_raw(&sql_of(&generated.legs()));
        context.say("the scripts do not build the desired schema");
        tell_stakes(context, &generated.stakes());
        notes.iter().for_each(|note| context.say(note));
    }
    ExitStatus::No
}

fn tell(context: &Context, generated: &Generated<'_>, drafts: &Drafts, proofs: &[Proof]) {
    let (courses, stakes, notes) =
        (generated.courses(), generated.stakes(), notes(generated.left_privileges()));
    if context.json {
        let written = Some((drafts, !proofs.is_empty()));
        print_json(&GeneratedDocument::new(written, &courses, &stakes, notes));
        return;
    }
    for new in &drafts.new {
        print_line(&new.up.0.display().to_string());
        print_line(&new.down.0.display().to_string());
    }
    let statements = courses.iter().map(|(_, course)| course.statements().count()).sum();
    context.say(&format!("{}, {}", count(statements, "statement"), proved_in_words(proofs)));
    tell_stakes(context, &stakes);
    for (_, course) in &courses {
        for stake in stakes_back(course.statements_back()) {
            context.say(&format!("the down script {}", stake.line()));
        }
    }
    for (table, mark) in courses.iter().flat_map(|(_, course)| course.kept()) {
        context.say(&format!("{} are kept in {}", mark.what, table.name));
    }
    notes.iter().for_each(|note| context.say(note));
}

/// Tells what statements lose or may fail on, a line each.
pub fn tell_stakes(context: &Context, stakes: &[Stake<'_>]) {
    for stake in stakes {
        context.say(&stake.line());
    }
}
