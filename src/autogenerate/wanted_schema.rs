//! The schema that is wanted, which what models leave open depends on.

use std::path::Path;

use super::ground::{Ground, Place, build, pointed, run_text, to_make};
use super::load::load;
use super::models::Models;
use super::said_privileges::ACCESS_LISTS;
use super::{AutogenerateError, NamedSql};
use crate::catalog::{Catalog, sql};
use crate::prisma;
use crate::scratch::{ScratchDatabase, ScratchError, make_ready};
use crate::sql::Dialect;
use crate::verify::Observer;

/// What messages call what is there and models can name.
const BESIDE: &str = "what there is beside the models";
/// What messages call models with what stays as it is.
const COMPLETED: &str = "the models with what they leave as it is";

/// A schema that is wanted.
pub(super) struct WantedSchema {
    pub(super) catalog: Catalog,
    /// Whether something has been granted or revoked on the way to it, even if that shows no more.
    pub(super) touches_privileges: bool,
}

/// The schema that `ground` gives where there is `here`, which what models leave open depends on.
///
/// # Errors
/// [`AutogenerateError`] of a scratch database that cannot be had or filled.
pub(super) fn wanted(
    place: Place<'_>,
    ground: &Ground,
    here: &Catalog,
    observer: &mut dyn Observer,
) -> Result<WantedSchema, AutogenerateError> {
    let mut database = match (ground, ground.models()) {
        (Ground::Described(catalog), _) => {
            return Ok(WantedSchema { catalog: (**catalog).clone(), touches_privileges: false });
        }
        (Ground::Texts(texts), Some(models)) => build_beside(place, texts, models, here, observer)?,
        _ => build(place, ground, observer)?,
    };
    let scope = place.config.scope();
    let catalog = database.catalog()?.within(&scope);
    let touches_privileges = match catalog.dialect {
        // The lists of what is not looked at would count too.
        Dialect::Postgres if scope.is_everything() => {
            let touched = database.backend().number(ACCESS_LISTS).map_err(ScratchError::from)?;
            touched.is_some_and(|touched| touched > 0)
        }
        Dialect::Postgres | Dialect::Sqlite => false,
    };
    Ok(WantedSchema { catalog, touches_privileges })
}

/// What models and SQL beside them build where there is `now` what the models name and do not have.
///
/// # Errors
/// [`AutogenerateError`] of a scratch database that cannot be had or filled.
pub(super) fn beside(
    place: Place<'_>,
    texts: &[NamedSql],
    models: &Models,
    now: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    let mut database = build_beside(place, texts, models, now, observer)?;
    Ok(database.catalog()?.within(&place.config.scope()))
}

fn build_beside(
    place: Place<'_>,
    texts: &[NamedSql],
    models: &Models,
    now: &Catalog,
    observer: &mut dyn Observer,
) -> Result<ScratchDatabase, AutogenerateError> {
    let mut database = ScratchDatabase::create(place.config, place.like, observer.control())?;
    make_ready(database.backend())?;
    let prelude = prisma::prelude(&models.schema, &to_make(place, now));
    if !prelude.is_empty() {
        run_text(&mut database, Path::new(BESIDE), prelude.into())?;
    }
    let loaded = load(database.backend(), texts).map_err(|error| pointed(texts, error));
    observer.control().check().map_err(ScratchError::from)?;
    loaded?;
    Ok(database)
}

/// A schema that was put together, as the database itself tells it: a view that stays has the columns of its table as
/// they are wanted.
///
/// # Errors
/// [`AutogenerateError`] of a scratch database that cannot be had, and of a schema that it does not take.
pub(super) fn rebuilt(
    place: Place<'_>,
    together: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    let mut database = ScratchDatabase::create(place.config, place.like, observer.control())?;
    make_ready(database.backend())?;
    let ran = run_text(&mut database, Path::new(COMPLETED), sql::write(&to_make(place, together)).into());
    observer.control().check().map_err(ScratchError::from)?;
    ran?;
    Ok(database.catalog()?.within(&place.config.scope()))
}
