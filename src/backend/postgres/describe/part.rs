//! One query for everything of a rare kind.

/// A query, which finds nothing where the database has nothing of the kind `word` of [`super::presence`].
pub(super) struct Part {
    pub(super) word: &'static str,
    pub(super) sql: String,
}

/// A detail of the object with the OID `owner`, which is described anew with it; 0 where everything is then.
pub(super) struct Detail<'d> {
    /// There is none without this; see [`super::presence`].
    pub(super) word: &'static str,
    pub(super) owner: &'d str,
    pub(super) name: &'d str,
    pub(super) value: &'d str,
    /// An expression of the statement that makes the part; none where the part is only told.
    pub(super) statement: Option<&'d str>,
    /// What takes it away again, where this cannot be told by what makes it.
    pub(super) undo: Option<&'d str>,
    pub(super) from: &'d str,
}

impl Detail<'_> {
    /// A query with the columns of [`super::others`]. What it finds has neither schema nor an address of its own.
    pub(super) fn query(&self, kind: &str) -> Part {
        let Self { word, owner, name, value, statement, undo, from } = self;
        let statements =
            statement.iter().chain(undo).map(|one| format!("({one})::text")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT '{kind}' AS kind, 0::oid AS class, ({owner})::oid AS oid, NULL::text AS schema, ({name})::text AS name, \
             NULL::text AS arguments, ARRAY[({value})::text] AS properties, ARRAY[{statements}]::text[] AS statements, \
             NULL::text AS owner FROM {from}"
        );
        Part { word, sql }
    }
}

/// The kind of [`crate::catalog::ObjectKind::Detail`] in [`super::others`].
pub(super) const DETAIL_KIND: &str = "detail";

/// The kind of [`crate::catalog::ObjectKind::Unmodelled`] in [`super::others`].
pub(super) const UNMODELLED_KIND: &str = "unmodelled";

/// The word for what belongs to no single object.
pub(super) const WHOLE: &str = "the whole";

/// The word for types that are made of nothing else.
pub(super) const BASE_TYPE: &str = "base type";

/// The word for what came with the server and has been changed.
pub(super) const ALTERED: &str = "altered";

/// The word for what was added to relations and domains that came with the server.
pub(super) const HIDDEN_PART: &str = "hidden part";
