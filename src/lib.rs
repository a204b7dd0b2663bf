//! revgraph: a database migrator whose revisions are a graph.
//!
//! Data flows one way; each module uses only those before it:
//!
//! ```text
//! sql ─► graph ─► plan ─► config ─► script ─► ledger ─► backend ─► execute ─► check ─► report
//! ```

pub mod backend;
pub mod check;
pub mod config;
pub mod excerpt;
pub mod execute;
pub mod graph;
pub mod ledger;
pub mod plan;
pub mod report;
pub mod script;
pub mod sql;

#[doc(hidden)]
pub mod cli;
