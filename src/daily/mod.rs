//! What a developer does all day: a database made, waited for, emptied, filled.
//!
//! Nothing here prints or asks. What would destroy data takes a [`Guard`]'s permission first; whoever calls has asked
//! for it.

mod aside;
mod day;
mod diary;
mod emptying;
mod guard;
mod heads;
mod kept;
mod memory;
mod push;
mod push_desired;
mod reset;
mod seed;
mod unmanaged;
mod wait;

pub use day::{
    Companion, Day, DayError, DriftWay, Drifted, News, Onlooker, PendingBroken, Unmanaged, Wishes,
};
pub use diary::{Diary, WrittenRevision};
pub use emptying::{Emptying, Stay, emptying};
pub use guard::{Danger, Guard, Guarded, OfExistingError};
pub use heads::to_heads;
pub use kept::{KeptRows, UnknownKept, kept, kept_of_names};
pub use memory::{Seen, remember};
pub use push::{Push, PushError, apply, check_pushable};
pub use push_desired::{Desired, PushDesiredError, Pusher, push_desired};
pub use reset::{ResetError, empty};
pub use seed::{FailedSeed, Seed, SeedError, SeedOutcome, Seeded, Seeding, only, seed, seeds};
pub use unmanaged::first_unmanaged;
pub use wait::{Answer, wait};
