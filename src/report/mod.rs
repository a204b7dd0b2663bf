//! What is told of revisions, databases and runs, as text, as documents and as drawings; in Alembic's words where it has some.
//! Pure: whoever shows it, shows the same.

mod aside;
mod backup;
mod checked;
mod count;
mod created;
mod current;
mod dag;
mod database;
mod day;
mod describe;
mod differences;
mod entry;
mod generated;
mod halfway;
#[cfg(feature = "cli")]
mod imported;
mod kept;
mod next_step;
mod path;
mod picture;
mod run;
mod schemas;
mod scripts;
mod seeds;
mod settled;
#[cfg(feature = "cli")]
mod setup;
mod sql;
mod squash;
mod standing;
mod standing_rows;
mod told;
mod verified;

pub use aside::aside_sentence;
pub use backup::{BackupDocument, DroppedDatabasesDocument, RestoreDocument, bytes, version_rows};
pub use checked::{CheckDocument, MergeEntry, MergeProblemEntry, MergedHeadsEntry};
pub use count::count;
pub use created::CreatedDocument;
pub use current::{CurrentDocument, CurrentEntry};
pub use dag::{Drawing, draw, lines_together};
pub use database::{
    DatabaseDocument, DatabaseState, ProtectionDocument, ResetDocument, StaysEntry, VersionTableDocument,
};
pub use day::{DayDocument, WrittenEntry, news_sentence};
pub use describe::{Describer, LineParts};
pub use differences::difference_lines;
pub use entry::RevisionEntry;
pub use generated::{
    GeneratedDocument, GeneratedEntry, KeptEntry, NothingGenerated, StatementEntry, rename_sentence,
};
pub use halfway::StatementNumbers;
#[cfg(feature = "cli")]
pub use imported::{ExportDocument, ImportDocument, ImportSentences, ImportedEntry};
pub use kept::{DroppedKeptDocument, KeptDocument, KeptTableEntry};
pub use next_step::{NextStep, downgrade_to, likely_commands};
pub use path::ShownPath;
pub use picture::{PictureFormat, picture};
pub use run::{RunDocument, StepEntry, StepMessage, milliseconds, run_sentence};
pub use schemas::{CandidateEntry, DetectionDocument, DifferencesDocument, detection_told};
pub use scripts::{BranchEntry, PulledDocument, RebaseDocument, rebase_told};
pub use seeds::{SeedEntry, SeededDocument, seeds_summary};
pub use settled::{AcceptedDocument, AcceptedEntry, BroughtBackDocument, ResolvedDocument};
#[cfg(feature = "cli")]
pub use setup::{ImportableEntry, InitDocument, setup_sentences};
pub use sql::{PushDocument, SqlDocument, SqlEntry, StatementsDocument};
pub use squash::{
    ForgottenDocument, ForgottenEntry, IrreversibleEntry, MovedEntry, ProofEntry, SquashDocument,
    forgotten_sentence, squash_sentences,
};
pub use standing::{LeftHalfwayEntry, RecordedEntry, StandingDocument, standing_sentence};
pub use standing_rows::{StandingRow, standing_rows};
pub use told::Told;
pub use verified::{rows_lost_sentence, verdict_words, verification_summary};
