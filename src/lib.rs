//! revgraph: a database migrator whose revisions are a graph.
//!
//! Data flows one way:
//!
//! ```text
//! alembic.toml ─► config ─► script ─► graph ─► plan ─► execute ─► report
//!  flags, env             (files)    (pure)   (pure)      │
//!                                                         ▼
//!                                     ledger ─► backend: postgres · sqlite
//! ```
//!
//! Each module imports only those before it:
//!
//! ```text
//! excerpt · sql ─► catalog · graph ─► plan ─► config ─► script ─► report · ledger ─► backend ─► execute ─► scratch
//! ─► verify ─► git ─► check ─► cli
//! ```
//!
//! What an upgrade of a database would do:
//!
//! ```
//! use revgraph::backend::{self, Access};
//! use revgraph::config::{Config, Sources};
//! use revgraph::execute::ExecuteError;
//! use revgraph::plan;
//! use revgraph::script::{ReadMode, ScriptDirectory};
//!
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! # #[cfg(feature = "sqlite")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! std::fs::create_dir(folder.path().join("versions"))?;
//! std::fs::write(
//!     folder.path().join("versions/ae1027a6acf1_create_account.up.sql"),
//!     "-- create account\n--\n-- revision: ae1027a6acf1\n\nCREATE TABLE account (id INTEGER PRIMARY KEY);\n",
//! )?;
//!
//! let config = Config::load(&Sources {
//!     current_directory: folder.path().to_owned(),
//!     url: Some("sqlite:dev.db".to_owned()),
//!     ..Sources::default()
//! })?;
//! let scripts = ScriptDirectory::load(&config, ReadMode::Headers).map_err(ExecuteError::Scripts)?;
//! let mut database = backend::connect(&config, config.database_url()?, Access::Read)?;
//! let plan = plan::upgrade(scripts.graph(), &database.state()?.rows, &"head".parse()?)?;
//!
//! assert!(plan.before.is_empty());
//! assert_eq!(scripts.graph().ids(&scripts.graph().heads()), plan.after);
//! assert_eq!(plan.steps.first().map(|step| step.revision.as_str()), Some("ae1027a6acf1"));
//! # Ok(())
//! # }
//! ```
//!
//! [`execute::migrate`] carries a run out. The decisions behind the shape are in `docs/architecture.md`.

pub mod backend;
pub mod catalog;
pub mod check;
pub mod config;
pub mod excerpt;
pub mod execute;
pub mod git;
pub mod graph;
pub mod ledger;
pub mod migrator;
mod parallel;
pub mod plan;
pub mod report;
pub mod scratch;
pub mod script;
pub mod sql;
pub mod verify;

pub use migrator::{Database, Migrator, MigratorError, embed};

#[doc(hidden)]
pub mod cli;
