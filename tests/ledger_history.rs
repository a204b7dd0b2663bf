//! What the ledger remembers, against scripts that were edited, lost, moved, or are another release's.

mod edited;
mod enum_values;
mod missing_scripts;
#[cfg(feature = "postgres")]
mod pg_dump;
mod views;
