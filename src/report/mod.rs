//! What is told of revisions, databases and runs, as text, as documents and as drawings; in Alembic's words where it has some.
//! Pure: whoever shows it, shows the same.

mod count;
mod created;
mod current;
mod dag;
mod describe;
mod differences;
mod entry;
mod generated;
mod halfway;
mod next_step;
mod picture;
mod run;
mod schemas;
mod standing;

pub use count::count;
pub use created::CreatedDocument;
pub use current::{CurrentDocument, CurrentEntry};
pub use dag::{Drawing, draw, lines_together};
pub use describe::{Describer, LineParts};
pub use differences::difference_lines;
pub use entry::RevisionEntry;
pub use generated::{GeneratedDocument, GeneratedEntry, KeptEntry, StatementEntry};
pub use halfway::StatementNumbers;
pub use next_step::{NextStep, downgrade_to};
pub use picture::{PictureFormat, picture};
pub use run::{RunDocument, StepEntry, milliseconds};
pub use schemas::{CandidateEntry, DetectionDocument, DifferencesDocument};
pub use standing::{LeftHalfwayEntry, RecordedEntry, StandingDocument, standing_sentence};
