//! A database of a test's own, looked at without revgraph's help.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[cfg(feature = "postgres")]
use super::cluster::Cluster;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "sqlite")]
    Sqlite,
}

/// A value as text; none for NULL.
pub type Cell = Option<String>;

/// The database of one test.
pub enum Database {
    #[cfg(feature = "postgres")]
    Postgres { cluster: &'static Cluster, name: String },
    #[cfg(feature = "sqlite")]
    Sqlite { path: PathBuf },
}

impl Database {
    /// An empty one. A SQLite file goes into `folder` and does not exist yet.
    #[allow(unused_variables, reason = "without SQLite nothing goes into the folder")]
    pub fn new(kind: Kind, folder: &Path) -> Self {
        match kind {
            #[cfg(feature = "postgres")]
            Kind::Postgres => Self::on(super::cluster::cluster()),
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => Self::Sqlite { path: folder.join("test.db") },
        }
    }

    /// An empty one on a server.
    #[cfg(feature = "postgres")]
    pub fn on(cluster: &'static Cluster) -> Self {
        Self::Postgres { cluster, name: cluster.create_database() }
    }

    /// A copy of it on the same server, to which nobody may be connected.
    #[cfg(feature = "postgres")]
    pub fn copy(&self) -> Self {
        match self {
            Self::Postgres { cluster, name } => {
                Self::Postgres { cluster, name: cluster.create_database_like(name) }
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => panic!("a file is copied as a file"),
        }
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => Kind::Postgres,
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => Kind::Sqlite,
        }
    }

    pub fn is_sqlite(&self) -> bool {
        !self.is_postgres()
    }

    pub fn is_postgres(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => true,
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => false,
        }
    }

    /// A statement that no transaction may hold. PostgreSQL's names a table of the database: without one it waits
    /// for the catalogs that the databases of all other tests share.
    pub fn vacuum(&self, table: &str) -> String {
        if self.is_postgres() { format!("VACUUM {table};") } else { "VACUUM;".to_owned() }
    }

    /// The URL for revgraph.
    pub fn url(&self) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { cluster, name } => cluster.url(name),
            #[cfg(feature = "sqlite")]
            Self::Sqlite { path } => format!("sqlite:{}", path.display()),
        }
    }

    /// Its name on PostgreSQL's server.
    #[cfg(feature = "postgres")]
    pub fn name(&self) -> &str {
        match self {
            Self::Postgres { name, .. } => name,
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => panic!("a file has no name on a server"),
        }
    }

    /// The rows of a query, each value as text.
    pub fn query(&self, sql: &str) -> Vec<Vec<Cell>> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { cluster, name } => {
                let mut outcomes = Vec::new();
                let mut session = cluster.connect(name);
                let ran = session.run_batch_with(sql, usize::MAX, &mut |outcome| outcomes.push(outcome));
                ran.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
                outcomes.into_iter().flat_map(|outcome| outcome.rows).collect()
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite { path } => sqlite_query(path, sql),
        }
    }

    /// Runs statements.
    pub fn execute(&self, sql: &str) {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => drop(self.query(&known_to_server(sql))),
            #[cfg(feature = "sqlite")]
            Self::Sqlite { path } => {
                let connection = rusqlite::Connection::open(path).expect("the file can be opened");
                connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
        }
    }

    /// The first column of a query.
    pub fn column(&self, sql: &str) -> Vec<String> {
        self.query(sql).into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
    }

    /// The only value of a query.
    pub fn scalar(&self, sql: &str) -> String {
        let values = self.column(sql);
        let [value] = values.as_slice() else { panic!("one value: {sql}: {values:?}") };
        value.clone()
    }

    /// The version rows, sorted; none where there is no version table.
    pub fn version_rows(&self) -> Vec<String> {
        if self.has_table("alembic_version") {
            self.column("SELECT version_num FROM alembic_version ORDER BY version_num")
        } else {
            Vec::new()
        }
    }

    /// The revisions of the ledger, sorted; none where there is no ledger.
    pub fn ledger(&self) -> Vec<String> {
        if self.has_table("revgraph_ledger") { self.column(&entries("revision")) } else { Vec::new() }
    }

    /// What the ledger has recorded, scripts included.
    pub fn entries(&self) -> Vec<Vec<Cell>> {
        self.query(&entries(
            "revision, checksum, parents, depends_on, origin, message, up_script, down_script",
        ))
    }

    /// A column of the ledger's only entry.
    pub fn entry(&self, column: &str) -> String {
        self.scalar(&entries(column))
    }

    /// The events of the ledger, oldest first, as `operation revision outcome`.
    pub fn events(&self) -> Vec<String> {
        if !self.has_table("revgraph_ledger") {
            return Vec::new();
        }
        self.column(
            "SELECT operation || ' ' || revision || ' ' || outcome FROM revgraph_ledger \
             WHERE outcome IS NOT NULL ORDER BY id",
        )
    }

    /// Does `work` while another session reads `table`, on SQLite while it has the whole file to itself.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub fn while_held<T>(&self, table: &str, work: impl FnOnce() -> T) -> T {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { cluster, name } => {
                let mut holder = cluster.connect(name);
                holder.run_batch(&format!("BEGIN; SELECT 1 FROM {table}")).expect("it may be read");
                work()
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite { path } => {
                let holder = rusqlite::Connection::open(path).expect("it is there");
                holder.execute_batch("BEGIN EXCLUSIVE").expect("nobody else has it");
                work()
            }
        }
    }

    pub fn has_table(&self, name: &str) -> bool {
        self.all_tables().iter().any(|table| table == name)
    }

    /// The tables beside the bookkeeping, sorted.
    pub fn tables(&self) -> Vec<String> {
        let is_bookkeeping = |name: &String| name == "alembic_version" || name.starts_with("revgraph_");
        self.all_tables().into_iter().filter(|name| !is_bookkeeping(name)).collect()
    }

    /// All tables, sorted.
    pub fn all_tables(&self) -> Vec<String> {
        let sql = if self.is_postgres() {
            "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') \
             ORDER BY relname COLLATE \"C\""
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        };
        self.column(sql)
    }

    /// The whole schema as text, to be compared with another.
    pub fn schema(&self) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { cluster, .. }
                if !super::postgres_programs::pg_dump_reads(cluster.major_version()) =>
            {
                self.column(DESCRIBED).join("\n")
            }
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => pg_dump(&self.url(), &["--schema-only"]),
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => self
                .column("SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
                .join("\n"),
        }
    }

    /// The definition of the version table as text.
    pub fn version_table_definition(&self) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => pg_dump(&self.url(), &["--schema-only", "--table=alembic_version"]),
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => {
                self.scalar("SELECT sql FROM sqlite_schema WHERE name = 'alembic_version'")
            }
        }
    }

    /// What the ledger and the version table hold, except for times, durations and numbers of events.
    pub fn bookkeeping(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.version_rows().iter().map(|row| format!("row {row}")).collect();
        let ledger = "SELECT revision, operation, outcome, actor, detail, version_rows_moved, entry, checksum, parents, \
                      depends_on, origin, message, up_script, down_script FROM revgraph_ledger ORDER BY id";
        lines.extend(self.query(ledger).iter().map(|row| format!("{row:?}")));
        lines
    }

    /// Pipes a script through `psql` or `sqlite3`.
    pub fn pipe(&self, sql: &str) -> Output {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => {
                let mut psql = super::postgres_programs::program("psql");
                psql.args(["--no-psqlrc", "--quiet", &self.url()]);
                feed(psql, sql)
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite { path } => {
                let mut sqlite3 = Command::new("sqlite3");
                sqlite3.arg("-batch").arg(path);
                feed(sqlite3, sql)
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        #[cfg(feature = "postgres")]
        if let Self::Postgres { cluster, name } = self
            && !std::thread::panicking()
        {
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            // It goes with the server anyway; dropping it now keeps the folder small.
            let _ = cluster.connect("postgres").run_batch(&sql);
        }
    }
}

#[cfg(feature = "sqlite")]
fn sqlite_query(path: &Path, sql: &str) -> Vec<Vec<Cell>> {
    use rusqlite::types::ValueRef;
    if !path.exists() {
        return Vec::new();
    }
    let connection = rusqlite::Connection::open(path).expect("the file can be opened");
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let columns = statement.column_count();
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    };
    let rows = statement.query_map([], |row| {
        (0..columns).map(|index| Ok(text(row.get_ref(index)?))).collect::<Result<Vec<Cell>, _>>()
    });
    rows.and_then(Iterator::collect).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// What the server says of its objects, where no `pg_dump` is at hand that can read it. The names of triggers that it makes
/// for foreign keys are numbers, and whether keys are inherited depends on how a partition was made; `pg_dump` tells neither.
#[cfg(feature = "postgres")]
const DESCRIBED: &str = "SELECT 'object ' || i.type || ' ' || i.identity AS line FROM pg_depend d \
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i WHERE d.objid >= 16384 \
    AND i.schema IS DISTINCT FROM 'pg_toast' AND i.type NOT IN ('toast table', 'toast table column') \
    AND i.identity !~ '^\"(RI|Unique)_ConstraintTrigger_' AND i.identity !~ '^pg_toast[.]' \
    UNION SELECT 'constraint ' || conname || ' ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) || ' ' || \
    convalidated::text || CASE WHEN contype IN ('c', 'n') THEN connoinherit::text ELSE '' END FROM pg_constraint \
    WHERE oid >= 16384 AND conrelid <> 0 \
    UNION SELECT 'constraint ' || conname || ' ' || format_type(contypid, NULL) || ' ' || pg_get_constraintdef(oid) \
    FROM pg_constraint WHERE oid >= 16384 AND contypid <> 0 \
    UNION SELECT 'relation ' || oid::regclass || relkind::text || relpersistence::text || relreplident::text || \
    relrowsecurity::text || relforcerowsecurity::text || \
    coalesce((SELECT string_agg(o, ',' ORDER BY o) FROM unnest(reloptions) o), '') || coalesce(pg_get_expr(relpartbound, oid), '') FROM pg_class WHERE oid >= 16384 AND relkind <> 't' \
    AND oid::regclass::text NOT LIKE 'pg_toast.%' \
    UNION SELECT 'index ' || pg_get_indexdef(indexrelid) || indisclustered::text || indisvalid::text || \
    indisreplident::text FROM pg_index WHERE indexrelid >= 16384 AND indrelid::regclass::text NOT LIKE 'pg_toast.%' \
    UNION SELECT 'view ' || oid::regclass || pg_get_viewdef(oid) FROM pg_class WHERE relkind IN ('v', 'm') AND oid >= 16384 \
    UNION SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE oid >= 16384 AND prokind IN ('f', 'p') \
    UNION SELECT 'trigger ' || pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal \
    UNION SELECT 'rule ' || pg_get_ruledef(oid) || ev_enabled::text FROM pg_rewrite WHERE oid >= 16384 \
    UNION SELECT 'statistics ' || pg_get_statisticsobjdef(oid) FROM pg_statistic_ext \
    UNION SELECT 'policy ' || polname || ' ' || polrelid::regclass || polcmd::text || polpermissive::text || \
    coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy \
    UNION SELECT 'sequence ' || seqrelid::regclass || seqtypid::regtype || seqstart || '/' || seqincrement || '/' || seqmax || \
    '/' || seqmin || '/' || seqcache || seqcycle::text FROM pg_sequence WHERE seqrelid >= 16384 \
    UNION SELECT 'label ' || enumtypid::regtype || ' ' || enumlabel || row_number() OVER (PARTITION BY enumtypid \
    ORDER BY enumsortorder) FROM pg_enum \
    UNION SELECT 'column ' || attrelid::regclass || ' ' || CASE WHEN relkind IN ('i', 'I') THEN attnum::text ELSE attname END || ' ' || format_type(atttypid, atttypmod) || ' ' || \
    attnotnull::text || attidentity::text || attgenerated::text || coalesce(pg_get_expr(adbin, adrelid), '') || \
    attstorage::text || attislocal::text || coalesce(attstattarget, -1) || coalesce(attoptions::text, '') FROM pg_attribute \
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum JOIN pg_class c ON c.oid = attrelid \
    WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'f', 'v', 'm', 'c', 'i', 'I') \
    AND attrelid::regclass::text NOT LIKE 'pg_toast.%' \
    UNION SELECT 'default privileges ' || defaclrole::regrole || defaclnamespace::regnamespace || defaclobjtype::text || \
    defaclacl::text FROM pg_default_acl \
    UNION SELECT 'comment ' || pg_describe_object(classoid, objoid, objsubid) || ' ' || description FROM pg_description \
    WHERE objoid >= 16384 ORDER BY line";

#[cfg(feature = "postgres")]
fn pg_dump(url: &str, arguments: &[&str]) -> String {
    let mut pg_dump = super::postgres_programs::program("pg_dump");
    pg_dump.arg("--no-owner").args(arguments).arg(url);
    let output = pg_dump.output().expect("pg_dump can be run");
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("the dump is UTF-8");
    // These lines carry a random word in each dump.
    text.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Runs a program with `input` on its standard input.
pub fn feed(mut command: Command, input: &str) -> Output {
    use std::io::Write;
    let name = command.get_program().to_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{name:?} cannot be run ({error}); scripts/test installs it"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // A program that stops at an error leaves the rest unread.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// What is recorded, a column of it, sorted by id.
fn entries(column: &str) -> String {
    format!(
        "SELECT {column} FROM revgraph_ledger WHERE entry = 'recorded' AND id IN \
         (SELECT max(id) FROM revgraph_ledger WHERE entry IS NOT NULL GROUP BY revision) ORDER BY revision"
    )
}

/// What the PostgreSQL server of the tests takes of statements: lines that end in `-- since 15` only servers from that major
/// version on take.
pub fn known_to_server(sql: &str) -> String {
    #[cfg(feature = "postgres")]
    if sql.contains("-- since ") {
        let server = super::cluster::cluster().major_version();
        let is_known = |line: &&str| {
            let since = line.rsplit_once("-- since ").and_then(|(_, since)| since.trim().parse().ok());
            since.is_none_or(|since: i32| server >= since)
        };
        return sql.lines().filter(is_known).map(|line| format!("{line}\n")).collect();
    }
    sql.to_owned()
}
