//! `stamp --from`: taking over what another tool has applied to the database.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::observer::ScratchProgress;
use crate::backend::Access;
use crate::diagnostic::Diagnostic;
use crate::execute::Report;
use crate::import::alembic::AlembicOptions;
use crate::import::{
    self, Adopting, Adoption, Import, Kind, Request, UnknownKind, adopt_own_rows, check_imported,
    meant_dialect, usual_folder,
};
use crate::script::ReadMode;

/// The tool that was named on the command line; the error lists those that there are.
pub fn kind(text: &str) -> Result<Kind, Diagnostic> {
    text.parse().map_err(|error: UnknownKind| {
        let names = Kind::ALL.map(Kind::name).join(", ");
        Diagnostic::usage(error.to_string()).hint(format!("the kinds are {names}"))
    })
}

/// `stamp --from KIND [DIR]`: takes over what the tool has applied to the database, and reports what was stamped.
pub fn stamp_from(
    context: &Context,
    kind: Kind,
    folder: Option<&Path>,
    python: Option<PathBuf>,
    force: bool,
) -> Result<Report, Diagnostic> {
    let (config, options) = (&context.config, context.options());
    let mut progress = ScratchProgress::new(context, 0);
    if kind == Kind::Alembic {
        let scripts = context.scripts(ReadMode::Headers)?;
        let mut backend = context.connect(Access::Write)?;
        let adopting = Adopting { scripts: &scripts, config, options: &options, force };
        if let Some(report) = adopt_own_rows(&adopting, backend.as_mut(), &mut progress)? {
            return Ok(report);
        }
    }
    let folder = match folder {
        Some(folder) => folder.to_owned(),
        None => usual_folder(kind, Path::new("")).ok_or_else(|| no_folder(kind, "stamp --from"))?,
    };
    let dialect = meant_dialect(config, false);
    let alembic = AlembicOptions { python, ..AlembicOptions::default() };
    let request =
        Request { kind, folder: folder.clone(), dialect, config, alembic, control: context.control.clone() };
    let history = import::read(&request)?;
    let mut backend = context.connect(Access::Write)?;
    let adoption = Adoption::read(&history, backend.as_mut())?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let import = Import::plan_for(config, &history, dialect, &scripts)?;
    check_imported(&import, kind, &folder)?;
    let adopting = Adopting { scripts: &scripts, config, options: &options, force };
    Ok(adoption.adopt(&adopting, &import.revisions, backend.as_mut(), &mut progress)?)
}

/// The error where the files of a tool are not where they usually are; `command` is what needs them.
pub fn no_folder(kind: Kind, command: &str) -> Diagnostic {
    let usual = kind.usual_folders().join(", ");
    Diagnostic::usage(format!("there are no files of {kind} where they usually are: {usual}"))
        .hint(format!("name the folder: revgraph {command} {kind} DIR"))
}
