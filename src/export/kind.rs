//! The tools that revisions are written for.

use crate::tool::tools;

tools! {
    /// Who the files are for.
    Kind, UnknownKind "nothing can be exported for `{0}`: there are diesel, psql and sqlx"
    /// Diesel's `diesel migration` and diesel_migrations.
    Diesel "diesel"
    /// PostgreSQL's psql.
    Psql "psql"
    /// SQLx.
    Sqlx "sqlx"
}
