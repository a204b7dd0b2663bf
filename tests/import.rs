//! Histories of other tools, taken over: files and databases.

mod adoption;
mod again;
mod bad_input;
mod equality;
mod repaired;
mod tools;
mod transactions;
