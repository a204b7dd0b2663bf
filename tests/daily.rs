//! What a developer does all day, on both databases: the database as a whole, seeds, emptying it, making it like a
//! schema, and `dev`.

mod databases;
mod dev;
#[cfg(target_os = "linux")]
mod killed;
mod push;
mod reset;
mod seeds;
mod stories;
