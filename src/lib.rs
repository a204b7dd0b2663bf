//! revgraph
pub mod graph;
pub mod plan;
