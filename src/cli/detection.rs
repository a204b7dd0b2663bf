//! `stamp --detect`: whose schema the database has.

use serde_json::{Value, json};

use super::context::Context;
use super::observer::ScratchProgress;
use super::output::{print_json, print_line};
use super::prompt;
use super::stamp_check::{differences_from, name, refusal};
use super::target::count;
use crate::backend::{Access, Backend};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::execute;
use crate::graph::{RevisionId, RevisionSpec, Symbol};
use crate::report::difference_lines;
use crate::script::ScriptDirectory;
use crate::verify::{Candidate, Detection, detect};

/// Names the revisions, and stamps them where the user agrees.
pub fn run(context: &Context, scripts: &ScriptDirectory) -> Result<ExitStatus, Diagnostic> {
    let mut backend = context.connect(Access::Write)?;
    let actual = backend.catalog()?.within(&context.config.scope());
    let like = context.config.database_url()?;
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let detection = detect(scripts, &actual, &context.config, like, &mut progress);
    drop(progress);
    let detection = detection?;
    if !context.json {
        tell(context, &detection);
    }
    let stamped = match chosen(context, &detection, &backend.describe())? {
        Some(candidate) => Some(stamp(context, scripts, backend.as_mut(), &candidate.heads)?),
        None => None,
    };
    if context.json {
        print_json(&as_json(&detection, stamped.as_deref(), &backend.describe()));
    } else if let Some(heads) = &stamped {
        context.say(&format!("the database is stamped {}", name(heads)));
    }
    Ok(if detection.matches.is_empty() { ExitStatus::Differs } else { ExitStatus::Done })
}

fn tell(context: &Context, detection: &Detection) {
    for candidate in &detection.matches {
        print_line(&name(&candidate.heads));
        for line in difference_lines(&candidate.differences) {
            print_line(&format!("    {line}"));
        }
    }
    match detection.matches.as_slice() {
        [] => {
            let nearest = &detection.nearest;
            let differences = count(nearest.differences.len(), "difference");
            context.say("no revision has the schema of the database");
            print_line(&format!("nearest: {}, with {differences}", name(&nearest.heads)));
            for line in difference_lines(&nearest.differences) {
                print_line(&format!("    {line}"));
            }
        }
        [_] => context.say("the database has this schema"),
        _ => context.say("the database has the schema that all of these share"),
    }
    if let Some(revision) = &detection.stopped_at {
        context.say(&format!("{revision} does not go up; what comes after it was not looked at"));
    }
}

/// What to stamp: the only match, where the user agrees, or the one that the user chooses.
fn chosen<'d>(
    context: &Context,
    detection: &'d Detection,
    database: &str,
) -> Result<Option<&'d Candidate>, Diagnostic> {
    let can_ask = !context.json && prompt::somebody_is_there();
    match detection.matches.as_slice() {
        [only] if context.yes => Ok(Some(only)),
        [only] if can_ask => {
            let agreed =
                prompt::confirm(context, &format!("Stamp the database {database} {}?", name(&only.heads)))?;
            Ok(agreed.then_some(only))
        }
        several @ [_, _, ..] if can_ask && !context.yes => {
            let mut choices: Vec<String> = several.iter().map(|candidate| name(&candidate.heads)).collect();
            choices.push("none of them".to_owned());
            Ok(several.get(prompt::choice(context, "Which of them has been applied last?", &choices)?))
        }
        [_, _, ..] if context.yes => Err(Diagnostic::new(
            ErrorKind::AmbiguousDetection,
            "several revisions have the schema of the database, and only you know which was applied last",
        )
        .hint("name it: revgraph stamp REV")),
        _ => Ok(None),
    }
}

/// Sets the version rows to just these, once their scripts have been seen to build what is there.
fn stamp(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    heads: &[RevisionId],
) -> Result<Vec<RevisionId>, Diagnostic> {
    let found = differences_from(context, scripts, backend, heads)?;
    if !found.is_empty() {
        return Err(refusal(heads, &found));
    }
    let target = |symbol| RevisionSpec { branch: None, symbol: Some(symbol), steps: None };
    let targets: Vec<RevisionSpec> = if heads.is_empty() {
        vec![target(Symbol::Base)]
    } else {
        heads.iter().map(|head| target(Symbol::Name(head.to_string()))).collect()
    };
    let purge = backend.state()?.has_version_table;
    Ok(execute::stamp(scripts, backend, &targets, purge, &context.options())?.heads)
}

fn as_json(detection: &Detection, stamped: Option<&[RevisionId]>, database: &str) -> Value {
    let candidate = |one: &Candidate| json!({ "heads": one.heads, "differences": one.differences });
    json!({
        "matches": detection.matches.iter().map(candidate).collect::<Vec<_>>(),
        "nearest": candidate(&detection.nearest),
        "stopped_at": detection.stopped_at,
        "stamped": stamped,
        "database": database,
    })
}
