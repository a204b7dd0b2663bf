//! From one schema to another and back, on real databases.

#[cfg(feature = "sqlite")]
mod lite;
#[cfg(feature = "sqlite")]
mod sqlite;
