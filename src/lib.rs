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
//! cancellation · child · git · duration · hex · excerpt · regular_file · whole_file · sql ─► catalog · graph ─► plan ─► config ─► script ─► ledger ─► backend ─► execute ─► scratch
//! ─► verify ─► squash ─► backup ─► daily ─► migrator ─► import · export ─► setup · check ─► report ─► diagnostic ─► cli
//! ```
//!
//! # For programs
//!
//! [`Migrator`] brings a database up from within a program; [`embed`] compiles the scripts in:
//!
//! ```
//! use revgraph::Migrator;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let versions = folder.path().join("versions");
//! # std::fs::create_dir(&versions)?;
//! # let url = format!("sqlite:{}", folder.path().join("dev.db").display());
//! # std::fs::write(
//! #     versions.join("ae1027a6acf1_create_account.up.sql"),
//! #     "-- create account\n--\n-- revision: ae1027a6acf1\n\nCREATE TABLE account (id INTEGER PRIMARY KEY);\n",
//! # )?;
//! let report = Migrator::from_directory(&versions)?.connect(&url)?.upgrade("head")?;
//! assert_eq!(report.heads.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! What is documented here is the public API: [`Migrator`] and [`Database`], what they take and return, and their
//! [`errors`]; `tests/public_surface.txt` lists it. All else that is `pub` is what the `revgraph` command is made of: it is left
//! out of these pages and may change with any release. The decisions behind its shape are in `docs/architecture.md`.

// A build script needs no database.
#![cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unused_imports, unused_variables)
)]

#[doc(hidden)]
pub mod alter;
#[doc(hidden)]
pub mod autogenerate;
#[doc(hidden)]
pub mod backend;
// With one kind of database some parts of a backup have no user.
#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unreachable_code, unused_imports, unused_variables)
)]
#[doc(hidden)]
pub mod backup;
#[doc(hidden)]
pub mod cancellation;
#[doc(hidden)]
pub mod catalog;
#[doc(hidden)]
pub mod check;
mod child;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod daily;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod diagnostic;
mod duration;
#[doc(hidden)]
pub mod excerpt;
#[doc(hidden)]
pub mod execute;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod export;
#[doc(hidden)]
pub mod git;
#[doc(hidden)]
pub mod graph;
mod hex;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod import;
#[doc(hidden)]
pub mod ledger;
#[doc(hidden)]
pub mod migrator;
mod parallel;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod prisma;
mod regular_file;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod scratch;
#[doc(hidden)]
pub mod script;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod setup;
#[doc(hidden)]
pub mod sql;
#[doc(hidden)]
pub mod squash;
#[cfg(feature = "cli")]
mod tool;
#[doc(hidden)]
pub mod verify;
mod whole_file;

pub use migrator::{Database, Migrator, MigratorError, embed};
#[cfg(feature = "diesel")]
pub use migrator::{DieselError, DieselMigrations};

// What these take.
pub use backend::Watch;
pub use cancellation::Cancellation;
pub use config::{ChecksumPolicy, Config, Sources, TransactionMode};
pub use sql::Dialect;

// What they return, and tell a `Watch`.
pub use execute::{Differing, LeftHalfway, Pending, Report, Standing, State, StepReport};
pub use graph::{NodeIndex, Revision, RevisionGraph, RevisionId};
pub use ledger::{JournaledStatement, StatementState};
pub use plan::{Operation, Step};
pub use script::RecordedRows;

/// The types that the sources of a [`MigratorError`] have.
pub mod errors {
    pub use crate::backend::{
        BackendError, DatabaseError, FailureCause, ForeignKeyViolation, Instead, StepFailure, UnreachableKind,
    };
    pub use crate::cancellation::Cancelled;
    pub use crate::config::{ConfigError, UrlError};
    pub use crate::excerpt::Excerpt;
    pub use crate::execute::{ExecuteError, FailedRun, OtherRows, Refusal, RefusalReason, Unsettled};
    pub use crate::graph::{SpecError, TargetError};
    pub use crate::plan::PlanError;
    pub use crate::script::{Irreversible, ScriptProblem, UnfoldError};
}

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
