//! `export`: what other tools make of the files.

#[cfg(feature = "postgres")]
mod diesel;
mod files;
#[cfg(feature = "postgres")]
mod psql;
