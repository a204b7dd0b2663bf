//! Two schemas that do not come from one replay, put beside each other: spelled alike, and without what a clock or chance
//! has put in.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::observer::{Aside, Observer};
use super::settle::{Unsettled, settle};
use crate::catalog::{Attribute, Catalog, Change, CompareOptions, Difference, ObjectName, compare};
use crate::config::{Config, DatabaseUrl};
use crate::scratch::{ScratchError, wait_for_next_second};

/// The right one of two catalogs, spelled like the left one where it means the same. Where that cannot be found out, the
/// observer is told.
///
/// # Errors
/// Those of [`settle`].
pub fn spelled_alike<'c>(
    left: &Catalog,
    right: &'c Catalog,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Cow<'c, Catalog>, ScratchError> {
    let settled = settle(left, right, config, Some(like), observer)?;
    for Unsettled { objects, why } in &settled.unsettled {
        observer.noticed(&Aside::Unsettled { objects, why });
    }
    Ok(settled.right)
}

/// What sets a database apart from what scripts have built. The order of columns does not count, since no script could
/// mend it, and neither do the tables in which other migrators keep their books.
///
/// # Errors
/// Those of [`settle`].
pub fn drift(
    built: &Catalog,
    here: &Catalog,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Vec<Difference>, ScratchError> {
    let here = spelled_alike(built, here, config, like, observer)?;
    let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
    let mut found = compare(built, &here, &options);
    found.retain(|difference| !difference.is_bookkeeping_of_another_migrator());
    Ok(found)
}

/// Takes from `found` what is volatile in `built`, which scripts have built and `again` builds anew, and returns the
/// objects; the observer is told of each value. That takes as long as the first time, so it is done only where a value
/// differs that a clock or chance may have given.
///
/// # Errors
/// Those of `again`, and of [`settle`].
pub fn set_volatile_apart<E: From<ScratchError>>(
    built: &Catalog,
    found: &mut Vec<Difference>,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
    again: impl FnOnce(&mut dyn Observer) -> Result<Catalog, E>,
) -> Result<Vec<ObjectName>, E> {
    if !found.iter().any(may_be_volatile) {
        return Ok(Vec::new());
    }
    wait_for_next_second(observer.control().cancellation()).map_err(ScratchError::from)?;
    let second = again(observer)?;
    let second = spelled_alike(built, &second, config, like, observer)?;
    let options = CompareOptions { with_privileges: true, ..CompareOptions::default() };
    let unlike = compare(built, &second, &options);
    let volatile: BTreeSet<_> =
        unlike.iter().filter_map(place).map(|(object, one)| (object, one.name())).collect();
    let mut objects = BTreeSet::new();
    found.retain(|difference| {
        let place = place(difference).filter(|(object, one)| volatile.contains(&(*object, one.name())));
        if let Some((object, attribute)) = place {
            observer.noticed(&Aside::Volatile { object, attribute });
            objects.insert(object.clone());
        }
        place.is_none()
    });
    Ok(objects.into_iter().collect())
}

/// The object and the attribute that differ.
fn place(difference: &Difference) -> Option<(&ObjectName, &Attribute)> {
    match &difference.change {
        Change::Altered { attribute, .. } => Some((&difference.object, attribute)),
        Change::Added | Change::Removed => None,
    }
}

/// Whether both sides have a value with a digit in it: what a clock or chance gives has one.
fn may_be_volatile(difference: &Difference) -> bool {
    let has_digit =
        |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(|c: char| c.is_ascii_digit()));
    matches!(&difference.change, Change::Altered { left, right, .. } if has_digit(left) && has_digit(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::attribute::Pair;
    use crate::catalog::{DataLoss, ObjectKind};

    fn difference(change: Change) -> Difference {
        let object = ObjectName::new(ObjectKind::Table, None, "t");
        Difference { object, change, loses_data: DataLoss::default() }
    }

    fn altered(left: Option<&str>, right: Option<&str>) -> Difference {
        let (left, right) = (left.map(str::to_owned), right.map(str::to_owned));
        let attribute = Attribute::Comment(Pair { left: left.clone(), right: right.clone() });
        difference(Change::Altered { attribute, left, right })
    }

    #[test]
    fn what_a_clock_or_chance_gives_has_a_digit_on_both_sides() {
        assert!(may_be_volatile(&altered(Some("made 2026-11-30"), Some("made 2026-12-01"))));
        assert!(!may_be_volatile(&altered(Some("made"), Some("made 2026-12-01"))));
        assert!(!may_be_volatile(&altered(Some("1"), None)));
        assert!(!may_be_volatile(&altered(None, Some("1"))));
        assert!(!may_be_volatile(&difference(Change::Added)));
    }

    #[test]
    fn only_what_both_sides_have_can_be_volatile() {
        let found = altered(Some("1"), Some("2"));
        let name = place(&found).map(|(object, attribute)| (object.name.as_str(), attribute.name()));
        assert_eq!(name, Some(("t", "comment")));
        assert!(place(&difference(Change::Removed)).is_none());
    }
}
