//! What is proved on scratch databases: that revisions go up, down and up, that a schema is what it should be, and
//! that nothing of it stays behind.

mod detection;
mod diff;
mod interrupt;
mod rehearsal;
mod scope;
#[cfg(feature = "postgres")]
mod scratch;
mod scratch_elsewhere;
#[cfg(feature = "postgres")]
mod spelling;
mod stamp;
mod terminal;
