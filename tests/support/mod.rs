//! What the tests share: a PostgreSQL server of their own, a fresh database and a project folder for each test, and
//! the `revgraph` binary run in a clean environment.

pub mod alembic;
pub mod background;
#[cfg(feature = "postgres")]
pub mod cluster;
pub mod database;
#[cfg(target_os = "linux")]
pub mod fault;
#[cfg(feature = "sqlite")]
mod git;
#[cfg(feature = "postgres")]
pub mod postgres_programs;
pub mod project;
#[cfg(feature = "postgres")]
pub mod proxy;
pub mod ran;
pub mod terminal;

pub use background::{Background, eventually};
pub use database::{Database, Kind};
pub use project::{Project, Script, command_in};
pub use ran::Ran;

/// Makes a `#[test]` of each of these functions for each database; they take a [`Project`]. A function that is not
/// listed is dead code, which the lints refuse.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $test() { super::$test(&$crate::support::Project::new($crate::support::Kind::Sqlite)); })*
        }
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test] fn $test() { super::$test(&$crate::support::Project::new($crate::support::Kind::Postgres)); })*
        }
    };
}
pub(crate) use on_each_database;
