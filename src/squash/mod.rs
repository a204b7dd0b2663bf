//! One revision in the place of many, proved to do the same.
//!
//! ```text
//! RevisionGraph ─► range ─┬─► replay twice (scratch) ─► schema ─┐
//!                         └─► concat ───────────────────────────┴─► Squash ─► replay once (scratch) ─► FileChanges
//! ```
//!
//! The *originals* are the revisions of a [`Range`]; the *baseline* is the revision that takes their place. Both are
//! replayed on scratch databases, and nothing is written unless they leave the same.

mod baseline;
mod columns;
mod compare;
mod concat;
mod draft;
mod error;
mod forget;
mod limits;
mod made;
mod mode;
mod original;
mod outcome;
mod proof;
mod range;
mod request;
mod row_difference;
mod rows;
mod schema;
mod section;
mod selection;
mod stage;
mod summary;
mod two_replays;
mod volatile;
mod way_back;

pub use baseline::squash;
pub use compare::{Differences, SequenceDifference};
pub use error::SquashError;
pub use forget::{ForgetError, Forgettable, forgettable};
pub use made::Squash;
pub use mode::Mode;
pub use outcome::{Outcome, Proof, Treatment, VolatileColumn};
pub use range::{CrossingEdge, Range, RangeError};
pub use request::Request;
pub use row_difference::RowDifference;
pub use selection::{Line, SelectionError, baselines, selected};
