//! A stamp claims that the database has a schema; this looks whether it has.

use super::context::Context;
use super::differences;
use super::observer::ScratchProgress;
use super::volatile;
use crate::backend::Backend;
use crate::catalog::{CompareOptions, Difference, compare};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::execute::{Reading, plan_stamp, unfolded_for};
use crate::graph::{RevisionId, RevisionSpec};
use crate::plan::nodes_of_rows;
use crate::report::difference_lines;
use crate::script::ScriptDirectory;
use crate::verify::catalog_of_revisions;

/// Refuses version rows whose scripts build another schema than a database with tables has. The order of columns
/// does not count: no script could mend it. An empty database can be stamped as anything, which is told; rows that stay as
/// they are and that the ledger vouches for claim nothing new, and the base claims nothing at all.
pub fn refuse_other_schema(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    targets: &[RevisionSpec],
    purge: bool,
) -> Result<(), Diagnostic> {
    let plan = plan_stamp(scripts, backend, targets, purge)?;
    let claims_nothing_new = plan.before == plan.after && Reading::of(backend)?.vouches_for_rows();
    if claims_nothing_new || plan.after.is_empty() {
        return Ok(());
    }
    if !backend.has_user_tables()? {
        let stands = name(&plan.after);
        context.say(&format!(
            "warning: the database is empty, and is stamped {stands} all the same; no script runs"
        ));
        return Ok(());
    }
    let found = differences_from(context, scripts, backend, &plan.after)?;
    if found.is_empty() { Ok(()) } else { Err(refusal(&plan.after, &found)) }
}

/// What sets the database apart from what version rows stand for.
pub fn differences_from(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    rows: &[RevisionId],
) -> Result<Vec<Difference>, Diagnostic> {
    // The last of what a baseline replaces stands for all of it, and the backup may be gone.
    let rows: Vec<RevisionId> = rows.iter().map(|row| scripts.graph().standing_for(row).clone()).collect();
    let scripts = &unfolded_for(scripts, &rows, &[])?;
    let tips = nodes_of_rows(scripts.graph(), &rows)?;
    let like = context.config.database_url()?;
    let mut progress = ScratchProgress::new(context, 0);
    let expected =
        catalog_of_revisions(scripts, &tips, &context.config, like, &mut progress).map_err(|error| {
            Diagnostic::from(error).hint("stamp without a look at the schema: revgraph stamp --force REV")
        })?;
    let scope = context.config.scope();
    let (expected, actual) = (expected.within(&scope), backend.catalog()?.within(&scope));
    let actual = differences::settled(context, &expected, &actual, like, &mut progress)?;
    let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
    let mut found = compare(&expected, &actual, &options);
    volatile::set_apart(context, &expected, &mut found, &mut progress, |progress| {
        let again = catalog_of_revisions(scripts, &tips, &context.config, like, progress)?;
        Ok(again.within(&scope))
    })?;
    found.retain(|difference| !difference.is_bookkeeping_of_another_migrator());
    Ok(found)
}

/// The error that tells what differs: `-` is what the scripts build, `+` what the database has.
pub fn refusal(rows: &[RevisionId], found: &[Difference]) -> Diagnostic {
    let stands = name(rows);
    let message = format!("the database does not have the schema of {stands}; nothing has been stamped");
    refusal_with(message, rows, found)
        .hint("find out whose schema it has: revgraph stamp --detect")
        .hint("stamp it all the same: revgraph stamp --force REV")
}

/// The error of this message that tells what differs.
pub fn refusal_with(message: String, rows: &[RevisionId], found: &[Difference]) -> Diagnostic {
    let told = Diagnostic::new(ErrorKind::SchemaDiffers, message);
    told.cause(format!(
        "what {} builds (-), and what the database has (+):\n{}",
        name(rows),
        difference_lines(found).join("\n")
    ))
    .field("differences", serde_json::json!(found))
}

/// Version rows in words.
pub fn name(rows: &[RevisionId]) -> String {
    if rows.is_empty() {
        return "base".to_owned();
    }
    rows.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}
