//! What sets two sides apart.

use super::ground::Ground;
use super::side::{Side, SideError, SideReader};
use super::{Unmodelled, completed_catalog};
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectName, compare};
use crate::verify::{Observer, set_volatile_apart, spelled_alike};

/// The result of comparing two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideComparison {
    /// From the left side to the right one.
    pub differences: Vec<Difference>,
    /// Objects that scripts build otherwise each time they run; what differs in these for that reason alone is none of the
    /// differences.
    pub volatile: Vec<ObjectName>,
}

/// Compares two sides. Where no left one is named, it is what the version rows of the database say: then drift is asked for,
/// and the tables in which other migrators keep their books are none.
///
/// # Errors
/// [`SideError`].
pub fn compare_sides(
    reader: SideReader<'_>,
    left_side: Option<&Side>,
    right_side: &Side,
    options: &CompareOptions,
    observer: &mut dyn Observer,
) -> Result<SideComparison, SideError> {
    let (left, right) = catalogs(reader, left_side.unwrap_or(&Side::VersionRows), right_side, observer)?;
    if left.dialect != right.dialect {
        return Err(SideError::DifferentKinds);
    }
    let config = reader.config;
    let like = match (config.database_url(), right_side) {
        (Ok(configured), _) if configured.dialect() == right.dialect => configured,
        (_, Side::Url(url)) => url,
        (configured, _) => configured?,
    };
    let settled = spelled_alike(&left, &right, config, like, observer)?;
    let are_of_scripts = left_side.is_some_and(Side::is_of_scripts) && right_side.is_of_scripts();
    let options = CompareOptions { of_scripts: are_of_scripts, ..*options };
    let mut differences = compare(&left, &settled, &options);
    if !left_side.is_none_or(Side::is_of_scripts) || !right_side.is_of_scripts() {
        differences.retain(|difference| !difference.object.is_owner_of_database());
    }
    let mut volatile = Vec::new();
    for (side, built) in [(left_side.unwrap_or(&Side::VersionRows), &left), (right_side, &*settled)] {
        if side.is_of_scripts() {
            let again = |observer: &mut dyn Observer| reader.catalog(side, observer);
            volatile.extend(set_volatile_apart(built, &mut differences, config, like, observer, again)?);
        }
    }
    let asks_for_drift = left_side.is_none();
    differences.retain(|difference| !(asks_for_drift && difference.is_bookkeeping_of_another_migrator()));
    Ok(SideComparison { differences, volatile })
}

/// The schemas of both sides. One of models is completed by what of the other it cannot say.
fn catalogs(
    reader: SideReader<'_>,
    left: &Side,
    right: &Side,
    observer: &mut dyn Observer,
) -> Result<(Catalog, Catalog), SideError> {
    let left_models = reader.model_ground(left, observer)?;
    let right_models = reader.model_ground(right, observer)?;
    let beside = |ground: &Ground, now: &Catalog, observer: &mut dyn Observer| {
        let like = reader.config.database_url()?;
        completed_catalog(reader.config, like, ground, now, Unmodelled::Stay, observer)?
            .ok_or(SideError::NoModels)
    };
    match (left_models, right_models) {
        (Some(models), None) => {
            let right = reader.catalog(right, observer)?;
            Ok((beside(&models, &right, observer)?, right))
        }
        (None, Some(models)) => {
            let left = reader.catalog(left, observer)?;
            let right = beside(&models, &left, observer)?;
            Ok((left, right))
        }
        _ => Ok((reader.catalog(left, observer)?, reader.catalog(right, observer)?)),
    }
}
