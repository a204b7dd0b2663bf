//! From one schema to another and back, on real databases, with a second opinion on both.

#[cfg(feature = "sqlite")]
mod lite;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod postgres_types;
#[cfg(feature = "sqlite")]
mod random;
mod renames;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlite")]
mod sqlite_generated;
