//! `revgraph diff`.

use clap::Args;
use serde_json::json;

use super::super::autogenerate_args::DecisionArgs;
use super::super::autogeneration;
use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::print_json;
use super::super::paint::{of_difference, print_painted};
use super::super::schema_side::{Side, catalog, model_ground, version_rows};
use crate::autogenerate::{Ground, Unmodelled, completed_catalog};
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectName, compare};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{DifferencesDocument, count, difference_lines};
use crate::verify::{Observer, set_volatile_apart, spelled_alike};

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The left side: `database`, `schema` (the desired one), another URL, a target (what the scripts build there), a
    /// SQL file or folder, or `empty` [default: what the version rows of the database say that it should be]
    #[arg(value_name = "A", allow_hyphen_values = true)]
    pub left: Option<String>,
    /// The right side, likewise [default: the database]
    #[arg(value_name = "B", allow_hyphen_values = true)]
    pub right: Option<String>,
    /// Pass over tables whose columns stand in another order only
    #[arg(long)]
    pub ignore_column_order: bool,
    /// Compare owners and grants too
    #[arg(long)]
    pub privileges: bool,
    /// Print the SQL that makes the left side like the right one, instead of what sets them apart
    #[arg(long, conflicts_with_all = ["ignore_column_order", "privileges"])]
    pub sql: bool,
    #[command(flatten)]
    pub decisions: DecisionArgs,
}

/// Compares two schemas, or prints the SQL between them; [`ExitStatus::Differs`] where they differ.
pub fn run(context: &Context, args: &DiffArgs) -> Result<ExitStatus, Diagnostic> {
    if args.sql {
        return autogeneration::print_sql(
            context,
            args.left.as_deref(),
            args.right.as_deref(),
            &args.decisions,
        );
    }
    let (mut found, volatile) = found(context, args)?;
    let asks_for_drift = args.left.is_none();
    found.retain(|difference| !(asks_for_drift && difference.is_bookkeeping_of_another_migrator()));
    if context.json {
        print_json(&json!(DifferencesDocument { differences: &found, volatile: &volatile }));
    } else {
        let lines: String = difference_lines(&found).iter().map(|line| format!("{line}\n")).collect();
        print_painted(&lines, of_difference);
        context.say(&if found.is_empty() {
            "no differences".to_owned()
        } else {
            count(found.len(), "difference")
        });
    }
    Ok(if found.is_empty() { ExitStatus::Done } else { ExitStatus::Differs })
}

/// The schemas of both sides. One of models is completed by what of the other it cannot say.
fn catalogs(
    context: &Context,
    left: Option<&Side>,
    right: &Side,
    progress: &mut dyn Observer,
) -> Result<(Catalog, Catalog), Diagnostic> {
    let left_models = left.map_or(Ok(None), |side| model_ground(context, side, progress))?;
    let right_models = model_ground(context, right, progress)?;
    let of_left = |progress: &mut dyn Observer| match left {
        Some(side) => catalog(context, side, progress),
        None => version_rows(context, progress),
    };
    let beside = |ground: &Ground, now: &Catalog, progress: &mut dyn Observer| {
        let like = context.config.database_url()?;
        let completed = completed_catalog(&context.config, like, ground, now, Unmodelled::Stay, progress)?;
        completed.map_or_else(|| Err(Diagnostic::usage("there are no models")), Ok)
    };
    match (left_models, right_models) {
        (Some(models), None) => {
            let right = catalog(context, right, progress)?;
            Ok((beside(&models, &right, progress)?, right))
        }
        (None, Some(models)) => {
            let left = of_left(progress)?;
            let right = beside(&models, &left, progress)?;
            Ok((left, right))
        }
        _ => Ok((of_left(progress)?, catalog(context, right, progress)?)),
    }
}

/// What sets the two sides apart, and the objects that scripts build otherwise each time.
fn found(context: &Context, args: &DiffArgs) -> Result<(Vec<Difference>, Vec<ObjectName>), Diagnostic> {
    let here = std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
    let parse = |text: &str| Side::parse(text, &here);
    let left_side = args.left.as_deref().map(parse).transpose()?;
    let right_side = args.right.as_deref().map_or(Ok(Side::Database), parse)?;
    let mut progress = ScratchProgress::new(context, 0);
    let (left, right) = catalogs(context, left_side.as_ref(), &right_side, &mut progress)?;
    if left.dialect != right.dialect {
        return Err(Diagnostic::usage("the two sides are different kinds of databases"));
    }
    let like = match (context.config.database_url(), &right_side) {
        (Ok(configured), _) if configured.dialect() == right.dialect => configured,
        (_, Side::Url(url)) => url,
        (configured, _) => configured?,
    };
    let settled = spelled_alike(&left, &right, &context.config, like, &mut progress)?;
    let options = CompareOptions {
        ignore_column_order: args.ignore_column_order,
        with_privileges: args.privileges,
        of_database: true,
    };
    let mut found = compare(&left, &settled, &options);
    if !left_side.as_ref().is_none_or(Side::is_of_scripts) || !right_side.is_of_scripts() {
        found.retain(|difference| !difference.object.is_owner_of_database());
    }
    let mut volatile_objects = Vec::new();
    for (side, built) in [(&left_side.unwrap_or(Side::VersionRows), &left), (&right_side, &*settled)] {
        if side.is_of_scripts() {
            let again = |observer: &mut dyn Observer| catalog(context, side, observer);
            let config = &context.config;
            let apart = set_volatile_apart(built, &mut found, config, like, &mut progress, again)?;
            volatile_objects.extend(apart);
        }
    }
    Ok((found, volatile_objects))
}
