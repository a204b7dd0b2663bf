//! What a developer does all day, on both databases: the database as a whole, seeds, and emptying it.

mod databases;
mod reset;
mod seeds;
