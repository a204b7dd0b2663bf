//! The system catalogs that are so seldom written that everything is described anew then.

/// What the rows of a system catalog are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Objects, which are described only together with all others.
    Objects,
    /// Parts of objects, which are described with these.
    Parts,
}

/// A system catalog in which a change makes [`Rows::Objects`] be described with everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SeldomWritten {
    /// The name of the table in `pg_catalog`.
    pub(super) catalog: &'static str,
    /// What the rows of the system catalog are.
    pub(super) rows: Rows,
}

/// Every such system catalog, in the order of the names.
pub(super) const SELDOM_WRITTEN: [SeldomWritten; 25] = [
    SeldomWritten { catalog: "pg_am", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_amop", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_amproc", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_cast", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_collation", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_conversion", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_default_acl", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_event_trigger", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_foreign_data_wrapper", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_foreign_server", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_foreign_table", rows: Rows::Parts },
    SeldomWritten { catalog: "pg_language", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_opclass", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_operator", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_opfamily", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_publication", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_publication_rel", rows: Rows::Parts },
    SeldomWritten { catalog: "pg_seclabel", rows: Rows::Parts },
    SeldomWritten { catalog: "pg_statistic_ext", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_transform", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_ts_config", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_ts_config_map", rows: Rows::Parts },
    SeldomWritten { catalog: "pg_ts_dict", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_ts_parser", rows: Rows::Objects },
    SeldomWritten { catalog: "pg_ts_template", rows: Rows::Objects },
];
