//! What another tool has applied to a database, taken over.

mod adoption;
mod applied;
mod error;
mod records;

pub use adoption::{Adopting, Adoption, NotAdopted, adopt_imported, adopt_own_rows, check_imported};
pub use applied::{applied_by_tool, tool_at_work};
pub use error::{AdoptError, Disagreement};
