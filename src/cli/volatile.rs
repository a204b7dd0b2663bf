//! What the same scripts build otherwise each time they run, as a view into which a clock's value was written. It is told,
//! and is no sign of drift.

use std::collections::BTreeSet;

use super::context::Context;
use super::differences;
use super::observer::ScratchProgress;
use crate::catalog::{Catalog, Change, CompareOptions, Difference, ObjectName, compare};
use crate::diagnostic::Diagnostic;
use crate::scratch::wait_for_next_second;
use crate::verify::Observer as _;

/// Takes from `found` what is volatile in `built`, which scripts have built and `again` builds anew, and returns the
/// objects. That takes as long as the first time, so it is done only where a value differs that a clock or chance may have
/// given.
pub fn set_apart(
    context: &Context,
    built: &Catalog,
    found: &mut Vec<Difference>,
    progress: &mut ScratchProgress,
    again: impl FnOnce(&mut ScratchProgress) -> Result<Catalog, Diagnostic>,
) -> Result<Vec<ObjectName>, Diagnostic> {
    if !found.iter().any(may_be_volatile) {
        return Ok(Vec::new());
    }
    wait_for_next_second(progress.control().cancellation()).map_err(crate::scratch::ScratchError::from)?;
    let second = again(progress)?;
    let second = differences::settled(context, built, &second, context.config.database_url()?, progress)?;
    let options = CompareOptions { with_privileges: true, ..CompareOptions::default() };
    let unlike = compare(built, &second, &options);
    let volatile: BTreeSet<_> = unlike.iter().filter_map(place).collect();
    let mut objects = BTreeSet::new();
    found.retain(|difference| {
        let place = place(difference).filter(|place| volatile.contains(place));
        if let Some((object, attribute)) = place {
            progress.line(&format!(
                "{object}: {attribute} is something else each time the scripts run, and is not compared"
            ));
            objects.insert(object.clone());
        }
        place.is_none()
    });
    Ok(objects.into_iter().collect())
}

/// The object and the attribute that differ.
fn place(difference: &Difference) -> Option<(&ObjectName, &'static str)> {
    match &difference.change {
        Change::Altered { attribute, .. } => Some((&difference.object, attribute.name())),
        Change::Added | Change::Removed => None,
    }
}

/// Whether both sides have a value with a digit in it: what a clock or chance gives has one.
fn may_be_volatile(difference: &Difference) -> bool {
    let has_digit =
        |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(|c: char| c.is_ascii_digit()));
    matches!(&difference.change, Change::Altered { left, right, .. } if has_digit(left) && has_digit(right))
}
