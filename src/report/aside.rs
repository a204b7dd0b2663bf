//! What work on scratch databases tells beside its result, as sentences.

use super::count;
use crate::graph::joined_or_base;
use crate::verify::Aside;

/// What is told, with `notice` or `warning` before it where it is one.
#[must_use]
pub fn aside_sentence(aside: &Aside<'_>) -> String {
    match aside {
        Aside::MissingFile { url } => {
            format!("notice: {url}: there is no such file; it counts as an empty database")
        }
        Aside::StampOfEmpty { rows } => format!(
            "warning: the database is empty, and is stamped {} all the same; no script runs",
            joined_or_base(rows)
        ),
        Aside::NothingToTryOn { dialect } => format!(
            "there is no {dialect} database to try on (scratch_url names one): the revision does nothing for {dialect}"
        ),
        Aside::Unsettled { objects, why } => {
            let what = match objects {
                [object] => object.to_string(),
                several => count(several.len(), "object"),
            };
            format!("{what}: it is not known whether only the spelling differs: {why}")
        }
        Aside::Volatile { object, attribute } => format!(
            "{object}: {} is something else each time the scripts run, and is not compared",
            attribute.name()
        ),
    }
}
