//! The schemas of grounds, built on scratch databases.

use std::collections::BTreeSet;

use super::error::AutogenerateError;
use super::ground::{self, Ground, Place};
use super::wanted_schema;
use crate::catalog::Catalog;
use crate::config::{Config, DatabaseUrl};
use crate::scratch;
use crate::verify::{Observer, settle};

/// The schema of a ground, built on a scratch database of the kind of `like` where it was not read from one.
///
/// # Errors
/// [`AutogenerateError::Scratch`].
pub fn catalog(
    config: &Config,
    like: &DatabaseUrl,
    ground: &Ground,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    let options = scratch::options(config);
    ground::catalog(Place { config, like, options: &options }, ground, observer)
}

/// What becomes of the tables that no model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmodelled {
    /// They stay, and are a part of what is wanted.
    Stay,
    /// They are no part of it: the models are to get them.
    Missing,
}

/// The schema of models, completed by what of `now` they cannot say. None where the ground has no models.
///
/// # Errors
/// [`AutogenerateError::Scratch`].
pub fn completed_catalog(
    config: &Config,
    like: &DatabaseUrl,
    ground: &Ground,
    now: &Catalog,
    tables: Unmodelled,
    observer: &mut dyn Observer,
) -> Result<Option<Catalog>, AutogenerateError> {
    let (Ground::Texts(texts), Some(models)) = (ground, ground.models()) else { return Ok(None) };
    let options = scratch::options(config);
    let place = Place { config, like, options: &options };
    let alone = wanted_schema::beside(place, texts, models, now, observer)?;
    let alone = settle(now, &alone, config, Some(like), observer)?.right.into_owned();
    if tables == Unmodelled::Missing {
        return Ok(Some(models.completed(now, &alone, &models.unmodelled(now, &alone))));
    }
    let together = models.completed(now, &alone, &BTreeSet::new());
    wanted_schema::rebuilt(place, &together, observer).map(Some)
}
