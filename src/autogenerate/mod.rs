//! From the schema that is wanted to revisions that lead to it, and back.
//!
//! ```text
//! Ground (heads)   ─► scratch ─► Catalog ─┐
//! Ground (desired) ─► scratch ─► Catalog ─┴► candidates ─► Hints ─► Course ─► scripts ─► proof
//! ```
//!
//! A [`Planner`] has both catalogs. Its [`Course`] is found by trying: the statements that [`crate::alter`] gives are
//! run on a scratch database, its catalog is read again, and what still differs is asked for once more. The proof runs
//! the texts of the scripts, as an upgrade and a downgrade would, on another. Nothing here writes a file or asks
//! anybody.

mod course;
mod draft;
mod error;
mod ground;
mod proof;
mod text;

use crate::alter::{self, Candidate, Hints, ServerVersion};
use crate::catalog::Catalog;
use crate::config::{Config, DatabaseUrl};
use crate::execute::Options;
use crate::scratch;
use crate::sql::Dialect;
use crate::verify::Observer;

pub use course::{Course, Leg};
pub use draft::{Drafts, Wanted};
pub use error::{AutogenerateError, Way};
pub use ground::{Ground, NamedSql};
pub use proof::Trial;
pub use text::script_text;

use ground::{Foundation, Place};

/// Both schemas of one dialect, and the scratch databases to try on.
pub struct Planner<'p> {
    config: &'p Config,
    like: &'p DatabaseUrl,
    options: Options,
    foundation: Foundation<'p>,
    left: Catalog,
    right: Catalog,
    version: String,
    server: ServerVersion,
}

impl<'p> Planner<'p> {
    /// Builds `left` on a scratch database of the kind of `like`, and reads what is there and what is wanted.
    ///
    /// # Errors
    /// [`AutogenerateError::Scratch`].
    pub fn begin(
        config: &'p Config,
        like: &'p DatabaseUrl,
        left: &'p Ground,
        right: &'p Ground,
        observer: &mut dyn Observer,
    ) -> Result<Self, AutogenerateError> {
        let options = scratch::options(config);
        let place = Place { config, like, options: &options };
        let mut foundation = Foundation::new(left);
        let mut stage = foundation.stage(place, observer)?;
        let (version, server) = stage.version();
        let left = stage.catalog()?;
        drop(stage);
        let right = ground::catalog(place, right, observer)?;
        Ok(Self { config, like, foundation, left, right, version, server, options })
    }

    /// The SQL of both schemas.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.left.dialect
    }

    /// What is there.
    #[must_use]
    pub fn left(&self) -> &Catalog {
        &self.left
    }

    /// What is wanted.
    #[must_use]
    pub fn right(&self) -> &Catalog {
        &self.right
    }

    /// What the scratch database calls itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What could be renames, other than those that the hints decide already.
    #[must_use]
    pub fn candidates(&self, hints: &Hints) -> Vec<Candidate> {
        alter::candidates(&self.left, &self.right, hints)
    }

    /// Finds the statements, up and down.
    ///
    /// # Errors
    /// [`AutogenerateError`].
    pub fn plan(&mut self, hints: &Hints, observer: &mut dyn Observer) -> Result<Course, AutogenerateError> {
        let place = Place { config: self.config, like: self.like, options: &self.options };
        let hints = Hints { server: self.server, ..hints.clone() };
        let mut stage = self.foundation.stage(place, observer)?;
        course::find(&mut stage, &self.left, &self.right, &hints)
    }

    /// Runs the scripts of `trial` up and down on a scratch database of their own.
    ///
    /// # Errors
    /// [`AutogenerateError::Differs`] where they do not lead from the one schema to the other and back.
    pub fn prove(&mut self, trial: &Trial<'_>, observer: &mut dyn Observer) -> Result<(), AutogenerateError> {
        let place = Place { config: self.config, like: self.like, options: &self.options };
        let stage = self.foundation.stage(place, observer)?;
        proof::prove(place, stage, trial, (&self.left, &self.right), observer)
    }
}
