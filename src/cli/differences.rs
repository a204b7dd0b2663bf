//! Differences of schemas as people read them.

use std::borrow::Cow;

use super::context::Context;
use super::observer::ScratchProgress;
use super::target::count;
use crate::catalog::Catalog;
use crate::config::DatabaseUrl;
use crate::diagnostic::Diagnostic;
use crate::verify::{Unsettled, settle};

/// The right one of two catalogs, spelled like the left one where it means the same. Where that cannot be found out, it
/// is told.
pub fn settled<'c>(
    context: &Context,
    left: &Catalog,
    right: &'c Catalog,
    like: &DatabaseUrl,
    progress: &mut ScratchProgress,
) -> Result<Cow<'c, Catalog>, Diagnostic> {
    let settled = settle(left, right, &context.config, Some(like), progress)?;
    for Unsettled { objects, why } in &settled.unsettled {
        let what = match objects.as_slice() {
            [object] => object.to_string(),
            several => count(several.len(), "object"),
        };
        progress.line(&format!("{what}: it is not known whether only the spelling differs: {why}"));
    }
    Ok(settled.right)
}
