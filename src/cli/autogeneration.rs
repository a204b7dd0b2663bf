//! What `revision --autogenerate` and `diff --sql` share: from two sides to statements, and to scripts.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use serde_json::json;

use super::authoring::{self, Wishes};
use super::autogenerate_args::{AutogenerateArgs, DecisionArgs};
use super::commands::parents;
use super::context::Context;
use super::error::CliError;
use super::exit::ExitStatus;
use super::losses::{Counter, Stake, stakes};
use super::observer::ScratchProgress;
use super::output::{print_json, print_line, print_raw};
use super::rename_questions::decide;
use super::schema_side::{Side, dialect_of, ground};
use super::target::{self, count};
use crate::autogenerate::{Course, Decisions, Drafts, Ground, Planner, Trial, Wanted, script_text, title};
use crate::backend::Access;
use crate::config::DatabaseUrl;
use crate::graph::{NodeIndex, RevisionSpec};
use crate::script::{ReadMode, ScriptDirectory};

/// What the desired schema is where nothing else is said.
const DESIRED: &str = "schema";

/// Runs `revision --autogenerate`: makes, proves and writes the revision that leads to the desired schema.
pub fn run(
    context: &Context,
    args: &AutogenerateArgs,
    wishes: Wishes,
    heads: &[String],
) -> Result<ExitStatus, CliError> {
    let here = current_folder()?;
    let _lock = authoring::lock(context)?;
    let scripts = Arc::new(ManuallyDrop::into_inner(context.scripts(ReadMode::Headers)?));
    let parents = chosen_parents(&scripts, heads)?;
    let to = args.to.as_deref().unwrap_or(DESIRED);
    let right = Side::parse(to, &here)?;
    let like = context.config.database_url()?;
    let dialect = dialect_of(like);
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let left = match &args.from {
        Some(from) => {
            let from = Side::parse(from, &here)?;
            check_stands_at_heads(context, &from, &scripts)?;
            ground(context, &from, dialect, &mut progress)?
        }
        None => Ground::Revisions { scripts: Arc::clone(&scripts), tips: parents.clone() },
    };
    let right = ground(context, &right, dialect, &mut progress)?;
    let mut planner = Planner::begin(&context.config, like, (&left, &right), &mut progress)?;
    let mut counter = Counter::new(context);
    let decisions = decide(context, &planner, &args.decisions, &mut counter)?;
    planner.complete(&decisions, &mut progress)?;
    let course = planner.plan(&decisions.hints, &mut progress)?;
    if course.is_empty() {
        return Ok(nothing_to_do(context));
    }
    let stakes = stakes(course.statements(), &mut counter);
    if args.check {
        drop(progress);
        return Ok(would_not_be_empty(context, &planner, &course, &stakes));
    }
    let wanted = wanted(context, wishes, parents.clone(), &planner, &decisions)?;
    let notes = notes(to, &planner, !args.no_verify);
    let drafts = Drafts::of(&scripts, &context.config, &wanted, (dialect, &course), &notes)?;
    if !args.no_verify {
        planner.prove(&trial(&scripts, &drafts, &parents), &mut progress)?;
    }
    drop(progress);
    drafts.files().carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    tell(context, &drafts, &course, &stakes, !args.no_verify);
    Ok(ExitStatus::Done)
}

/// Runs `diff --sql`: prints the statements that make the left side like the right one.
pub fn print_sql(
    context: &Context,
    left: Option<&str>,
    right: Option<&str>,
    args: &DecisionArgs,
) -> Result<ExitStatus, CliError> {
    let here = current_folder()?;
    let left = left.map_or(Ok(Side::VersionRows), |text| Side::parse(text, &here))?;
    let right = right.map_or(Ok(Side::Database), |text| Side::parse(text, &here))?;
    let like = like(context, &left, &right)?;
    let dialect = dialect_of(like);
    let mut progress = ScratchProgress::new(context, 0);
    let left = ground(context, &left, dialect, &mut progress)?;
    let right = ground(context, &right, dialect, &mut progress)?;
    let mut planner = Planner::begin(&context.config, like, (&left, &right), &mut progress)?;
    let mut counter = Counter::new(context);
    let decisions = decide(context, &planner, args, &mut counter)?;
    planner.complete(&decisions, &mut progress)?;
    let course = planner.plan(&decisions.hints, &mut progress)?;
    drop(progress);
    let sql = sql_of(&planner, &course);
    if context.json {
        let stakes = stakes(course.statements(), &mut counter);
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
fn sql_of(planner: &Planner<'_>, course: &Course) -> String {
    let several = course.legs.len() > 1;
    let text = |leg: &crate::autogenerate::Leg| {
        let heading = leg.up.title.as_ref().filter(|_| several).map(|title| format!("-- {title}\n\n"));
        heading.unwrap_or_default() + &script_text(planner.dialect(), &leg.up)
    };
    course.legs.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn current_folder() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(|error| CliError::io("the current folder", &error))
}

/// The database whose kind the scratch databases are of: that of a side, else the configured one.
fn like<'l>(context: &'l Context, left: &'l Side, right: &'l Side) -> Result<&'l DatabaseUrl, CliError> {
    match (left, right) {
        (Side::Url(left), Side::Url(right)) if dialect_of(left) != dialect_of(right) => {
            Err(CliError::usage("the two sides are different kinds of databases"))
        }
        (Side::Url(url), _) | (_, Side::Url(url)) => Ok(url),
        _ => Ok(context.config.database_url()?),
    }
}

/// What the revision is to stand on: what was named, else all heads, which it joins.
fn chosen_parents(scripts: &ScriptDirectory, heads: &[String]) -> Result<Vec<NodeIndex>, CliError> {
    if heads.is_empty() {
        return Ok(scripts.graph().heads());
    }
    let heads: Vec<RevisionSpec> = heads.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
    parents(scripts, &heads)
}

/// A revision that begins where the database is must not be put behind others that it lacks.
fn check_stands_at_heads(context: &Context, from: &Side, scripts: &ScriptDirectory) -> Result<(), CliError> {
    if *from != Side::Database {
        return Ok(());
    }
    let rows = context.connect(Access::Read)?.heads()?;
    let graph = scripts.graph();
    let mut heads = graph.ids(&graph.effective_heads());
    heads.sort();
    if rows == heads {
        return Ok(());
    }
    Err(CliError::failed("not_at_heads", "the database does not stand at the heads of the scripts")
        .hint("bring it there: revgraph upgrade heads")
        .hint("or begin where the scripts lead: without --from"))
}

fn wanted(
    context: &Context,
    wishes: Wishes,
    parents: Vec<NodeIndex>,
    planner: &Planner<'_>,
    decisions: &Decisions,
) -> Result<Wanted, CliError> {
    let revision = wishes.revision.as_deref().map(|id| authoring::revision_id(Some(id))).transpose()?;
    let made_up = || title(planner.left(), planner.right(), &decisions.hints.renames);
    Ok(Wanted {
        revision,
        parents,
        splice: wishes.splice,
        depends_on: wishes.depends_on,
        branch_labels: wishes.branch_labels,
        title: wishes.message.unwrap_or_else(made_up),
        folder: wishes.folder,
        created: context.config.timezone.at(Utc::now()),
    })
}

/// What the header says of where the revision comes from. No line of it may look like a key.
fn notes(to: &str, planner: &Planner<'_>, is_proved: bool) -> String {
    let from = match to {
        DESIRED => "the desired schema".to_owned(),
        "database" => "the schema of the database".to_owned(),
        // A URL may hold a password.
        url if url.contains("://") => "the schema of another database".to_owned(),
        path => Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let proof = if is_proved {
        format!("proved up and down on {}", planner.version())
    } else {
        "not proved".to_owned()
    };
    format!("Made from {from}; {proof}.")
}

fn trial<'t>(scripts: &ScriptDirectory, drafts: &'t Drafts, parents: &[NodeIndex]) -> Trial<'t> {
    let graph = drafts.scripts.graph();
    let ids = scripts.graph().ids(parents);
    let applied = ids.iter().filter_map(|id| graph.find(id.as_str())).collect();
    Trial { scripts: &drafts.scripts, applied, new: drafts.nodes() }
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
    planner: &Planner<'_>,
    course: &Course,
    stakes: &[Stake<'_>],
) -> ExitStatus {
    if context.json {
        print_json(&as_json(None, course, stakes));
    } else {
        print_raw(&sql_of(planner, course));
        context.say("the scripts do not build the desired schema");
        tell_stakes(context, stakes);
    }
    ExitStatus::No
}

fn tell(context: &Context, drafts: &Drafts, course: &Course, stakes: &[Stake<'_>], is_proved: bool) {
    if context.json {
        print_json(&as_json(Some((drafts, is_proved)), course, stakes));
        return;
    }
    for new in &drafts.new {
        print_line(&new.up.0.display().to_string());
        print_line(&new.down.0.display().to_string());
    }
    let proof = if is_proved { "proved up and down" } else { "not proved" };
    context.say(&format!("{}, {proof}", count(course.statements().count(), "statement")));
    tell_stakes(context, stakes);
}

fn tell_stakes(context: &Context, stakes: &[Stake<'_>]) {
    for stake in stakes {
        context.say(&stake.line());
    }
}

fn as_json(written: Option<(&Drafts, bool)>, course: &Course, stakes: &[Stake<'_>]) -> serde_json::Value {
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
        "statements": course.statements().map(|one| json!({ "object": one.object, "sql": one.sql })).collect::<Vec<_>>(),
        "losses": losses.iter().map(|one| one.as_json()).collect::<Vec<_>>(),
        "may_fail": others.iter().map(|one| one.as_json()).collect::<Vec<_>>(),
        "questions": [],
    })
}
