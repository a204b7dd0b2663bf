//! What `revision --autogenerate` and `diff --sql` share: from two sides to statements, and to scripts.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::autogenerate_args::{AutogenerateArgs, DecisionArgs};
use super::context::Context;
use super::observer::ScratchProgress;
use super::output::{print_json, print_line, print_raw};
use super::rename_questions::{Unknown, decide};
use super::target;
use crate::autogenerate::{
    Counter, Course, DialectPlan, Drafting, Drafts, Ground, Planner, Proof, ScriptLeg, Served, Side, Stake,
    Wanted, drafted, script_legs, served, stakes,
};
use crate::config::DatabaseUrl;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::graph::{NodeIndex, RevisionId, RevisionSpec};
use crate::plan;
use crate::report::{GeneratedDocument, NothingGenerated, StatementsDocument, count};
use crate::script::{ReadMode, RevisionRequest, ScriptDirectory, lock_scripts, revision_id};
use crate::sql::Dialect;

/// What the desired schema is where nothing else is said.
const DESIRED: &str = "schema";

/// Counts for each kind of database.
struct Counters<'c> {
    configured: Counter<'c>,
    none: Counter<'c>,
    dialect: Option<Dialect>,
}

impl<'c> Counters<'c> {
    fn new(context: &'c Context) -> Self {
        let dialect = context.config.database_url().ok().map(DatabaseUrl::dialect);
        Self {
            configured: Counter::new(context.sides()),
            none: Counter::of_nothing(context.sides()),
            dialect,
        }
    }

    fn of(&mut self, dialect: Dialect) -> &mut Counter<'c> {
        if self.dialect == Some(dialect) { &mut self.configured } else { &mut self.none }
    }

    /// What is at stake in all plans; only of the configured database it can be counted.
    fn stakes<'s>(&mut self, plans: &'s [DialectPlan<'_>]) -> Vec<Stake<'s>> {
        plans.iter().flat_map(|plan| plan.stakes(self.of(plan.planner.dialect()))).collect()
    }
}

/// Runs `revision --autogenerate`: makes, proves and writes the revision that leads to the desired schema.
pub fn run(
    context: &Context,
    args: &AutogenerateArgs,
    wishes: RevisionRequest,
    heads: &[String],
) -> Result<ExitStatus, Diagnostic> {
    let here = current_folder()?;
    let _lock = lock_scripts(&context.config)?;
    let scripts = Arc::new(ManuallyDrop::into_inner(context.scripts(ReadMode::Headers)?));
    let parents = chosen_parents(&scripts, heads)?;
    let to = args.to.as_deref().unwrap_or(DESIRED);
    let right = Side::parse(to, &here)?;
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let from = args.from.as_ref().map(|from| Side::parse(from, &here)).transpose()?;
    if from == Some(Side::Database) {
        context.sides().check_at_heads(&scripts, &mut progress)?;
    }
    let served = served(context.sides(), &right, from.is_some(), &scripts)?;
    if let Some(other) = served.missing {
        context.say(&format!(
            "there is no {other} database to try on (scratch_url names one): the revision does nothing for {other}"
        ));
    }
    let mut grounds = Vec::with_capacity(served.likes.len());
    for like in &served.likes {
        let left = match &from {
            Some(from) => context.sides().ground(from, like.dialect(), &mut progress)?,
            None => Ground::Revisions { scripts: Arc::clone(&scripts), tips: parents.clone() },
        };
        grounds.push((like, left, context.sides().ground(&right, like.dialect(), &mut progress)?));
    }
    let revision = revision_id(wishes.revision.as_deref())?;
    let keeping = args.keep.then_some(&revision);
    let mut counters = Counters::new(context);
    let mut plans = Vec::with_capacity(grounds.len());
    let mut unknown = Unknown::among(grounds.len());
    for (like, left, right) in &grounds {
        let planner = Planner::begin(&context.config, like, (left, right), &mut progress)?;
        let counter = counters.of(like.dialect());
        let decisions = decide(context, &planner, &args.decisions, counter, &mut unknown)?;
        // Only a proof shows whether what was foreseen is right.
        let is_proved = !args.check && !args.no_verify && grounds.len() == 1;
        plans.push(DialectPlan::find(planner, decisions, keeping, is_proved, &mut progress)?);
    }
    if plans.iter().all(|plan| plan.course.is_empty()) {
        return Ok(nothing_to_do(context));
    }
    if args.check {
        drop(progress);
        let stakes = counters.stakes(&plans);
        let courses: Vec<(Dialect, &Course)> = plans.iter().map(DialectPlan::of_dialect).collect();
        let legs = script_legs(&courses, served.several);
        return Ok(would_not_be_empty(context, &legs, &courses, &stakes));
    }
    let wanted = wanted(context, (revision, wishes), parents, &plans);
    let (drafts, proofs) = drafted(
        &Drafting {
            scripts: &scripts,
            config: &context.config,
            wanted: &wanted,
            several: served.several,
            is_proved: !args.no_verify,
            notes: &|proofs| notes(to, &in_words(proofs), &served),
        },
        &mut plans,
        &mut progress,
    )?;
    drop(progress);
    drafts.files().carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    let stakes = counters.stakes(&plans);
    let courses: Vec<(Dialect, &Course)> = plans.iter().map(DialectPlan::of_dialect).collect();
    tell(context, &drafts, &courses, &stakes, (!args.no_verify, &in_words(&proofs)));
    Ok(ExitStatus::Done)
}

/// Runs `diff --sql`: prints the statements that make the left side like the right one.
pub fn print_sql(
    context: &Context,
    left: Option<&str>,
    right: Option<&str>,
    args: &DecisionArgs,
) -> Result<ExitStatus, Diagnostic> {
    let here = current_folder()?;
    let left = left.map_or(Ok(Side::VersionRows), |text| Side::parse(text, &here))?;
    let right = right.map_or(Ok(Side::Database), |text| Side::parse(text, &here))?;
    let sides = context.sides();
    let like = sides.like(&left, &right)?;
    let dialect = like.dialect();
    let mut progress = ScratchProgress::new(context, 0);
    let left = context.sides().ground(&left, dialect, &mut progress)?;
    let right = context.sides().ground(&right, dialect, &mut progress)?;
    let mut planner = Planner::begin(&context.config, like, (&left, &right), &mut progress)?;
    let mut counter = Counter::new(context.sides());
    let mut unknown = Unknown::among(1);
    let decisions = decide(context, &planner, args, &mut counter, &mut unknown)?;
    planner.complete(&decisions, &mut progress)?;
    let course = planner.plan(&decisions.hints, None, &mut progress)?;
    drop(progress);
    let sql = as_run_alone(dialect, &course, sql_of(&script_legs(&[(dialect, &course)], false)));
    if context.json {
        let renamed = (planner.left(), decisions.hints.renames.as_slice());
        let stakes = stakes(course.statements(), renamed, &mut counter);
        print_json(&StatementsDocument::new(&sql, &course, &stakes));
    } else if !sql.is_empty() {
        print_raw(&sql);
    } else {
        context.say("no differences");
    }
    Ok(ExitStatus::Done)
}

/// The statements of all parts, one after the other.
pub fn sql_of(legs: &[ScriptLeg]) -> String {
    let several = legs.len() > 1;
    let text = |leg: &ScriptLeg| {
        let heading = leg.title.as_ref().filter(|_| several).map(|title| format!("-- {title}\n\n"));
        heading.unwrap_or_default() + &leg.up
    };
    legs.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// The same for whoever runs it without revgraph: on SQLite a table that is dropped, also for another that takes its
/// place, takes rows of others along where foreign keys are on.
fn as_run_alone(dialect: Dialect, course: &Course, sql: String) -> String {
    let drops_table = course.statements().any(|statement| statement.sql.starts_with("DROP TABLE "));
    if dialect == Dialect::Postgres || !drops_table {
        return sql;
    }
    format!(
        "-- outside of a transaction: inside one it has no effect\nPRAGMA foreign_keys = OFF;\n\n{sql}\n\
         PRAGMA foreign_key_check;\nPRAGMA foreign_keys = ON;\n"
    )
}

fn current_folder() -> Result<PathBuf, Diagnostic> {
    std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))
}

/// What the revision is to stand on: what was named, else all heads, which it joins.
fn chosen_parents(scripts: &ScriptDirectory, heads: &[String]) -> Result<Vec<NodeIndex>, Diagnostic> {
    if heads.is_empty() {
        return Ok(scripts.graph().heads());
    }
    let heads: Vec<RevisionSpec> = heads.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
    Ok(plan::select_all(scripts.graph(), &heads)?)
}

fn wanted(
    context: &Context,
    (revision, wishes): (RevisionId, RevisionRequest),
    parents: Vec<NodeIndex>,
    plans: &[DialectPlan<'_>],
) -> Wanted {
    let made_up = || {
        let plan = plans.iter().find(|plan| !plan.course.is_empty());
        plan.map_or_else(String::new, DialectPlan::title)
    };
    Wanted {
        revision: Some(revision),
        parents,
        splice: wishes.splice,
        depends_on: wishes.depends_on,
        branch_labels: wishes.branch_labels,
        title: wishes.message.unwrap_or_else(made_up),
        folder: wishes.folder,
        created: context.config.timezone.now(),
    }
}

/// What the header says of where the revision comes from. No line of it may look like a key.
fn notes(to: &str, proof: &str, served: &Served) -> String {
    let from = match to {
        DESIRED => "the desired schema".to_owned(),
        "database" => "the schema of the database".to_owned(),
        // A URL may hold a password.
        url if url.contains("://") => "the schema of another database".to_owned(),
        path => Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let missing = served.missing.map_or_else(String::new, |dialect| {
        format!(" There was no {dialect} database to try on: it does nothing for {dialect}.")
    });
    format!("Made from {from}; {proof}.{missing}")
}

/// What is known of scripts.
fn in_words(proofs: &[Proof]) -> String {
    if proofs.is_empty() {
        return "not proved".to_owned();
    }
    let proofs: Vec<String> = proofs.iter().map(ToString::to_string).collect();
    format!("proved up and down {}", proofs.join(" and "))
}

fn nothing_to_do(context: &Context) -> ExitStatus {
    if context.json {
        print_json(&NothingGenerated::default());
    } else {
        context.say("nothing to do: the schemas are equal");
    }
    ExitStatus::Done
}

/// The answer to `--check`.
fn would_not_be_empty(
    context: &Context,
    legs: &[ScriptLeg],
    courses: &[(Dialect, &Course)],
    stakes: &[Stake<'_>],
) -> ExitStatus {
    if context.json {
        print_json(&GeneratedDocument::new(None, courses, stakes));
    } else {
        print_raw(&sql_of(legs));
        context.say("the scripts do not build the desired schema");
        tell_stakes(context, stakes);
    }
    ExitStatus::No
}

fn tell(
    context: &Context,
    drafts: &Drafts,
    courses: &[(Dialect, &Course)],
    stakes: &[Stake<'_>],
    (is_proved, proof): (bool, &str),
) {
    if context.json {
        print_json(&GeneratedDocument::new(Some((drafts, is_proved)), courses, stakes));
        return;
    }
    for new in &drafts.new {
        print_line(&new.up.0.display().to_string());
        print_line(&new.down.0.display().to_string());
    }
    let statements = courses.iter().map(|(_, course)| course.statements().count()).sum();
    context.say(&format!("{}, {proof}", count(statements, "statement")));
    tell_stakes(context, stakes);
    for (table, mark) in courses.iter().flat_map(|(_, course)| course.kept()) {
        context.say(&format!("{} are kept in {}", mark.what, table.name));
    }
}

pub fn tell_stakes(context: &Context, stakes: &[Stake<'_>]) {
    for stake in stakes {
        context.say(&stake.line());
    }
}
