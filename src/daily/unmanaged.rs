//! A database of which nobody knows which revisions it has.

use crate::backend::{Backend, BackendError};
use crate::catalog::{Catalog, CompareOptions, ObjectKind, ObjectName, compare};
use crate::config::Config;

/// The first table, view or sequence of a database that stands at no revision; none where it holds nothing but what comes with
/// the server and the books of other migrators.
///
/// # Errors
/// The database's.
pub fn first_unmanaged(
    config: &Config,
    backend: &mut dyn Backend,
) -> Result<Option<ObjectName>, BackendError> {
    let here = backend.catalog()?.within(&config.scope());
    let empty = Catalog::empty(backend.dialect());
    let found = compare(&empty, &here, &CompareOptions::default());
    let mut others = found.into_iter().filter(|difference| !difference.is_bookkeeping_of_another_migrator());
    let first = others.find(|difference| ObjectKind::RELATIONS.contains(&difference.object.kind));
    Ok(first.map(|difference| difference.object))
}
