//! From disk to scripts and back: headers, directives, checksums, file names, the heads file.

mod archive;
mod body;
mod checksum;
mod directive;
mod directory;
mod draft;
mod embedded;
mod file;
mod header;
mod heads_file;
mod new;
mod pending_moves;
mod rebase;
mod recorded;
mod rewrite;
mod squashed;
mod survey;
mod texts;
mod unfold;

pub use archive::Archive;
pub use body::{Body, BodyError, Side, body};
pub use checksum::Checksum;
pub use directive::{Directive, DirectiveError, directive_of_line};
pub use directory::{Bodies, Irreversible, ReadMode, Script, ScriptDirectory, ScriptProblem, SourceText};
pub use draft::{Draft, DraftError, Drafted};
pub use embedded::BACKUP;
pub use file::{FileError, ScriptReader};
pub use header::{Header, HeaderError, HeaderErrorKind, KEYS, header_range, parse};
pub use heads_file::{heads_path, heads_text, names_heads, write_heads};
#[cfg(feature = "cli")]
pub(crate) use new::file_stem;
pub use new::{NewScript, NewScriptError, new_revision_id, slug};
pub use pending_moves::{FileChangeError, FileChanges, finish_interrupted};
pub use rebase::{Rebase, RebaseError};
pub use recorded::RecordedRevision;
pub use rewrite::{replace_files, with_dependencies, with_parents};
pub use squashed::NewBaseline;
pub use survey::{Survey, side_of, survey};
pub use texts::{HeldTexts, ScriptTexts};
pub use unfold::UnfoldError;
