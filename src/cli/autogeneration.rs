//! What `revision --autogenerate` and `diff --sql` share: from two sides to statements, and to scripts.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::autogenerate_args::{AutogenerateArgs, DecisionArgs};
use super::commands::parents;
use super::context::Context;
use super::losses::{Counter, Stake, stakes};
use super::observer::ScratchProgress;
use super::output::{print_json, print_line, print_raw};
use super::rename_questions::{Unknown, decide};
use super::target;
use crate::alter::Hints;
use crate::autogenerate::{
    Course, Decisions, Drafts, Ground, Named, Planner, RowTrial, ScriptLeg, Served, Side, Trial, Wanted,
    script_legs, served, title,
};
use crate::catalog::ObjectName;
use crate::config::DatabaseUrl;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::graph::{NodeIndex, RevisionId, RevisionSpec};
use crate::report::count;
use crate::script::{ReadMode, RevisionRequest, ScriptDirectory, lock_scripts, revision_id};
use crate::sql::Dialect;

/// What the desired schema is where nothing else is said.
const DESIRED: &str = "schema";

/// What is made for one kind of database.
struct Planned<'p> {
    planner: Planner<'p>,
    decisions: Decisions,
    course: Course,
}

impl Planned<'_> {
    /// What is at stake; only of the configured database it can be counted.
    fn stakes<'s>(&'s self, counters: &mut Counters<'_>) -> Vec<Stake<'s>> {
        let renamed = (self.planner.left(), self.decisions.hints.renames.as_slice());
        stakes(self.course.statements(), renamed, counters.of(self.planner.dialect()))
    }
}

/// Counts for each kind of database.
struct Counters<'c> {
    configured: Counter<'c>,
    none: Counter<'c>,
    dialect: Option<Dialect>,
}

impl<'c> Counters<'c> {
    fn new(context: &'c Context) -> Self {
        let dialect = context.config.database_url().ok().map(DatabaseUrl::dialect);
        Self { configured: Counter::new(context), none: Counter::of_nothing(context), dialect }
    }

    fn of(&mut self, dialect: Dialect) -> &mut Counter<'c> {
        if self.dialect == Some(dialect) { &mut self.configured } else { &mut self.none }
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
    let revision = first_revision(&wishes)?;
    let keeping = args.keep.then_some(&revision);
    let mut counters = Counters::new(context);
    let mut plans = Vec::with_capacity(grounds.len());
    let mut unknown = Unknown::among(grounds.len());
    for (like, left, right) in &grounds {
        let mut planner = Planner::begin(&context.config, like, (left, right), &mut progress)?;
        let counter = counters.of(like.dialect());
        let decisions = decide(context, &planner, &args.decisions, counter, &mut unknown)?;
        planner.complete(&decisions, &mut progress)?;
        // Only a proof shows whether what was foreseen is right.
        let is_proved = !args.check && !args.no_verify && grounds.len() == 1;
        let foreseen = if is_proved { planner.foresee(&decisions.hints, keeping) } else { None };
        let course = match foreseen {
            Some(course) => course,
            None => planner.plan(&decisions.hints, keeping, &mut progress)?,
        };
        plans.push(Planned { planner, decisions, course });
    }
    if plans.iter().all(|plan| plan.course.is_empty()) {
        return Ok(nothing_to_do(context));
    }
    let stakes: Vec<Vec<Stake<'_>>> = plans.iter().map(|plan| plan.stakes(&mut counters)).collect();
    let stakes: Vec<Stake<'_>> = stakes.into_iter().flatten().collect();
    let courses: Vec<(Dialect, &Course)> =
        plans.iter().map(|plan| (plan.planner.dialect(), &plan.course)).collect();
    let legs = script_legs(&courses, served.several);
    if args.check {
        drop(progress);
        return Ok(would_not_be_empty(context, &legs, &courses, &stakes));
    }
    let wanted = wanted(context, (revision, wishes), parents.clone(), &plans);
    drop(stakes);
    let (drafts, proof) = loop {
        let courses: Vec<(Dialect, &Course)> =
            plans.iter().map(|plan| (plan.planner.dialect(), &plan.course)).collect();
        let legs = script_legs(&courses, served.several);
        let unproved = notes(to, "not proved", &served);
        let mut drafts = Drafts::of(&scripts, &context.config, &wanted, &legs, &unproved)?;
        if args.no_verify {
            break (drafts, "not proved".to_owned());
        }
        match prove(&scripts, &drafts, &parents, &mut plans, &mut progress) {
            Ok(proof) => {
                drafts.note(&notes(to, &proof, &served))?;
                break (drafts, proof);
            }
            Err(error) if !find_foreseen(&mut plans, &mut progress)? => return Err(error),
            Err(_) => {}
        }
    };
    drop(progress);
    drafts.files().carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    let stakes: Vec<Vec<Stake<'_>>> = plans.iter().map(|plan| plan.stakes(&mut counters)).collect();
    let stakes: Vec<Stake<'_>> = stakes.into_iter().flatten().collect();
    let courses: Vec<(Dialect, &Course)> =
        plans.iter().map(|plan| (plan.planner.dialect(), &plan.course)).collect();
    tell(context, &drafts, &courses, &stakes, (!args.no_verify, &proof));
    Ok(ExitStatus::Done)
}

/// Finds by trying what was only foreseen, and is not right; whether there was anything.
fn find_foreseen(plans: &mut [Planned<'_>], progress: &mut ScratchProgress) -> Result<bool, Diagnostic> {
    let mut is_any = false;
    for plan in plans.iter_mut().filter(|plan| plan.course.is_foreseen) {
        plan.course = plan.planner.plan(&plan.decisions.hints, None, progress)?;
        is_any = true;
    }
    Ok(is_any)
}

/// Proves the drafts for each kind of database that they serve; what is known then, in words.
fn prove(
    scripts: &ScriptDirectory,
    drafts: &Drafts,
    parents: &[NodeIndex],
    plans: &mut [Planned<'_>],
    progress: &mut ScratchProgress,
) -> Result<String, Diagnostic> {
    let mut proofs = Vec::with_capacity(plans.len());
    for plan in plans {
        let trial = trial(scripts, drafts, parents, (&plan.course, &plan.decisions.hints));
        let rows = plan.planner.prove(&trial, progress)?;
        proofs.push(format!("on {}{}", plan.planner.version(), in_words(&rows)));
    }
    Ok(format!("proved up and down {}", proofs.join(" and ")))
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
    let mut counter = Counter::new(context);
    let mut unknown = Unknown::among(1);
    let decisions = decide(context, &planner, args, &mut counter, &mut unknown)?;
    planner.complete(&decisions, &mut progress)?;
    let course = planner.plan(&decisions.hints, None, &mut progress)?;
    drop(progress);
    let sql = as_run_alone(dialect, &course, sql_of(&script_legs(&[(dialect, &course)], false)));
    if context.json {
        let renamed = (planner.left(), decisions.hints.renames.as_slice());
        let stakes = stakes(course.statements(), renamed, &mut counter);
        print_json(&json!({
            "sql": sql,
            "statements": course.statements().map(|one| &one.sql).collect::<Vec<_>>(),
            "losses": stakes.iter().filter(|one| one.is_loss()).map(Stake::as_json).collect::<Vec<_>>(),
        }));
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
    parents(scripts, &heads)
}

/// The id of the first revision: the one that was given, else one made up.
fn first_revision(wishes: &RevisionRequest) -> Result<RevisionId, Diagnostic> {
    Ok(revision_id(wishes.revision.as_deref())?)
}

fn wanted(
    context: &Context,
    (revision, wishes): (RevisionId, RevisionRequest),
    parents: Vec<NodeIndex>,
    plans: &[Planned<'_>],
) -> Wanted {
    let made_up = || {
        let plan = plans.iter().find(|plan| !plan.course.is_empty());
        let of = |plan: &Planned<'_>| {
            title(plan.planner.left(), plan.planner.right(), &plan.decisions.hints.renames)
        };
        plan.map_or_else(String::new, of)
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

/// With which rows the scripts were tried, behind what says that they were.
fn in_words(rows: &RowTrial) -> String {
    let names = |tables: &[ObjectName]| {
        tables.iter().map(|table| Named::of(table).to_string()).collect::<Vec<_>>().join(", ")
    };
    match (rows.filled.as_slice(), rows.empty.as_slice()) {
        ([], []) => String::new(),
        ([_, ..], []) => ", with rows".to_owned(),
        ([], empty) => format!(", without rows in {}", names(empty)),
        ([_, ..], empty) => format!(", with rows, but none in {}", names(empty)),
    }
}

fn trial<'t>(
    scripts: &ScriptDirectory,
    drafts: &'t Drafts,
    parents: &[NodeIndex],
    (course, hints): (&'t Course, &'t Hints),
) -> Trial<'t> {
    let graph = drafts.scripts.graph();
    let ids = scripts.graph().ids(parents);
    let applied = ids.iter().filter_map(|id| graph.find(id.as_str())).collect();
    Trial { scripts: &drafts.scripts, applied, new: drafts.nodes(), course, hints }
}

fn nothing_to_do(context: &Context) -> ExitStatus {
    if context.json {
        print_json(&json!({ "revisions": [], "statements": [], "losses": [], "questions": [] }));
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
        print_json(&as_json(None, courses, stakes));
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
        print_json(&as_json(Some((drafts, is_proved)), courses, stakes));
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

fn as_json(
    written: Option<(&Drafts, bool)>,
    courses: &[(Dialect, &Course)],
    stakes: &[Stake<'_>],
) -> serde_json::Value {
    let new = written.iter().flat_map(|(drafts, _)| &drafts.new);
    let revisions = new.map(|new| {
        json!({
            "revision": new.revision.id,
            "up": new.up.0.display().to_string(),
            "down": new.down.0.display().to_string(),
            "down_revisions": new.revision.down_revisions,
            "message": new.message,
        })
    });
    let (losses, others): (Vec<_>, Vec<_>) = stakes.iter().partition(|stake| stake.is_loss());
    json!({
        "revisions": revisions.collect::<Vec<_>>(),
        "proved": written.is_some_and(|(_, is_proved)| is_proved),
        "statements": courses
            .iter()
            .flat_map(|(dialect, course)| course.statements().map(move |one| (dialect, one)))
            .map(|(dialect, one)| json!({ "object": one.object, "sql": one.sql, "dialect": dialect.name() }))
            .collect::<Vec<_>>(),
        "losses": losses.iter().map(|one| one.as_json()).collect::<Vec<_>>(),
        "kept": courses.iter().flat_map(|(_, course)| course.kept()).map(|(table, mark)| json!({ "table": table, "what": mark.what })).collect::<Vec<_>>(),
        "may_fail": others.iter().map(|one| one.as_json()).collect::<Vec<_>>(),
        "questions": [],
    })
}
