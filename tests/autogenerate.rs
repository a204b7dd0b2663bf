//! `revision --autogenerate`, `diff --sql` and `downs`.

mod decisions;
mod desired;
mod downs;
mod revisions;
