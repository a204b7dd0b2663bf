//! `revision --autogenerate`, `diff --sql`, `downs` and `kept`.

#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod both;
mod decisions;
mod desired;
mod downs;
mod keep;
#[cfg(feature = "postgres")]
mod online;
#[cfg(feature = "postgres")]
mod privileges;
mod revisions;
mod rows;
mod terminal;
