//! What a developer does all day, on both databases: the database as a whole, seeds, emptying it, making it like a
//! schema, and `dev`.

mod databases;
mod dev;
mod push;
mod reset;
mod seeds;
mod stories;
