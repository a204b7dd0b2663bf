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
//! cancellation · child · duration · excerpt · sql ─► catalog · graph ─► plan ─► config ─► script ─► report · ledger ─► backend ─► execute ─► scratch
//! ─► verify ─► squash ─► backup ─► daily ─► migrator ─► import · export ─► git ─► check ─► diagnostic ─► cli
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
//! This, what it returns ([`execute::Report`], [`execute::Standing`], [`MigratorError`]) and what it takes
//! ([`config::Config`], [`backend::Watch`]) are the public API. The other modules are what the `revgraph` command is
//! made of. They are documented for those who read them, and may change with any release. The decisions behind their
//! shape are in `docs/architecture.md`.

// A build script needs no database.
#![cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unused_imports, unused_variables)
)]

pub mod alter;
pub mod autogenerate;
pub mod backend;
// With one kind of database some parts of a backup have no user.
#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unreachable_code, unused_imports, unused_variables)
)]
pub mod backup;
pub mod cancellation;
pub mod catalog;
pub mod check;
mod child;
pub mod config;
pub mod daily;
#[cfg(feature = "cli")]
pub mod diagnostic;
mod duration;
pub mod excerpt;
pub mod execute;
#[cfg(feature = "cli")]
pub mod export;
pub mod git;
pub mod graph;
#[cfg(feature = "cli")]
pub mod import;
pub mod ledger;
pub mod migrator;
mod parallel;
pub mod plan;
pub mod prisma;
pub mod report;
pub mod scratch;
pub mod script;
pub mod sql;
pub mod squash;
pub mod verify;

pub use migrator::{Database, Migrator, MigratorError, embed};

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
