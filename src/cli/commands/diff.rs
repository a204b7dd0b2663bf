//! `revgraph diff`.

use clap::Args;

use super::super::autogenerate_args::DecisionArgs;
use super::super::autogeneration;
use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::print_json;
use super::super::paint::{of_difference, print_painted};
use crate::autogenerate::{Side, SideComparison, compare_sides};
use crate::catalog::CompareOptions;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{DifferencesDocument, count, difference_lines};

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
    #[arg(long, conflicts_with = "ignore_column_order")]
    pub sql: bool,
    #[command(flatten)]
    pub decisions: DecisionArgs,
}

/// Compares two schemas, or prints the SQL between them; [`ExitStatus::Differs`] where they differ.
pub fn run(context: &Context, args: &DiffArgs) -> Result<ExitStatus, Diagnostic> {
    if args.sql {
        return autogeneration::print_sql(
            context,
            (args.left.as_deref(), args.right.as_deref()),
            args.privileges,
            &args.decisions,
        );
    }
    let SideComparison { differences, volatile } = found(context, args)?;
    if context.json {
        print_json(&DifferencesDocument { differences: &differences, volatile: &volatile });
    } else {
        let lines: String = difference_lines(&differences).iter().map(|line| format!("{line}\n")).collect();
        print_painted(&lines, of_difference);
        context.say(&if differences.is_empty() {
            "no differences".to_owned()
        } else {
            count(differences.len(), "difference")
        });
    }
    Ok(if differences.is_empty() { ExitStatus::Done } else { ExitStatus::Differs })
}

/// What sets the two sides apart, and the objects that scripts build otherwise each time.
fn found(context: &Context, args: &DiffArgs) -> Result<SideComparison, Diagnostic> {
    let here = std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
    let parse = |text: &str| Side::parse(text, &here);
    let left = args.left.as_deref().map(parse).transpose()?;
    let right = args.right.as_deref().map_or(Ok(Side::Database), parse)?;
    let options = CompareOptions {
        ignore_column_order: args.ignore_column_order,
        with_privileges: args.privileges,
        of_database: true,
        of_scripts: false,
    };
    let mut progress = ScratchProgress::new(context, 0);
    Ok(compare_sides(context.sides(), left.as_ref(), &right, &options, &mut progress)?)
}
