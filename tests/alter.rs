//! From one schema to another and back, on real databases, with a second opinion on both.

mod dice;
#[cfg(feature = "sqlite")]
mod lite;
mod pieces;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod postgres_cases;
#[cfg(feature = "postgres")]
mod postgres_children;
#[cfg(feature = "postgres")]
mod postgres_domains;
#[cfg(feature = "postgres")]
mod postgres_foreign;
#[cfg(feature = "postgres")]
mod postgres_generated;
#[cfg(feature = "postgres")]
mod postgres_keys;
#[cfg(feature = "postgres")]
mod postgres_owners;
#[cfg(feature = "postgres")]
mod postgres_partitions;
#[cfg(feature = "postgres")]
mod postgres_server;
#[cfg(feature = "postgres")]
mod postgres_turns;
#[cfg(feature = "postgres")]
mod postgres_types;
#[cfg(feature = "sqlite")]
mod random;
#[cfg(feature = "postgres")]
mod random_postgres;
#[cfg(feature = "postgres")]
mod random_table;
mod renames;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlite")]
mod sqlite_aside;
#[cfg(feature = "sqlite")]
mod sqlite_generated;
#[cfg(feature = "sqlite")]
mod sqlite_search;
