//! The name of a protected database, asked for before it is erased whole.

use super::context::Context;
use super::prompt;
use crate::backend::Backend;
use crate::diagnostic::Diagnostic;

/// The name that permits to erase the database whole: what `--confirm` gives, else what is typed at a terminal
/// where the database is protected. `--yes` is no substitute.
pub fn of_erasing(
    context: &Context,
    backend: &mut dyn Backend,
    erases: bool,
    given: Option<&str>,
) -> Result<Option<String>, Diagnostic> {
    if given.is_some() || !erases || context.json || !prompt::somebody_is_there() {
        return Ok(given.map(str::to_owned));
    }
    match backend.protection()? {
        Some(name) => {
            let question =
                format!("{} is protected. To erase it whole, type its name ({name})", backend.describe());
            Ok(Some(prompt::line(context, &question)?))
        }
        None => Ok(None),
    }
}
