//! The kinds of error that a command ends with: the word for scripts, the exit status, and what `docs/errors.md` says.

use super::ExitStatus;

/// Declares [`ErrorKind`] section by section of the documentation. Of each kind: its word, the exit statuses that it ends
/// a command with (the usual one first), what happened, and what to do about it (Markdown, both).
macro_rules! error_kinds {
    ($($title:literal, $introduction:literal {
        $($kind:ident $word:literal [$usual:ident $(, $other:ident)*] $happened:literal, $remedy:literal;)+
    })+) => {
        /// What kind of error ended a command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorKind {
            $($(#[doc = $happened] $kind,)+)+
        }

        /// The kinds as `docs/errors.md` tells them.
        pub const SECTIONS: &[Section] = &[
            $(Section {
                title: $title,
                introduction: $introduction,
                kinds: &[$(Described {
                    kind: ErrorKind::$kind,
                    happened: $happened,
                    remedy: $remedy,
                    statuses: &[ExitStatus::$usual $(, ExitStatus::$other)*],
                },)+],
            },)+
        ];

        impl ErrorKind {
            /// The word for scripts, the contract's `kind`.
            pub fn word(self) -> &'static str {
                match self {
                    $($(Self::$kind => $word,)+)+
                }
            }

            /// The exit status that an error of this kind usually ends a command with.
            pub fn usual_status(self) -> ExitStatus {
                match self {
                    $($(Self::$kind => ExitStatus::$usual,)+)+
                }
            }
        }
    };
}

/// Kinds of errors that stand under one heading of `docs/errors.md`.
pub struct Section {
    pub title: &'static str,
    /// What is true of all of them, in Markdown; may be empty.
    pub introduction: &'static str,
    pub kinds: &'static [Described],
}

/// A kind with its row of the table in the documentation.
pub struct Described {
    pub kind: ErrorKind,
    pub happened: &'static str,
    /// What to do; may be empty.
    pub remedy: &'static str,
    /// The exit statuses that it ends a command with, the usual one first.
    pub statuses: &'static [ExitStatus],
}

error_kinds! {
    "Running", "" {
        Step "step" [Failed, Unavailable]
            "a script or its bookkeeping failed; the error says where the database stands",
            "mend the script, run the same command again. For a `no-transaction` script see [scripts](scripts.md#outside-of-a-transaction). After a lost connection ask `revgraph status` first";
        Unsettled "unsettled" [Differs]
            "a `no-transaction` revision was left halfway, and cannot go on by itself",
            "one of the hints; see [reliability](reliability.md#revisions-without-a-transaction)";
        NothingToResolve "nothing_to_resolve" [Failed]
            "`resolve` of a revision that was not left halfway",
            "`revgraph status`";
        OutOfTurn "out_of_turn" [Failed]
            "`resolve` of a revision whose neighbours have moved since",
            "`revgraph status`";
        Refused "refused" [Failed]
            "a statement cannot run in a transaction, or ends one, or uses an enum value that the transaction adds, or changes a table of revgraph's own, or the script cannot be cut; nothing has run",
            "add `-- revgraph: no-transaction`, or take the statement out";
        Irreversible "irreversible" [Failed]
            "a revision on the way down cannot be undone; nothing has run",
            "write its down script, or go another way";
        Declined "declined" [Failed]
            "the question was answered no",
            "`--yes` does not ask";
        Edited "edited" [Differs]
            "a script has changed since it was applied; `revisions` has the diffs",
            "put it back, write the change as a new revision; or `revgraph resolve --accept REV`; see [checksums](scripts.md#checksums)";
        Reparented "reparented" [Differs]
            "a revision has other parents or dependencies than when it was applied",
            "put `down_revision` and `depends_on` back";
        Ahead "ahead" [Differs]
            "the database has all that the scripts have, and the revisions `missing` besides",
            "deploy the newer scripts, or downgrade to `common`; see [ahead and diverged](reliability.md#ahead-and-diverged)";
        Diverged "diverged" [Differs]
            "the database has the revisions `missing`, the scripts the revisions `pending`",
            "bring in the other line and merge, or downgrade to `common`";
        NotApplied "not_applied" [Failed]
            "`resolve --accept` of a revision that has not been applied",
            "";
        Protected "protected" [Failed]
            "the database is protected, of production or on another machine, and this would erase it whole; `reasons` says which, where a whole database goes; nothing has changed",
            "`--confirm NAME`, where that is meant; see [guards](reliability.md#guards) and [what is not erased by mistake](daily.md#what-is-not-erased-by-mistake)";
        Seed "seed" [Failed, Unavailable]
            "a seed failed; `rolled_back` names those that went with it, `done` those whose rows stay",
            "mend the file, run the same command again";
        SeedCommand "seed_command" [Failed]
            "the program of `seed_command` cannot be run, or failed",
            "";
        Reset "reset" [Failed, Unavailable]
            "emptying the database failed; nothing has changed",
            "the cause, or `reset --recreate`";
        Push "push" [Failed, Unavailable]
            "a statement of `push` failed; all were rolled back",
            "the cause; `--fill` for values that are missing";
        HasHistory "has_history" [Failed]
            "`push` to a database that stands at a revision",
            "`revgraph dev`";
        DataLoss "data_loss" [Failed]
            "`push` or `dev` would lose values, and nobody has agreed; `losses` has the numbers",
            "`--accept-data-loss`";
        RowsInTheWay "rows_in_the_way" [Failed]
            "`push` or `dev` would fail on rows that are there; `rows` has their numbers, nothing has changed",
            "`--fill`, or other rows";
        Production "production" [Failed]
            "`dev` or `push` in an environment that is marked `production = true`",
            "`revgraph upgrade`";
        Drift "drift" [Differs]
            "the database is not what its scripts build; `differences` says in what",
            "the hints; see [drift](daily.md#drift)";
        Unmanaged "unmanaged" [Differs]
            "`dev` on a database that has tables and no version rows, where there are scripts",
            "`revgraph stamp --detect`";
        Verify "verify" [Differs]
            "a pending revision does not go up, down and up again; nothing has been applied",
            "`revgraph verify`";
        PushDiffers "push_differs" [Differs]
            "the statements of `push` have run, and the schema is still another; `differences` says in what",
            "";
        NotConfirmed "not_confirmed" [Failed]
            "a database would be erased, and nobody can be asked; nothing has changed",
            "`--yes`";
        VersionRowsMoved "version_rows_moved" [Failed]
            "another process moved the version rows",
            "run the command again";
        Interrupted "interrupted" [Interrupted]
            "Ctrl-C or SIGTERM, wherever the run was",
            "nothing; an open transaction was rolled back, and the log says `interrupted`";
        InTransaction "in_transaction" [Failed]
            "the connection that a program gave has a transaction open already",
            "commit or roll it back first";
        OriginalsGone "originals_gone" [Differs]
            "the database stands among revisions that a squash has replaced, and their scripts are not in the backup folder",
            "put them back from version control";
        NotBegun "not_begun" [Failed]
            "the run could not begin: the cause says why; nothing has run",
            "";
    }
    "Backups", "See [backups](backup.md). The database is as it was." {
        NothingToBackUp "nothing_to_back_up" [Failed]
            "the database does not exist yet, or is in memory",
            "";
        Exists "exists" [Failed]
            "there is a file of that name already: a backup, a script, `alembic.toml`",
            "name another, or move it away";
        NoProgram "no_program" [Failed]
            "there is no `pg_dump` or `pg_restore` that is new enough",
            "install what the hint names";
        PgDump "pg_dump" [Failed]
            "`pg_dump` failed; `causes` has what it said",
            "";
        PgRestore "pg_restore" [Failed]
            "`pg_restore` failed; `causes` has what it said",
            "";
        NotABackup "not_a_backup" [Failed]
            "there is no `FILE.json`, or it says something else",
            "`pg_restore` restores what other tools have written";
        OtherDatabase "other_database" [Failed]
            "a backup of another kind of database, or of one of another name; an import of a history that is for neither PostgreSQL nor SQLite",
            "`--other-database`, where that is meant";
        OlderServer "older_server" [Failed]
            "the backup is of a newer server",
            "restore it on such a one";
        MissingRoles "missing_roles" [Failed]
            "roles of the backup are not on the server",
            "make them, or `--no-owner`";
        NotAllowed "not_allowed" [Failed]
            "the role may not make, drop or rename a database",
            "`ALTER ROLE name CREATEDB`";
        Damaged "damaged" [Differs]
            "size or SHA-256 are not what they were",
            "another backup";
        BackupDiffers "backup_differs" [Differs]
            "what it restores to is not what was backed up; `causes` says how",
            "another backup";
        InUse "in_use" [Unavailable]
            "others are connected to the database that is to be replaced or dropped; the message names them",
            "end them, or `--disconnect` (PostgreSQL)";
    }
    "Targets", "" {
        Target "target" [Usage]
            "the text is not a target",
            "see [targets](targets.md)";
        UnknownRevision "unknown_revision" [Failed]
            "no id or label of that name, or fewer than four characters of one",
            "the hint names the nearest";
        AmbiguousRevision "ambiguous_revision" [Failed]
            "several names begin so",
            "give more characters";
        UnknownBranch "unknown_branch" [Failed]
            "no label in front of `@`",
            "the hint lists the labels";
        WrongBranch "wrong_branch" [Failed]
            "the revision is not on the branch, or nothing there stands above it",
            "";
        MultipleHeads "multiple_heads" [Failed]
            "`head` is several",
            "name one, `heads`, or `revgraph merge heads`";
        AmbiguousTarget "ambiguous_target" [Failed]
            "a step could lead to several revisions, or count from several rows",
            "name the revision or the branch";
        PastTheEnd "past_the_end" [Failed]
            "fewer steps than asked for",
            "";
        WrongDirection "wrong_direction" [Failed]
            "`upgrade -1`, `downgrade +1`",
            "use the other command";
        NotAnAncestor "not_an_ancestor" [Failed]
            "a downgrade's target has not been applied, or a range is not a line",
            "`revgraph history -i`";
        OverlappingTargets "overlapping_targets" [Failed]
            "one target needs another",
            "name one";
    }
    "Scripts", "" {
        Scripts "scripts" [Differs]
            "a malformed header or directive, an unknown parent, a cycle, two scripts for an id, a file that cannot be read",
            "mend it; `revgraph check` shows all problems";
        Check "check" [Differs]
            "`check` found problems",
            "the hints";
        Taken "taken" [Failed]
            "`revision` or `merge`: the id or the label is another revision's; nothing is written",
            "the hints";
        NotAHead "not_a_head" [Failed]
            "`revision`: the parent is no head, and `--splice` was not given; nothing is written",
            "the hints";
        RelatedParents "related_parents" [Failed]
            "`merge`: one of the revisions stands above another; nothing is written",
            "the hints";
        NothingToMerge "nothing_to_merge" [Failed]
            "`merge`: there is one head, or one was named; nothing is written",
            "the hints";
        Message "message" [Failed]
            "`revision`: the message has no letters or digits for a file name; nothing is written",
            "the hints";
        Applied "applied" [Failed]
            "`rebase` of a revision that the database has applied; nothing is written",
            "downgrade first, or merge";
        Cycle "cycle" [Failed]
            "`rebase` would put a revision on itself; nothing is written",
            "";
        SeveralParents "several_parents" [Failed]
            "`rebase` cannot tell which parent the revision leaves; nothing is written",
            "`--from REV` names the parent";
        NotAParent "not_a_parent" [Failed]
            "`rebase`: `--from` names none of the parents; nothing is written",
            "`--from REV` names the parent";
        NotClosed "not_closed" [Failed]
            "others lead into the midst of what is to be squashed; `edges` has them",
            "let the range begin or end elsewhere";
        ChangesOlder "changes_older" [Failed]
            "what is to be squashed changes what older revisions made, which no schema says; `differences` says what",
            "`--mode concat`";
        Unmodelled "unmodelled" [Failed]
            "what is to be squashed holds things that cannot be written as a schema; `objects` says which",
            "`--mode concat`";
        SquashDiffers "squash_differs" [Differs]
            "the baseline leaves something else than the originals, or these something else each time; `differences` says what. Nothing is written",
            "see [the proof](squash.md#the-proof)";
        AutogenerateDiffers "autogenerate_differs" [Differs]
            "scripts that were made do not lead to the desired schema, or not back; `differences` and `way` say what. Nothing is written",
            "see [the proof](autogenerate.md#the-proof)";
        AutogenerateRows "autogenerate_rows" [Differs]
            "scripts that were made lose or change values of made-up rows that both schemas have a place for; `rows` and `way` say which. Nothing is written",
            "see [the proof](autogenerate.md#the-proof)";
        CannotAlter "cannot_alter" [Failed]
            "objects cannot be altered; `refusals` names them, with what can be done",
            "`--rebuild NAME`, or write the revision by hand";
        Generated "generated" [Failed]
            "a statement that was made does not run on the scratch database",
            "write the revision by hand";
        UndecidedRenames "undecided_renames" [Failed]
            "something may have been renamed, and nobody can be asked; `questions` lists the options",
            "see [renames](autogenerate.md#renames)";
        NotPulled "not_pulled" [Differs]
            "`pull`: the files of SQL cannot be edited so that they build the schema of the database; nothing was written",
            "write a new file: `revgraph pull pulled.sql`";
        UnreadableSchema "unreadable_schema" [Failed]
            "`pull`: a file of SQL cannot be cut into statements",
            "mend it";
        Decision "decision" [Usage]
            "`--rename`, `--drop`, `--fill` or `--rebuild` names what is not there",
            "the message says which side lacks it";
        Models "models" [Usage]
            "something is wrong in a `.prisma` file; `problems` has each with its place",
            "see [models](prisma.md#what-is-refused)";
        DesiredSchema "desired_schema" [Usage]
            "the desired schema is not named for this kind of database, or is not there",
            "see [where the schema is](autogenerate.md#where-the-schema-is)";
        SchemaCommand "schema_command" [Failed]
            "the command of the desired schema does not run, fails or prints nothing",
            "see [where the schema is](autogenerate.md#where-the-schema-is)";
        NotAtHeads "not_at_heads" [Failed]
            "`--from database`, and the database does not stand at the heads",
            "`revgraph upgrade heads`";
        HasDownScript "has_down_script" [Failed]
            "`downs` was asked for a revision that has one",
            "`revgraph downs --replace REV`";
        Backup "backup" [Failed]
            "the backup of squashed revisions has no room, or is not whole",
            "the hints";
        AlreadyABaseline "already_a_baseline" [Failed]
            "`squash` of one revision that is a baseline already",
            "the hints";
        NoRevisions "no_revisions" [Failed]
            "`squash` of nothing",
            "the hints";
        NotABaseline "not_a_baseline" [Failed]
            "`squash --forget` of a revision that is no baseline",
            "the hints";
        Git "git" [Failed]
            "no `git`, no repository, or no commit in common with the one of `check --base`",
            "fetch the whole history";
        Editor "editor" [Failed]
            "no `$VISUAL` or `$EDITOR`, or it failed",
            "";
        AmbiguousDetection "ambiguous_detection" [Failed]
            "`stamp --detect`: several revisions have the schema of the database",
            "`revgraph stamp REV`";
        Scratch "scratch" [Failed]
            "no scratch database can be had",
            "`scratch_url`, or the right to create databases";
        ScratchUrl "scratch_url" [Usage]
            "`scratch_url` names the database itself, one of another kind, or one that is not empty",
            "name an empty database";
        SqlFile "sql_file" [Failed]
            "a file of SQL does not load into the scratch database",
            "mend it";
        NoFiles "no_files" [Failed]
            "a folder holds no files of SQL",
            "";
        NotEmpty "not_empty" [Failed]
            "`export`: the folder is not empty",
            "name another";
        NothingToExport "nothing_to_export" [Failed]
            "`export`: there are no revisions",
            "";
        HasScript "has_script" [Failed]
            "`show --restore` of a revision that has its script",
            "`revgraph resolve --accept REV`, where the database has recorded another text";
        NotRecorded "not_recorded" [Failed]
            "`show --restore` of a revision whose script the ledger does not have",
            "`revgraph status`";
    }
    "Imports", "Nothing is written, nothing is stamped. See [importing](import.md)." {
        WrongKind "wrong_kind" [Failed]
            "the folder holds nothing of the tool",
            "the hints name the tools whose files it looks like";
        BrokenHistory "broken_history" [Failed]
            "two files of one version, a down script without an up script, a marker or a line of a plan that the tool would refuse",
            "mend it";
        Encoding "encoding" [Failed]
            "a file is not UTF-8, or holds NUL bytes",
            "convert it";
        Label "label" [Failed]
            "an imported revision has a label that revgraph does not allow",
            "rename it in the file that the message names";
        Clash "clash" [Differs]
            "a source has changed since its import, or an id or file is taken; the causes name both sides",
            "put the source back, or rename";
        NoTable "no_table" [Failed]
            "the database lacks the table that the tool keeps",
            "leave out `--adopt`";
        OtherTable "other_table" [Failed]
            "the table that the tool keeps is another tool's",
            "leave out `--adopt`";
        NotAdopted "not_adopted" [Differs]
            "the tool's table and its files disagree; the causes list how",
            "settle it with the tool";
        SchemaDiffers "schema_differs" [Differs]
            "the database does not have the schema that its version rows, a stamp or the applied revisions of another tool claim",
            "`stamp --detect`; `--force`, where it is meant";
        Managed "managed" [Differs]
            "the version rows say something else already",
            "`revgraph upgrade`, or `stamp --purge`";
        Recorded "recorded" [Differs]
            "the script of a pending revision was computed from other rows than the database holds",
            "run it with the tool that it comes from, or write it as SQL, or `--accept-recorded REV`";
        Stub "stub" [Failed]
            "an import could not carry a revision over, and its script says so",
            "write its SQL, or bring the database there with the other tool and stamp it";
        NotImported "not_imported" [Failed]
            "`stamp --from` of a history whose scripts are not there yet",
            "`revgraph import KIND DIR --adopt`";
        Alembic "alembic" [Failed]
            "Alembic or its environment failed, or there is no Python for it; the causes have what it said",
            "`--python PATH`";
    }
    "Configuration and database", "" {
        Usage "usage" [Usage]
            "wrong arguments, or a build without that database",
            "`revgraph help COMMAND`";
        Config "config" [Usage]
            "an unknown key, a value that a key cannot take, no URL, no `alembic.toml`",
            "see [configuration](configuration.md)";
        DatabaseUnreachable "database_unreachable" [Unavailable]
            "no server answers, what answers refuses for another reason than those below, or a file cannot be opened",
            "`sqlstate`, where a server has answered";
        UnknownHost "unknown_host" [Unavailable]
            "the name of the server's host does not resolve",
            "";
        ConnectTimeout "connect_timeout" [Unavailable]
            "nothing has answered within `connect_timeout` (10 s unless the URL says otherwise)",
            "";
        TooManyConnections "too_many_connections" [Unavailable]
            "the server, the database or the role has as many connections as it takes",
            "`sqlstate`";
        ServerStarting "server_starting" [Unavailable]
            "the server is starting, recovering or stopping",
            "`revgraph database wait`; `sqlstate`";
        AuthenticationFailed "authentication_failed" [Unavailable]
            "user or password are refused or missing",
            "`sqlstate`";
        NoSuchRole "no_such_role" [Unavailable]
            "the server has no role of that name; one that asks for a password says `authentication_failed` all the same",
            "`sqlstate`";
        NoSuchDatabase "no_such_database" [Unavailable]
            "the server has no database of that name",
            "`sqlstate`";
        Tls "tls" [Unavailable]
            "server and client agree on no encrypted connection, or a certificate is not trusted",
            "";
        Lock "lock" [Unavailable]
            "another process held the database longer than `migration_lock_timeout`; the message names it",
            "wait, and run again";
        PoolTooSmall "pool_too_small" [Unavailable]
            "a connection pooler has no second connection, beside the one that holds the lock",
            "a pool of at least two, or connect to the server itself";
        OtherDatabaseReached "other_database_reached" [Failed]
            "a connection to a scratch database arrived in another one, because the server or a pooler gives one database whatever name is asked for; nothing has run there",
            "a server with databases of its own, or `scratch_url`";
        UnknownVersionRow "unknown_version_row" [Differs]
            "the database stands at a revision that neither the scripts nor the ledger have",
            "bring the checkout up to date, or `revgraph stamp --purge REV`";
        ForeignVersionTable "foreign_version_table" [Differs]
            "the version table has other columns than Alembic's",
            "set `version_table`";
        VersionTableElsewhere "version_table_elsewhere" [Differs]
            "PostgreSQL: no version table is on the search path, and another schema has one; with a second one everything would run again",
            "`version_table_schema`, or `?schema=` in the URL";
        ReadOnly "read_only" [Failed]
            "a standby, or a database or role whose transactions only read; nothing has been written",
            "connect to the primary";
        OtherServer "other_server" [Usage]
            "the server speaks PostgreSQL's protocol and is another make: CockroachDB",
            "a PostgreSQL server";
        ServerTooOld "server_too_old" [Usage]
            "the server is older than PostgreSQL 13",
            "upgrade it, or name another one in the URL";
        NoSchema "no_schema" [Failed]
            "PostgreSQL: no schema of the search path exists",
            "create it, or set `version_table_schema`";
        NotADatabase "not_a_database" [Failed]
            "the path of a SQLite database leads to something else: a folder, a pipe, another file, an encrypted database",
            "";
        DamagedDatabase "damaged_database" [Failed]
            "the file of a SQLite database is damaged or cut off",
            "a backup; `sqlite3 FILE .recover` saves what can be read";
        NotALockFile "not_a_lock_file" [Failed]
            "a link, or something else that is no plain file, is where the lock of a SQLite database goes",
            "remove it";
        Database "database" [Failed, Unavailable]
            "anything else that the database said",
            "";
        Io "io" [Failed]
            "a file or folder cannot be used",
            "";
        Json "json" [Failed]
            "a document could not be made",
            "";
    }
}
