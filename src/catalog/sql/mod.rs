//! A catalog as SQL: what makes an equal one in an empty database.

mod create;
mod drop;
mod grants;
mod identifier;
mod literal;
mod named;
mod options;
mod order;
mod partitions;
mod postgres;
mod qualified;
mod sqlite;
mod statement;
mod table;

pub use create::{create, create_as_spelled, paragraphs, text, write};
pub use drop::{drop, drop_one, undo_of};
pub use grants::{
    changes_of_column_grants, changes_of_grants, changes_of_grants_on, grants, grants_of_new, target_of,
};
pub use identifier::{identifier, is_plain_name};
pub use literal::{blob_literal, text_literal};
pub use named::named;
pub use options::options;
pub use partitions::Partitions;
pub use postgres::{
    Made, SERIAL_TYPES, UNCHECKED_BODIES, Writer, as_serial, column_comment, column_settings, comment,
    is_written, respell_lists, settings_for,
};
pub use qualified::{qualified, qualified_column, relation_of};
pub use sqlite::{sqlite_column, sqlite_create, sqlite_create_table_as};
pub use statement::Statement;
pub use table::{add_column, identity, named_constraint, named_not_null};
