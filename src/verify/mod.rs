//! What scripts build, proved on scratch databases and put beside what is there.

mod claim;
mod comparison;
mod composition;
mod data;
mod detect;
mod expected;
mod merge_orders;
mod observer;
mod rehearsal;
mod settle;
mod stage;
mod verdict;

pub use claim::{ClaimError, FirstRun, check_first_run, check_rows, check_stamp, stamp_checked};
pub use comparison::{drift, set_volatile_apart, spelled_alike};
pub use data::{DataFileError, DataFiles, RowsLost};
pub use detect::{Candidate, Detection, detect};
pub use expected::{catalog_of_files, catalog_of_revisions, catalog_of_rows};
pub use observer::{Aside, Observer, Silent};
pub use rehearsal::{Selection, verify};
pub use settle::{Settled, Unsettled, settle, settle_beside};
pub use verdict::{Breakage, MergeOrders, Phase, Verdict, Verification, Verified};
