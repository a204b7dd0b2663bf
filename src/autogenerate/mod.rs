//! From the schema that is wanted to revisions that lead to it, and back.
//!
//! ```text
//! Ground (heads)   ─► scratch ─► Catalog ─┐
//! Ground (desired) ─► scratch ─► Catalog ─┴► candidates ─► Hints ─► Course ─► scripts ─► proof
//! ```
//!
//! A [`Planner`] has both catalogs. Its [`Course`] is found by trying: the statements that [`crate::alter`] gives are
//! run on a scratch database, its catalog is read again, and what still differs is asked for once more. The proof runs
//! the texts of the scripts, as an upgrade and a downgrade would, on another. Nothing here asks
//! anybody: a [`Decider`] does.

mod agreement;
mod built;
mod compared;
mod counts;
mod course;
mod decide;
mod decisions;
mod desired;
mod dialect_plan;
mod down_selection;
mod downs;
mod draft;
mod error;
mod expected;
mod families;
mod former_models;
mod generation;
mod ground;
mod kept_privileges;
mod load;
mod models;
mod names;
mod planner;
mod proof;
mod pull;
mod reshaped;
mod rows;
mod said;
mod said_privileges;
mod script_leg;
mod served;
mod side;
mod side_comparison;
mod stakes;
mod text;
mod title;
mod wanted_schema;

pub use agreement::{RowsInTheWay, UnagreedLoss, UndecidedRenames};
pub use built::{Unmodelled, catalog, completed_catalog};
pub use course::{Course, Leg};
pub use decide::{Decider, FillQuestion, RenameQuestion, decide};
pub use decisions::{Answer, DecisionError, Decisions, possibilities, subject, value_count};
pub use desired::{DesiredError, NamedSql, desired_texts, texts_of_paths};
pub use dialect_plan::{DialectPlan, Drafting, Proof, drafted};
pub use down_selection::{WantedDowns, WantedDownsError, wanted_downs};
pub use downs::{Down, DownOutcome, DownSelection, find_downs};
pub use draft::{Drafts, Wanted};
pub use error::{AutogenerateError, Way};
pub use former_models::FormerModels;
pub use generation::{Generated, Generation, GenerationError, GenerationRequest, proved_in_words};
pub use ground::Ground;
pub use models::{Models, ModelsError, is_model_file_below, is_model_path};
pub use names::{NameError, Named};
pub use planner::Planner;
pub use proof::Trial;
pub use pull::{PullError, PullFormat, PullTarget, pulled, write_changed};
pub use rows::RowTrial;
pub use said::{Said, SaidOfSeveral};
pub use said_privileges::LeftPrivileges;
pub use script_leg::{ScriptLeg, has_only_blocks, script_legs, sql_of};
pub use served::{Served, served};
pub use side::{Side, SideError, SideReader};
pub use side_comparison::{SideComparison, compare_sides};
pub use stakes::{Counter, Stake, StakeEntry, stakes, stakes_back};
pub use text::{in_words, script_text};
pub use title::title;
