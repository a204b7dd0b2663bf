//! `stamp --detect`: whose schema the database has.

use super::context::Context;
use super::observer::ScratchProgress;
use super::output::print_json;
use super::prompt;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::graph::joined_or_base;
use crate::report::{DetectionDocument, detection_told};
use crate::script::ScriptDirectory;
use crate::verify::{Candidate, Detection, detect, stamp_checked};

/// `stamp --detect`: names the version rows whose scripts build the schema of the database, and stamps them where the
/// user agrees; [`ExitStatus::Differs`] where there are none.
pub fn run(context: &Context, scripts: &ScriptDirectory) -> Result<ExitStatus, Diagnostic> {
    let mut backend = context.connect(Access::Write)?;
    let actual = backend.catalog()?.within(&context.config.scope());
    let like = context.config.database_url()?;
    let mut progress = ScratchProgress::new(context, scripts.graph().len());
    let detection = detect(scripts, &actual, &context.config, like, &mut progress);
    drop(progress);
    let detection = detection?;
    if !context.json {
        context.show(&detection_told(&detection));
    }
    let stamped = match chosen(context, &detection, &backend.describe())? {
        Some(candidate) => {
            let mut progress = ScratchProgress::new(context, 0);
            let (config, options) = (&context.config, context.options());
            Some(stamp_checked(scripts, backend.as_mut(), &candidate.heads, config, &options, &mut progress)?)
        }
        None => None,
    };
    if context.json {
        let database = backend.describe();
        print_json(&DetectionDocument::new(&detection, stamped.as_deref(), &database));
    } else if let Some(heads) = &stamped {
        context.say(&format!("the database is stamped {}", joined_or_base(heads)));
    }
    Ok(if detection.matches.is_empty() { ExitStatus::Differs } else { ExitStatus::Done })
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
            let agreed = prompt::confirm(
                context,
                &format!("Stamp the database {database} {}?", joined_or_base(&only.heads)),
            )?;
            Ok(agreed.then_some(only))
        }
        several @ [_, _, ..] if can_ask && !context.yes => {
            let mut choices: Vec<String> =
                several.iter().map(|candidate| joined_or_base(&candidate.heads)).collect();
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
