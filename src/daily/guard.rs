//! Databases that are not erased by mistake.

use thiserror::Error;

use crate::backend::{self, Access, Backend, BackendError, Control, UnreachableKind};
use crate::config::{Config, ConfigError};

/// Why a database is erased only where its name is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// `revgraph protect` was told so.
    Protected,
    /// Its environment says `production = true`.
    Production,
    /// Its server is another machine.
    OtherMachine,
}

impl Danger {
    /// What is said of a database that is in this danger, as a clause.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Protected => "it is protected",
            Self::Production => "its environment is marked `production = true`",
            Self::OtherMachine => "its server is not this machine",
        }
    }
}

/// What stands between a database and whatever would erase it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The database for people, without password.
    pub database: String,
    /// The name that permits to erase it: the one that it is protected as, else that of the database.
    pub name: String,
    /// Why the name is needed; nothing where it is not.
    pub dangers: Vec<Danger>,
}

/// A database that must not be erased without its name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} would be erased: {}", .guard.database, sentences(.guard, .given))]
pub struct Guarded {
    /// What stands in the way.
    pub guard: Guard,
    /// The name that was given.
    pub given: Option<String>,
}

/// Why it is not known what guards the configured database.
#[derive(Debug, Error)]
pub enum OfExistingError {
    /// None is configured.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It cannot be asked.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

fn sentences(guard: &Guard, given: &Option<String>) -> String {
    let mut sentences: Vec<String> =
        guard.dangers.iter().map(|danger| danger.sentence().to_owned()).collect();
    sentences.extend(given.iter().map(|given| format!("its name is not `{given}`")));
    sentences.join(", ")
}

impl Guard {
    /// What guards the database of `backend`, whose configuration this is.
    ///
    /// # Errors
    /// The database's.
    pub fn of(config: &Config, backend: &mut dyn Backend) -> Result<Self, BackendError> {
        let protection = backend.protection()?;
        let found = [
            (protection.is_some(), Danger::Protected),
            (config.production, Danger::Production),
            (!backend.is_on_this_machine()?, Danger::OtherMachine),
        ];
        let name = match protection {
            Some(name) => name,
            None => backend.name()?,
        };
        let dangers = found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, danger)| danger).collect();
        Ok(Self { database: backend.describe(), name, dangers })
    }

    /// What guards the configured database; none where there is no database of that name. The connection is closed again.
    ///
    /// # Errors
    /// [`OfExistingError`].
    pub fn of_existing(config: &Config, control: &Control) -> Result<Option<Self>, OfExistingError> {
        let url = config.database_url()?;
        if url.is_missing_file() {
            return Ok(None);
        }
        match backend::connect(config, url, Access::Read, control) {
            Ok(mut backend) => Ok(Some(Self::of(config, backend.as_mut())?)),
            Err(BackendError::Unreachable { kind: UnreachableKind::NoSuchDatabase, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the database may be erased where this name was given. A wrong name never helps: whoever gives it means
    /// another database.
    ///
    /// # Errors
    /// [`Guarded`].
    pub fn check(&self, given: Option<&str>) -> Result<(), Guarded> {
        let is_right = given.map(|given| given == self.name);
        if is_right == Some(true) || (is_right.is_none() && self.dangers.is_empty()) {
            return Ok(());
        }
        Err(Guarded { guard: self.clone(), given: given.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_never_helps_and_the_right_one_always() {
        let guard = |dangers: &[Danger]| Guard {
            database: "postgres://h/app".to_owned(),
            name: "app".to_owned(),
            dangers: dangers.to_vec(),
        };
        assert_eq!(guard(&[]).check(None), Ok(()));
        for dangers in [&[][..], &[Danger::Production, Danger::OtherMachine]] {
            assert_eq!(guard(dangers).check(Some("app")), Ok(()));
            for wrong in ["App", "", "app2"] {
                assert!(guard(dangers).check(Some(wrong)).is_err(), "{wrong}");
            }
        }
        let refused = guard(&[Danger::Protected, Danger::OtherMachine]).check(None).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "postgres://h/app would be erased: it is protected, its server is not this machine"
        );
    }
}
