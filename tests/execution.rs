//! What the binary does to real databases: each test runs on SQLite and on PostgreSQL, unless it is about what only
//! one of them has.

mod concurrency;
mod database_access;
mod failures;
#[cfg(feature = "sqlite")]
mod foreign_keys;
mod history;
mod irreversible;
mod left_behind;
mod messages;
mod no_transaction;
mod offline;
mod own_tables;
mod scripts;
#[cfg(feature = "postgres")]
mod server_settings;
#[cfg(feature = "postgres")]
mod session_settings;
mod transaction_control;
mod transactions;
mod traversal;
mod version_table;
