//! `revgraph revision`.

use std::path::PathBuf;

use clap::Args;

use super::super::authoring;
use super::super::autogenerate_args::AutogenerateArgs;
use super::super::autogeneration;
use super::super::context::Context;
use super::super::{editor, prompt, target};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::graph::{NodeIndex, RevisionSpec};
use crate::plan;
use crate::script::{ReadMode, RevisionRequest, ScriptDirectory, create};

/// Arguments of `revision`.
#[derive(Debug, Args)]
pub struct RevisionArgs {
    /// What it is for; the first line is its title. Asked for where there is a terminal
    #[arg(short, long, value_name = "MSG")]
    pub message: Option<String>,
    /// Its id [default: twelve random hexadecimal digits]
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// What it stands on: an id, LABEL@head, base, heads, … ; repeat it to join several [default: head]
    #[arg(long, value_name = "H", allow_negative_numbers = true)]
    pub head: Vec<String>,
    /// Let it stand on a revision that is not a head, beginning a new branch
    #[arg(long)]
    pub splice: bool,
    /// Give the branch a label; repeatable
    #[arg(long, value_name = "L", value_delimiter = ',')]
    pub branch_label: Vec<String>,
    /// An id or label of another branch that must be applied before; repeatable
    #[arg(long, value_name = "R", value_delimiter = ',')]
    pub depends_on: Vec<String>,
    /// The folder for the scripts, one of version_locations [default: the one of what it stands on]
    #[arg(long, value_name = "P")]
    pub version_path: Option<PathBuf>,
    #[command(flatten)]
    pub autogenerate: AutogenerateArgs,
    /// Open the scripts in $VISUAL or $EDITOR
    #[arg(long, overrides_with = "no_edit")]
    pub edit: bool,
    /// Do not open them, which is the default
    #[arg(long, overrides_with = "edit")]
    pub no_edit: bool,
}

/// Writes a new revision, by hand or from the desired schema, and prints both paths.
pub fn run(context: &Context, args: RevisionArgs) -> Result<ExitStatus, Diagnostic> {
    if args.autogenerate.autogenerate {
        let wishes = RevisionRequest {
            message: args.message,
            revision: args.rev_id,
            splice: args.splice,
            branch_labels: args.branch_label,
            depends_on: args.depends_on,
            folder: args.version_path.map(|path| absolute(&path)).transpose()?,
        };
        return autogeneration::run(context, &args.autogenerate, wishes, &args.head);
    }
    let message = message(context, args.message)?;
    let heads = heads(context, &args.head)?;
    let wishes = RevisionRequest {
        message: Some(message),
        revision: args.rev_id,
        splice: args.splice,
        branch_labels: args.branch_label,
        depends_on: args.depends_on,
        folder: args.version_path.map(|path| absolute(&path)).transpose()?,
    };
    let created = create(&context.config, wishes, |scripts| {
        plan::select_all(scripts.graph(), &heads).map_err(Diagnostic::from)
    })?;
    let status = authoring::report(context, &created);
    if args.edit && prompt::somebody_is_there() {
        editor::open(&[created.up, created.down], context.control.cancellation())?;
    }
    Ok(status)
}

fn absolute(path: &std::path::Path) -> Result<PathBuf, Diagnostic> {
    std::path::absolute(path).map_err(|error| Diagnostic::io(&path.display().to_string(), &error))
}

/// What the revision is to stand on. Of several heads the user chooses, where there is a user.
fn heads(context: &Context, texts: &[String]) -> Result<Vec<RevisionSpec>, Diagnostic> {
    if !texts.is_empty() {
        return texts.iter().map(|text| target::parse(text)).collect();
    }
    let scripts = context.scripts(ReadMode::Headers)?;
    let heads = scripts.graph().heads();
    if heads.len() < 2 {
        return Ok(vec![target::parse("head")?]);
    }
    if context.json || !prompt::somebody_is_there() {
        return Err(several_heads(&scripts, &heads));
    }
    let choices = described(&scripts, &heads);
    let chosen = prompt::choice(
        context,
        "There are several heads. Which one is the new revision to stand on?",
        &choices,
    )?;
    let head = heads.get(chosen).map(|head| target::parse(scripts.graph().id(*head).as_str()));
    head.into_iter().collect()
}

fn described(scripts: &ScriptDirectory, heads: &[NodeIndex]) -> Vec<String> {
    let line = |head: &NodeIndex| format!("{}: {}", scripts.graph().id(*head), scripts.script(*head).title());
    heads.iter().map(line).collect()
}

fn several_heads(scripts: &ScriptDirectory, heads: &[NodeIndex]) -> Diagnostic {
    let mut told = Diagnostic::new(
        ErrorKind::MultipleHeads,
        "there are several heads; which one is the new revision to stand on?",
    );
    told.causes = described(scripts, heads);
    let first = heads.first().map(|head| scripts.graph().id(*head).as_str()).unwrap_or_default();
    told.hint(format!("name one of them: --head {first}")).hint("or join them first: revgraph merge heads")
}

/// The message that was given, else what is typed at a terminal.
pub(super) fn message(context: &Context, given: Option<String>) -> Result<String, Diagnostic> {
    let text = match given {
        Some(text) => text,
        None if !context.json && prompt::somebody_is_there() => {
            prompt::line(context, "What is the revision for?")?
        }
        None => return Err(Diagnostic::usage("a revision needs a message").hint("give it: -m MSG")),
    };
    if text.trim().is_empty() {
        return Err(Diagnostic::usage("the message is empty").hint("say what the revision is for: -m MSG"));
    }
    Ok(text)
}
