//! What `revision --autogenerate` and `diff --sql` share: from two sides to statements, and to scripts.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use chrono::Utc;
use clap::Args;
use serde_json::json;

use super::authoring::{self, Wishes};
use super::commands::parents;
use super::context::Context;
use super::error::CliError;
use super::exit::ExitStatus;
use super::observer::ScratchProgress;
use super::output::{print_json, print_line, print_raw};
use super::schema_side::{Side, ground};
use super::target::{self, count};
use crate::alter::Hints;
use crate::autogenerate::{Course, Drafts, Ground, Planner, Trial, Wanted, script_text};
use crate::config::DatabaseUrl;
use crate::graph::{NodeIndex, RevisionSpec};
use crate::script::{ReadMode, ScriptDirectory};

/// Options of `revision --autogenerate`.
#[derive(Debug, Args)]
pub struct AutogenerateArgs {
    /// Write the scripts: what leads from the schema of the heads to the desired one, and back
    #[arg(long)]
    pub autogenerate: bool,
    /// The desired schema: `database`, a URL, a SQL file or folder, …
    #[arg(long, value_name = "SIDE", requires = "autogenerate")]
    pub to: Option<String>,
    /// What there is, instead of what the scripts build at the heads: `database`, …
    #[arg(long, value_name = "SIDE", requires = "autogenerate")]
    pub from: Option<String>,
    /// What becomes of what may have been renamed
    #[arg(long, value_enum, default_value = "ask", requires = "autogenerate")]
    pub renames: RenamesArg,
    /// Write the scripts without proof; their header says so
    #[arg(long, requires = "autogenerate")]
    pub no_verify: bool,
}

/// What becomes of what may have been renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RenamesArg {
    /// It is asked for; where nobody can be asked and values are at stake, it is an error
    Ask,
    /// Nothing has been renamed: what is missing is dropped, what is new is added
    None,
}

/// Runs `revision --autogenerate`.
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
    let to = args.to.as_deref().ok_or_else(no_desired_schema)?;
    let right = Side::parse(to, &here)?;
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let left = match &args.from {
        Some(from) => ground(context, &Side::parse(from, &here)?, &mut progress)?,
        None => Ground::Revisions { scripts: Arc::clone(&scripts), tips: parents.clone() },
    };
    let right = ground(context, &right, &mut progress)?;
    let like = context.config.database_url()?;
    let mut planner = Planner::begin(&context.config, like, &left, &right, &mut progress)?;
    let hints = Hints::default();
    let course = planner.plan(&hints, &mut progress)?;
    if course.is_empty() {
        return Ok(nothing_to_do(context));
    }
    let wanted = wanted(context, wishes, parents.clone())?;
    let notes = notes(to, &planner, !args.no_verify);
    let drafts = Drafts::of(&scripts, &context.config, &wanted, (planner.dialect(), &course), &notes)?;
    if !args.no_verify {
        planner.prove(&trial(&scripts, &drafts, &parents), &mut progress)?;
    }
    drop(progress);
    drafts.files().carry_out(&context.config).map_err(crate::squash::SquashError::Files)?;
    tell(context, &drafts, &course);
    Ok(ExitStatus::Done)
}

/// Runs `diff --sql`.
pub fn print_sql(context: &Context, left: Option<&str>, right: Option<&str>) -> Result<ExitStatus, CliError> {
    let here = current_folder()?;
    let left = left.map_or(Ok(Side::VersionRows), |text| Side::parse(text, &here))?;
    let right = right.map_or(Ok(Side::Database), |text| Side::parse(text, &here))?;
    let like = like(context, &left, &right)?;
    let mut progress = ScratchProgress::new(context, 0);
    let left = ground(context, &left, &mut progress)?;
    let right = ground(context, &right, &mut progress)?;
    let mut planner = Planner::begin(&context.config, like, &left, &right, &mut progress)?;
    let course = planner.plan(&Hints::default(), &mut progress)?;
    drop(progress);
    let texts: Vec<String> = course.legs.iter().map(|leg| script_text(planner.dialect(), &leg.up)).collect();
    if context.json {
        print_json(&json!({ "sql": texts.join("\n") }));
    } else {
        print_raw(&texts.join("\n"));
    }
    Ok(ExitStatus::Done)
}

fn current_folder() -> Result<std::path::PathBuf, CliError> {
    std::env::current_dir().map_err(|error| CliError::io("the current folder", &error))
}

/// The database whose kind the scratch databases are of: that of a side, else the configured one.
fn like<'l>(context: &'l Context, left: &'l Side, right: &'l Side) -> Result<&'l DatabaseUrl, CliError> {
    match (left, right) {
        (Side::Url(url), _) | (_, Side::Url(url)) => Ok(url),
        _ => Ok(context.config.database_url()?),
    }
}

/// What the revision is to stand on: what was named, else all heads.
fn chosen_parents(scripts: &ScriptDirectory, heads: &[String]) -> Result<Vec<NodeIndex>, CliError> {
    if heads.is_empty() {
        return Ok(scripts.graph().heads());
    }
    let heads: Vec<RevisionSpec> = heads.iter().map(|text| target::parse(text)).collect::<Result<_, _>>()?;
    parents(scripts, &heads)
}

fn wanted(context: &Context, wishes: Wishes, parents: Vec<NodeIndex>) -> Result<Wanted, CliError> {
    let revision = wishes.revision.as_deref().map(|id| authoring::revision_id(Some(id))).transpose()?;
    Ok(Wanted {
        revision,
        parents,
        splice: wishes.splice,
        depends_on: wishes.depends_on,
        branch_labels: wishes.branch_labels,
        title: wishes.message.unwrap_or_else(|| "autogenerated".to_owned()),
        folder: wishes.folder,
        created: context.config.timezone.at(Utc::now()),
    })
}

/// What the header says of where the revision comes from. No line of it may look like a key.
fn notes(to: &str, planner: &Planner<'_>, is_proved: bool) -> String {
    let proof = if is_proved {
        format!("proved on {}, up and down", planner.version())
    } else {
        "not proved".to_owned()
    };
    format!("Made from {}; {proof}.", Path::new(to).display())
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
        context.say("nothing to do: the scripts build the desired schema");
    }
    ExitStatus::Done
}

fn no_desired_schema() -> CliError {
    CliError::usage("nothing says what the desired schema is").hint("name it: --to schema.sql")
}

fn tell(context: &Context, drafts: &Drafts, course: &Course) {
    if context.json {
        let revisions = drafts.new.iter().map(|new| {
            json!({
                "revision": new.revision.id,
                "up": new.up.0.display().to_string(),
                "down": new.down.0.display().to_string(),
                "down_revisions": new.revision.down_revisions,
            })
        });
        print_json(&json!({
            "revisions": revisions.collect::<Vec<_>>(),
            "statements": course.statements().map(|one| &one.sql).collect::<Vec<_>>(),
        }));
        return;
    }
    for new in &drafts.new {
        print_line(&new.up.0.display().to_string());
        print_line(&new.down.0.display().to_string());
    }
    context.say(&format!("{}, proved up and down", count(course.statements().count(), "statement")));
}
