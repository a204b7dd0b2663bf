//! A schema that is described again and again: what a script has not changed is not read again.
//!
//! An object is described anew where a row of it has been written or is gone, and where it needs an object whose
//! description is no longer the same: PostgreSQL deparses an expression with the names that things have now.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Oid, Text};

use super::super::super::BackendError;
use super::super::Session;
use super::super::errors::failed;
use super::changed::{DEPENDENTS, FIRST_VERSION, NAMES, SNAPSHOT, WATCHED, Written, with_owners, written};
use super::collect::collect;
use super::collector::Unit;
use super::pieces::FIRST_USER_OID;
use super::reader::{Reader, Scope, Statements};
use super::snapshot::read_only;
use super::{dependencies, presence};
use crate::catalog::Changes;
use crate::ledger::Tables;

/// `pg_namespace.oid` of the schema `public`, which is not the server's own.
const PUBLIC_SCHEMA: u32 = 2200;
/// SQLSTATE `invalid_sql_statement_name`.
const NOT_PREPARED: &str = "26000";

/// What was there when the schema was described last.
#[derive(Default)]
pub(in super::super) struct Followed {
    /// None where nothing has been described.
    then: Option<Then>,
    statements: Statements,
}

#[derive(Default)]
struct Then {
    /// All older transactions had ended.
    oldest: String,
    server_wide: String,
    /// The owners of the rows of each of [`WATCHED`], by their keys.
    rows: [HashMap<(i64, i64), u32>; WATCHED.len()],
    /// How many rows the other system catalogs had.
    totals: HashMap<i32, i64>,
    units: HashMap<u32, Unit>,
    /// Objects that are never described but with all others.
    seldom: HashSet<u32>,
}

/// What has been written since.
#[derive(Default)]
struct Touched {
    /// The OIDs of the objects.
    objects: HashSet<u32>,
    /// Those of them that were not there before.
    new: HashSet<u32>,
    /// Whether the rest has to be described anew too.
    all: bool,
}

#[derive(QueryableByName)]
struct Oids {
    #[diesel(sql_type = Array<Oid>)]
    oids: Vec<u32>,
    #[diesel(sql_type = Bool)]
    has_others: bool,
    #[diesel(sql_type = Array<Text>)]
    words: Vec<String>,
}

impl Followed {
    /// Describes anew what has been written since the last call, at first everything. Returns the objects that may
    /// differ; without dependencies.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn update(&mut self, session: &mut Session, tables: &Tables) -> Result<Changes, BackendError> {
        match self.follow(session, tables) {
            Err(error) if is_not_prepared(&error) => {
                // A script has taken some of them away.
                self.begin_anew(session)?;
                self.follow(session, tables)
            }
            followed => followed,
        }
    }

    fn follow(&mut self, session: &mut Session, tables: &Tables) -> Result<Changes, BackendError> {
        let before = self.then.as_ref().filter(|_| session.server_version() >= FIRST_VERSION);
        let oldest = before.map(|then| then.oldest.clone());
        let written = self.written(session, oldest.as_deref())?;
        // An error leaves nothing behind that the next call could trust.
        let mut then = self.then.take().unwrap_or_default();
        if oldest.is_none() {
            then.rows = Default::default();
        }
        let mut touched = then.note(written, session)?;
        touched.all |= oldest.is_none();
        let changes = if touched.all {
            self.describe_all(&mut then, session, tables)?
        } else {
            self.describe_touched(&mut then, &touched, session, tables)?
        };
        self.then = Some(then);
        Ok(changes)
    }

    fn written(&mut self, session: &mut Session, oldest: Option<&str>) -> Result<Vec<Written>, BackendError> {
        let oldest = oldest.map_or("NULL".to_owned(), |oldest| format!("'{oldest}'::xid8::xid"));
        let sql = written(session.server_version());
        let execute = self.statements.execute(session, &sql, (&oldest, "xid"))?;
        match load(session, &execute) {
            Err(error) if is_not_prepared(&error) => {
                // A script has taken all of them away; what was there when it began is still known.
                self.begin_anew(session)?;
                let execute = self.statements.execute(session, &sql, (&oldest, "xid"))?;
                load(session, &execute)
            }
            written => written,
        }
    }

    /// Goes on, after an error, in another transaction, and prepares what it needs there.
    fn begin_anew(&mut self, session: &mut Session) -> Result<(), BackendError> {
        self.statements.forget();
        Ok(session.run_batch(&format!("ROLLBACK; {}", read_only())).map(drop)?)
    }

    fn describe_all(
        &mut self,
        then: &mut Then,
        session: &mut Session,
        tables: &Tables,
    ) -> Result<Changes, BackendError> {
        let mut reader = presence::reader_of_all(session)?;
        let dependencies = dependencies::read(&mut reader)?;
        let collector = collect(&mut reader, tables, &dependencies)?;
        then.seldom = collector.others();
        let units = collector.into_units();
        let mut changes = Changes::new();
        for (oid, unit) in std::mem::replace(&mut then.units, units) {
            if then.units.get(&oid) != Some(&unit) {
                changes.extend(unit.into_keys().map(|name| (name, None)));
            }
        }
        let objects = then.units.values().flatten();
        changes.extend(objects.map(|(name, object)| (name.clone(), Some(object.clone()))));
        Ok(changes)
    }

    fn describe_touched(
        &mut self,
        then: &mut Then,
        touched: &Touched,
        session: &mut Session,
        tables: &Tables,
    ) -> Result<Changes, BackendError> {
        let (mut gone, mut present) = (Changes::new(), Changes::new());
        let mut described = HashSet::new();
        let mut few = then.owners_of(&touched.objects);
        while !few.is_empty() {
            let with_owners = self.ask(session, &with_owners(), &few)?;
            if with_owners.has_others {
                return Ok(joined(gone, present, self.describe_all(then, session, tables)?));
            }
            few = with_owners.oids.into_iter().filter(|oid| !described.contains(oid)).collect();
            if few.is_empty() {
                break;
            }
            if few.iter().any(|oid| then.is_seldom(*oid)) {
                return Ok(joined(gone, present, self.describe_all(then, session, tables)?));
            }
            let mut units = self.describe(session, tables, &few, with_owners.words)?;
            let mut renamed = HashSet::new();
            for oid in &few {
                let (before, now) = (then.units.remove(oid), units.remove(oid));
                let is_new = touched.new.contains(oid) && before.is_none();
                if !is_new && (before != now || now.is_none()) {
                    renamed.insert(*oid);
                }
                if before != now {
                    gone.extend(before.into_iter().flat_map(Unit::into_keys).map(|name| (name, None)));
                    let objects = now.iter().flatten();
                    present.extend(objects.map(|(name, object)| (name.clone(), Some(object.clone()))));
                }
                then.units.extend(now.map(|unit| (*oid, unit)));
            }
            described.extend(few.drain());
            if !renamed.is_empty() {
                let dependents = self.ask(session, DEPENDENTS, &renamed)?;
                if dependents.has_others {
                    return Ok(joined(gone, present, self.describe_all(then, session, tables)?));
                }
                few = dependents.oids.into_iter().filter(|oid| !described.contains(oid)).collect();
            }
        }
        Ok(joined(gone, present, Changes::new()))
    }

    fn describe(
        &mut self,
        session: &mut Session,
        tables: &Tables,
        few: &HashSet<u32>,
        words: Vec<String>,
    ) -> Result<HashMap<u32, Unit>, BackendError> {
        let scope = Scope::Among { oids: literal(few), statements: &mut self.statements };
        let present = words.into_iter().collect();
        let mut reader = Reader::new(session, scope, present);
        let dependencies = dependencies::read(&mut reader)?;
        Ok(collect(&mut reader, tables, &dependencies)?.into_units())
    }

    fn ask(&mut self, session: &mut Session, sql: &str, oids: &HashSet<u32>) -> Result<Oids, BackendError> {
        let execute = self.statements.execute(session, sql, (&literal(oids), "oid[]"))?;
        let found = load(session, &execute)?.into_iter().next();
        Ok(found.unwrap_or(Oids { oids: Vec::new(), has_others: true, words: Vec::new() }))
    }
}

impl Then {
    /// Takes over which rows are there now; what they and those that are gone belong to.
    fn note(&mut self, written: Vec<Written>, session: &mut Session) -> Result<Touched, BackendError> {
        let (mut touched, mut lacking) = (Touched::default(), Vec::new());
        for one in written {
            touched.objects.extend(&one.owners);
            let watched =
                usize::try_from(one.watched).ok().and_then(|number| Some((number, WATCHED.get(number)?)));
            let Some((number, watched)) = watched else {
                match (one.watched, one.text) {
                    (SNAPSHOT, Some(oldest)) => self.oldest = oldest,
                    (NAMES, Some(names)) => {
                        touched.all |= std::mem::replace(&mut self.server_wide, names.clone()) != names;
                    }
                    _ => {}
                }
                let before = self.totals.insert(one.watched, one.total);
                touched.all |= one.seldom || before != Some(one.total) && one.watched < -1;
                continue;
            };
            for ((key, part), owner) in one.keys.into_iter().zip(one.parts).zip(one.owners) {
                let is_new = !self.has_object(key);
                let rows = self.rows.get_mut(number);
                let before = rows.and_then(|rows| rows.insert((key, part), owner));
                touched.all |= watched.concerns_all;
                touched.objects.extend(before);
                if watched.has_objects && is_new {
                    touched.new.extend(u32::try_from(key));
                }
            }
            let count = self.rows.get(number).map_or(0, HashMap::len);
            if i64::try_from(count) != Ok(one.total) {
                lacking.push(watched.present(number));
            }
        }
        if !lacking.is_empty() {
            for present in load::<Written>(session, &lacking.join(" UNION ALL "))? {
                let watched = usize::try_from(present.watched).ok().and_then(|number| WATCHED.get(number));
                let owners = self.forget_absent(present);
                touched.all |= watched.is_some_and(|watched| watched.concerns_all) && !owners.is_empty();
                touched.objects.extend(owners);
            }
        }
        touched.all |= touched.objects.iter().any(|oid| *oid < FIRST_USER_OID && *oid != PUBLIC_SCHEMA);
        Ok(touched)
    }

    /// Whether an object of any kind has this OID.
    fn has_object(&self, oid: i64) -> bool {
        let mut rows = self.rows.iter().zip(&WATCHED);
        rows.any(|(rows, watched)| watched.has_objects && rows.contains_key(&(oid, 0)))
    }

    /// Forgets the rows that are gone; the owners that they had.
    fn forget_absent(&mut self, present: Written) -> Vec<u32> {
        let rows = usize::try_from(present.watched).ok().and_then(|number| self.rows.get_mut(number));
        let Some(rows) = rows else { return Vec::new() };
        let present: HashSet<(i64, i64)> = present.keys.into_iter().zip(present.parts).collect();
        let mut owners = Vec::new();
        rows.retain(|key, owner| {
            let is_present = present.contains(key);
            if !is_present {
                owners.push(*owner);
            }
            is_present
        });
        owners
    }

    /// The objects, and those that they are parts of, as far as they are.
    fn owners_of(&self, objects: &HashSet<u32>) -> HashSet<u32> {
        let mut owners = objects.clone();
        for (rows, watched) in self.rows.iter().zip(&WATCHED) {
            if watched.has_parts {
                owners.extend(objects.iter().filter_map(|oid| rows.get(&(i64::from(*oid), 0))));
            }
        }
        owners
    }

    fn is_seldom(&self, oid: u32) -> bool {
        self.seldom.contains(&oid)
    }
}

/// What is gone and does not stand elsewhere under the same name, what is there, and what was found later.
fn joined(gone: Changes, present: Changes, later: Changes) -> Changes {
    let mut changes = gone;
    changes.extend(present);
    changes.extend(later);
    changes
}

/// An array of OIDs.
fn literal(oids: &HashSet<u32>) -> String {
    let oids: Vec<String> = oids.iter().map(u32::to_string).collect();
    format!("'{{{}}}'", oids.join(","))
}

fn is_not_prepared(error: &BackendError) -> bool {
    matches!(error, BackendError::Database(error) if error.sqlstate.as_deref() == Some(NOT_PREPARED))
}

fn load<R: QueryableByName<diesel::pg::Pg> + 'static>(
    session: &mut Session,
    sql: &str,
) -> Result<Vec<R>, BackendError> {
    sql_query(sql).load(session).map_err(|error| failed(session, error))
}
