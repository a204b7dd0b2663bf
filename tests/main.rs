//! The one runner of all integration tests: a binary for each would link SQLite, libpq and OpenSSL again.

// With one database some helpers have no user.
#[cfg_attr(not(all(feature = "postgres", feature = "sqlite")), allow(dead_code, unused_imports))]
mod support;

mod alembic_databases;
mod alembic_traversals;
mod alter;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod autogenerate;
#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unused_imports, unused_variables)
)]
mod backup;
mod baselines;
mod cancellation;
#[cfg(unix)]
mod cancellation_everywhere;
#[cfg(feature = "sqlite")]
mod check_base;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod ci;
mod circles;
mod cli_authoring;
mod cli_check;
mod cli_reference;
mod cli_views;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod daily;
mod documents;
mod error_kinds;
#[cfg(all(target_os = "linux", feature = "sqlite"))]
mod every_call;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod everyday;
mod example;
mod execution;
mod export;
#[cfg(target_os = "linux")]
mod faults;
mod first_run;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod import;
mod import_alembic;
mod journal;
mod layering;
mod ledger_history;
mod library;
mod messages;
mod one_at_a_time;
mod output;
mod pictures;
#[cfg(feature = "postgres")]
mod pooler;
#[cfg(feature = "postgres")]
mod postgres_session;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod prisma;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod prisma_import;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod prisma_renames;
mod prisma_round_trip;
mod protect;
mod public_surface;
mod pull;
mod rebase;
#[cfg(feature = "postgres")]
mod retries;
mod schema;
#[cfg(feature = "postgres")]
mod secrets;
#[cfg(all(unix, feature = "sqlite"))]
mod special_files;
mod squash;
#[cfg(feature = "postgres")]
mod standby;
mod support_authoring;
mod verify;
mod waits;
