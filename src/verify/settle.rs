//! Two catalogs brought to one spelling: their texts are read and written by a server once more, where they differ.

use std::borrow::Cow;

use super::observer::Observer;
use crate::backend::BackendError;
use crate::catalog::{Catalog, ObjectName, Origin, Respelling, sql};
use crate::config::{Config, DatabaseUrl};
use crate::scratch::{ScratchDatabase, ScratchError};

/// Objects that are loaded at once: each holds locks until the end of the transaction.
const AT_ONCE: usize = 100;

/// The right one of two catalogs, spelled like the left one.
#[derive(Debug)]
pub struct Settled<'c> {
    /// The right catalog, with the left one's texts where they mean the same.
    pub right: Cow<'c, Catalog>,
    /// Objects whose texts differ and could not be loaded to tell whether they mean the same. They stay as they are,
    /// and count as different.
    pub unsettled: Vec<Unsettled>,
}

/// Why it is not known whether the texts of objects mean the same.
#[derive(Debug)]
pub struct Unsettled {
    /// The objects, in the order of their names.
    pub objects: Vec<ObjectName>,
    /// Why the objects could not be loaded into a scratch database.
    pub why: ScratchError,
}

/// Spells `right` like `left`: of checks, views, indexes, policies and all else that PostgreSQL writes down itself, the
/// texts that differ are loaded into a scratch database, each side's in the same surroundings, until they are the same or
/// stay as they are. So it makes no difference how often a text has gone through the parser, and what means something else
/// stays different. To be called wherever two catalogs meet that do not come from one replay. Where no text differs, no
/// scratch database is made; of SQLite none ever is. It is one of the kind of `like`, and where that is none,
/// what [`ScratchDatabase::of_dialect`] makes.
///
/// The dependencies must be those of `right`; `left` needs none.
///
/// # Errors
/// [`ScratchError::Cancelled`] alone: where no scratch database can be had, the objects are [`Settled::unsettled`].
pub fn settle<'c>(
    left: &Catalog,
    right: &'c Catalog,
    config: &Config,
    like: Option<&DatabaseUrl>,
    observer: &mut dyn Observer,
) -> Result<Settled<'c>, ScratchError> {
    settle_with(left, right, observer, |observer| {
        let database = match like {
            Some(like) => Some(ScratchDatabase::create(config, like, observer.control())?),
            None => ScratchDatabase::of_dialect(config, right.dialect, observer.control())?,
        };
        let database = database.ok_or(ScratchError::NotAtHand { dialect: right.dialect })?;
        Bench::set_up(Place::Own(Box::new(database)))
    })
}

/// Settles while a scratch database is in use: where there can be only one, it is done in that one, which is afterwards as it
/// was.
///
/// # Errors
/// Those of [`settle`].
pub fn settle_beside<'c>(
    stage: &mut ScratchDatabase,
    left: &Catalog,
    right: &'c Catalog,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Settled<'c>, ScratchError> {
    if stage.has_snapshots() {
        return settle(left, right, config, Some(like), observer);
    }
    settle_with(left, right, observer, |_| Bench::set_up(Place::Stage(stage)))
}

fn settle_with<'c, 'b>(
    left: &Catalog,
    right: &'c Catalog,
    observer: &mut dyn Observer,
    set_up: impl FnOnce(&mut dyn Observer) -> Result<Bench<'b>, ScratchError>,
) -> Result<Settled<'c>, ScratchError> {
    let mut respelling = Respelling::between(left, right);
    let pending = respelling.pending();
    if pending.is_empty() {
        return Ok(Settled { right: Cow::Borrowed(right), unsettled: Vec::new() });
    }
    let mut bench = match set_up(observer) {
        Ok(bench) => bench,
        Err(why) => {
            observer.control().check()?;
            let unsettled = vec![Unsettled { objects: pending, why }];
            return Ok(Settled { right: Cow::Borrowed(right), unsettled });
        }
    };
    let mut unsettled = Vec::new();
    loop {
        let pending = respelling.pending();
        if pending.is_empty() {
            break;
        }
        for names in pending.chunks(AT_ONCE) {
            bench.make_round(&mut respelling, names, &mut unsettled, observer)?;
        }
    }
    let respelled = respelling.finish();
    Ok(Settled { right: respelled.map_or(Cow::Borrowed(right), Cow::Owned), unsettled })
}

/// A scratch database on which objects are loaded and taken away again.
struct Bench<'b> {
    place: Place<'b>,
    /// What takes everything away that is there, within the transaction.
    clearing: String,
}

enum Place<'b> {
    Own(Box<ScratchDatabase>),
    /// Somebody else's.
    Stage(&'b mut ScratchDatabase),
}

impl Place<'_> {
    fn database(&mut self) -> &mut ScratchDatabase {
        match self {
            Self::Own(database) => database,
            Self::Stage(database) => database,
        }
    }
}

impl<'b> Bench<'b> {
    fn set_up(mut place: Place<'b>) -> Result<Self, ScratchError> {
        let clearing = clearing(&place.database().catalog()?);
        Ok(Self { place, clearing })
    }

    /// Reads and writes these objects once. Of several that are not taken together, each half is tried alone.
    fn make_round(
        &mut self,
        respelling: &mut Respelling<'_>,
        names: &[ObjectName],
        unsettled: &mut Vec<Unsettled>,
        observer: &dyn Observer,
    ) -> Result<(), ScratchError> {
        observer.control().check()?;
        let right = self.load(respelling, names, Origin::Right);
        let left = right.is_ok().then(|| self.load(respelling, names, Origin::Left));
        match (right, left, names) {
            (Ok(right), Some(Ok(left)), _) => {
                for name in names {
                    respelling.note(name, left.objects.get(name), right.objects.get(name));
                }
            }
            // What the right side's surroundings do not take is something else.
            (Ok(_), Some(Err(why)), [name]) if why.is_refusal_of_statement() => {
                respelling.note(name, None, None);
            }
            (Ok(_), Some(Err(why)), [name]) | (Err(why), _, [name]) => {
                respelling.note(name, None, None);
                unsettled.push(Unsettled { objects: vec![name.clone()], why: why.into() });
            }
            _ => {
                let (first, second) = names.split_at(names.len() / 2);
                self.make_round(respelling, first, unsettled, observer)?;
                self.make_round(respelling, second, unsettled, observer)?;
            }
        }
        Ok(())
    }

    fn load(
        &mut self,
        respelling: &Respelling<'_>,
        names: &[ObjectName],
        origin: Origin,
    ) -> Result<Catalog, BackendError> {
        let statements = sql::create_as_spelled(&respelling.to_load(names, origin), &|_| true);
        let statements = sql::paragraphs(&statements);
        let statements = format!("{}{statements}", self.clearing);
        self.place.database().backend().catalog_after(&statements)
    }
}

/// The statements that take away all that a catalog holds but the schema `public`, whatever needs it.
fn clearing(existing: &Catalog) -> String {
    let goes_with_schema =
        |name: &ObjectName| name.schema.as_deref().is_some_and(|schema| schema != "public");
    let mut statements = String::new();
    // Those that act on others' statements come last in the order of kinds.
    for name in existing.objects.keys().rev() {
        if name.relation.is_some() || goes_with_schema(name) {
            continue;
        }
        if let Some(drop) = sql::drop_one(existing.dialect, name) {
            let kind = name.kind.name().to_uppercase();
            let drop = drop.replacen(&format!("DROP {kind} "), &format!("DROP {kind} IF EXISTS "), 1);
            statements.push_str(&format!("{drop} CASCADE;\n"));
        }
    }
    statements
}
