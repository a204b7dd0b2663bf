//! What a server keeps of a database beside what is in it: neither a dump of one database nor a new one has it.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text};

use super::super::BackendError;
use super::Session;
use super::errors::failed;
use crate::sql::Dialect;

/// Owner, tablespace, limit, comment, settings and privileges of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Properties {
    owner: String,
    tablespace: String,
    connection_limit: i32,
    comment: Option<String>,
    settings: Vec<Setting>,
    /// None where the privileges are those of a new database.
    privileges: Option<Vec<Privilege>>,
}

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Setting {
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Privilege {
    #[diesel(sql_type = Nullable<Text>)]
    grantee: Option<String>,
    #[diesel(sql_type = Text)]
    privilege: String,
    #[diesel(sql_type = Bool)]
    grantable: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    tablespace: String,
    #[diesel(sql_type = Integer)]
    connection_limit: i32,
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    privileges: Option<Vec<String>>,
}

const DATABASE: &str = "SELECT pg_catalog.pg_get_userbyid(d.datdba)::text AS owner, t.spcname::text AS tablespace, \
    d.datconnlimit AS connection_limit, pg_catalog.shobj_description(d.oid, 'pg_database') AS comment, \
    d.datacl::text[] AS privileges \
    FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = $1";

const SETTINGS: &str = "SELECT r.rolname::text AS role, split_part(setting, '=', 1) AS name, \
    substr(setting, strpos(setting, '=') + 1) AS value \
    FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase \
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS setting \
    WHERE d.datname = $1 AND (s.setrole = 0 OR r.oid IS NOT NULL) ORDER BY 1 NULLS FIRST, 2";

const PRIVILEGES: &str = "SELECT r.rolname::text AS grantee, a.privilege_type AS privilege, \
    a.is_grantable AS grantable FROM pg_catalog.pg_database d, aclexplode(d.datacl) a \
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee \
    WHERE d.datname = $1 AND (a.grantee = 0 OR r.oid IS NOT NULL) ORDER BY 1 NULLS FIRST, 2";

/// The settings whose values are lists of names, each quoted as it has to be.
const LISTS: [&str; 6] = [
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

fn quote(name: &str) -> String {
    Dialect::Postgres.quote_identifier(name)
}

fn literal(text: &str) -> String {
    Dialect::Postgres.quote_literal(text)
}

impl Properties {
    /// The properties of a database of the server; none where there is no such database.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn read(session: &mut Session, database: &str) -> Result<Option<Self>, BackendError> {
        let found = sql_query(DATABASE).bind::<Text, _>(database).get_result::<Row>(session).optional();
        let Some(row) = found.map_err(|error| failed(session, error))? else { return Ok(None) };
        let settings = sql_query(SETTINGS).bind::<Text, _>(database).load(session);
        let settings = settings.map_err(|error| failed(session, error))?;
        let privileges = match row.privileges {
            None => None,
            Some(_) => {
                let found = sql_query(PRIVILEGES).bind::<Text, _>(database).load(session);
                Some(found.map_err(|error| failed(session, error))?)
            }
        };
        let Row { owner, tablespace, connection_limit, comment, .. } = row;
        Ok(Some(Self { owner, tablespace, connection_limit, comment, settings, privileges }))
    }

    /// The comment of the database, as `COMMENT ON DATABASE` takes it.
    pub(super) fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// Owner and tablespace, to stand behind the name in `CREATE DATABASE`.
    pub(super) fn options(&self) -> String {
        format!(" OWNER {} TABLESPACE {}", quote(&self.owner), quote(&self.tablespace))
    }

    /// The statements that give a database the rest, inside a transaction.
    pub(super) fn statements(&self, database: &str) -> Vec<String> {
        let name = quote(database);
        let comment = self.comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
        let mut statements = vec![
            format!("COMMENT ON DATABASE {name} IS {comment}"),
            format!("ALTER DATABASE {name} CONNECTION LIMIT {}", self.connection_limit),
        ];
        statements.extend(self.settings.iter().flat_map(|setting| setting.statements(&name)));
        if let Some(privileges) = &self.privileges {
            let owner = quote(&self.owner);
            statements.push(format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC, {owner}"));
            statements.extend(privileges.iter().map(|privilege| privilege.statement(&name)));
        }
        statements
    }
}

impl Setting {
    fn statements(&self, database: &str) -> Vec<String> {
        let of = match &self.role {
            Some(role) => {
                format!("ALTER ROLE {} IN DATABASE {database} SET {}", quote(role), quote(&self.name))
            }
            None => format!("ALTER DATABASE {database} SET {}", quote(&self.name)),
        };
        if LISTS.contains(&self.name.as_str()) {
            // As one literal the list would be one name.
            let set = format!(
                "SELECT pg_catalog.set_config({}, {}, true)",
                literal(&self.name),
                literal(&self.value)
            );
            return vec![set, format!("{of} FROM CURRENT")];
        }
        vec![format!("{of} TO {}", literal(&self.value))]
    }
}

impl Privilege {
    fn statement(&self, database: &str) -> String {
        let grantee = self.grantee.as_deref().map_or_else(|| "PUBLIC".to_owned(), quote);
        let option = if self.grantable { " WITH GRANT OPTION" } else { "" };
        format!("GRANT {} ON DATABASE {database} TO {grantee}{option}", self.privilege)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_so_that_lists_stay_lists() {
        let setting =
            |name: &str, value: &str| Setting { role: None, name: name.to_owned(), value: value.to_owned() };
        let text = setting("work_mem", "4MB").statements("\"a\"");
        assert_eq!(text, ["ALTER DATABASE \"a\" SET \"work_mem\" TO '4MB'"]);
        let list = setting("search_path", "\"$user\", public").statements("\"a\"");
        assert_eq!(
            list.last().map(String::as_str),
            Some("ALTER DATABASE \"a\" SET \"search_path\" FROM CURRENT")
        );
        let of_role = Setting { role: Some("r".to_owned()), ..setting("work_mem", "4MB") };
        assert_eq!(
            of_role.statements("\"a\""),
            ["ALTER ROLE \"r\" IN DATABASE \"a\" SET \"work_mem\" TO '4MB'"]
        );
    }
}
