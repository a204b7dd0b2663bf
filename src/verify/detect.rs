//! Which revisions have the schema that a database has.

use super::composition::Composition;
use super::observer::Observer;
use super::settle::settle;
use super::stage::{Describing, Place, Stage};
use super::verdict::is_column_order;
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectKind, Respelling, compare};
use crate::config::{Config, DatabaseUrl};
use crate::execute::with_all_originals;
use crate::graph::RevisionId;
use crate::scratch::{self, ScratchError};
use crate::script::ScriptDirectory;

/// Version rows, and what sets the database apart from what they stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The version rows, sorted; none for the base.
    pub heads: Vec<RevisionId>,
    /// What differs: the left side is what the version rows stand for, the right one the database.
    pub differences: Vec<Difference>,
}

impl Candidate {
    /// Whether the database has this schema, but for the order of columns.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.differences.iter().all(is_column_order)
    }
}

/// At which version rows the scripts build the schema of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// All that have the schema of the database, in the order in which they were reached. Several, where revisions
    /// change no more than rows.
    pub matches: Vec<Candidate>,
    /// The last of those with the fewest differences.
    pub nearest: Candidate,
    /// The revision at which the replay ended because it does not go up.
    pub stopped_at: Option<RevisionId>,
}

/// Finds the revisions whose schema is `actual`, which is within the scope of `config` and has its dependencies. Where
/// none of the scripts' own revisions has it, the originals of baselines are tried, as far as the backup has them.
///
/// # Errors
/// [`ScratchError`] where there is no scratch database.
pub fn detect(
    scripts: &ScriptDirectory,
    actual: &Catalog,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Detection, ScratchError> {
    let detection = detect_in(scripts, actual, config, like, observer)?;
    if !detection.matches.is_empty() {
        return Ok(detection);
    }
    let Some(originals) = with_all_originals(scripts) else { return Ok(detection) };
    let among_originals = detect_in(&originals, actual, config, like, observer)?;
    let is_nearer = among_originals.nearest.differences.len() < detection.nearest.differences.len();
    Ok(if is_nearer || !among_originals.matches.is_empty() { among_originals } else { detection })
}

/// Replays all revisions once and puts what stands after each beside `actual`. Where none of them has its schema, it is
/// looked for among the sets of revisions that the one order of a replay does not pass through, by what each revision
/// changes.
fn detect_in(
    scripts: &ScriptDirectory,
    actual: &Catalog,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Detection, ScratchError> {
    let graph = scripts.graph();
    let options = scratch::options(config);
    let place = Place { scripts, config, like, options: &options, describing: Describing::Changes };
    let scope = config.scope();
    let seen = |stage: &Stage<'_>| stage.schema().clone().within(&scope);
    let mut stage = place.stage(observer)?;
    stage.look(&mut [])?;
    let mut last = seen(&stage);
    let mut composition = Composition::new(graph, &last);
    let mut reached = Reached::beginning_with(Sighting::new(Vec::new(), &last, actual));
    let mut stopped_at = None;
    for node in graph.in_order() {
        observer.control().check()?;
        observer.started(graph.id(*node));
        if stage.up(*node).is_err() {
            observer.control().check()?;
            stopped_at = Some(graph.id(*node).clone());
            break;
        }
        stage.look(&mut [])?;
        last = seen(&stage);
        composition.add(*node, &last);
        reached.add(Sighting::new(stage.rows().to_vec(), &last, actual));
        observer.passed();
    }
    // There may be only one scratch database, and what follows needs it.
    drop(stage);
    let mut settling = Settling { actual, config, like, settled: None };
    let mut detection = reached.settle(&mut settling, observer)?;
    detection.stopped_at = stopped_at;
    if detection.matches.is_empty() {
        // Spelled as the scripts spell it, in the end.
        let spelled = settle(&last, actual, config, Some(like), observer)?.right;
        let (applied, built) = composition.marks_on(&spelled);
        let heads = graph.ids(&graph.effective(&applied.iter().collect::<Vec<_>>()));
        let mut composed = Candidate { heads, differences: differences(&built, &spelled) };
        // The order of columns is not known of what was put together.
        composed.differences.retain(|difference| !is_column_order(difference));
        detection.add(composed);
    }
    Ok(detection)
}

/// From what is expected to what is there, without what another migrator keeps.
fn differences(expected: &Catalog, actual: &Catalog) -> Vec<Difference> {
    let mut differences = compare(expected, actual, &CompareOptions::default());
    differences.retain(|difference| !difference.is_bookkeeping_of_another_migrator());
    differences
}

/// A candidate of which it is not known yet what is only spelled otherwise.
struct Sighting {
    candidate: Candidate,
    /// The objects whose texts differ, as the scripts make them.
    spelled: Catalog,
}

impl Sighting {
    fn new(heads: Vec<RevisionId>, expected: &Catalog, actual: &Catalog) -> Self {
        let candidate = Candidate { heads, differences: differences(expected, actual) };
        let mut spelled = Catalog::empty(expected.dialect);
        for name in Respelling::between(expected, actual).pending() {
            let object = expected.objects.get(&name).cloned();
            spelled.objects.extend(object.map(|object| (name, object)));
        }
        Self { candidate, spelled }
    }

    /// How many differences there are at least.
    fn certain(&self) -> usize {
        let is_certain = |one: &&Difference| !is_column_order(one) && !self.is_spelled(one);
        self.candidate.differences.iter().filter(is_certain).count()
    }

    /// Whether it is one of an object whose texts differ, or of a column of one.
    fn is_spelled(&self, difference: &Difference) -> bool {
        let name = &difference.object;
        let relation = self.spelled.relation_of(name).filter(|_| name.kind == ObjectKind::Column);
        self.spelled.objects.contains_key(name) || relation.is_some()
    }
}

/// What a replay has passed through.
struct Reached {
    /// Those that may match.
    possible: Vec<Sighting>,
    nearest: Sighting,
}

impl Reached {
    fn beginning_with(sighting: Sighting) -> Self {
        let nearest = Sighting { candidate: sighting.candidate.clone(), spelled: sighting.spelled.clone() };
        let possible = if sighting.certain() == 0 { vec![sighting] } else { Vec::new() };
        Self { possible, nearest }
    }

    fn add(&mut self, sighting: Sighting) {
        if sighting.certain() == 0 {
            self.possible.push(sighting);
        } else if sighting.certain() <= self.nearest.certain() {
            self.nearest = sighting;
        }
    }

    fn settle(
        self,
        settling: &mut Settling<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Detection, ScratchError> {
        let nearest = settling.candidate(self.nearest, observer)?;
        let mut detection = Detection { matches: Vec::new(), nearest, stopped_at: None };
        for sighting in self.possible {
            detection.add(settling.candidate(sighting, observer)?);
        }
        Ok(detection)
    }
}

/// Where texts are brought to one spelling.
struct Settling<'d> {
    actual: &'d Catalog,
    config: &'d Config,
    like: &'d DatabaseUrl,
    /// What was settled last, and what then still differs. Revisions that change rows alone leave the same.
    settled: Option<(Catalog, Vec<Difference>)>,
}

impl Settling<'_> {
    fn candidate(
        &mut self,
        sighting: Sighting,
        observer: &mut dyn Observer,
    ) -> Result<Candidate, ScratchError> {
        if sighting.spelled.objects.is_empty() {
            return Ok(sighting.candidate);
        }
        let mut differences = sighting.candidate.differences.clone();
        differences.retain(|one| !sighting.is_spelled(one));
        let known = self.settled.take().filter(|(before, _)| *before == sighting.spelled);
        let of_spelled = match known {
            Some((_, differences)) => differences,
            None => self.differences(&sighting.spelled, observer)?,
        };
        differences.extend(of_spelled.iter().cloned());
        differences.sort_by(|one, other| one.object.cmp(&other.object));
        self.settled = Some((sighting.spelled, of_spelled));
        Ok(Candidate { heads: sighting.candidate.heads, differences })
    }

    /// What sets these objects of a candidate apart from the database's, once both are spelled alike.
    fn differences(
        &self,
        spelled: &Catalog,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Difference>, ScratchError> {
        let settled = settle(spelled, self.actual, self.config, Some(self.like), observer)?;
        let (mut left, mut right) = (spelled.clone(), Catalog::empty(spelled.dialect));
        for name in spelled.objects.keys() {
            // A part is compared where both sides have its table.
            let relation = self.actual.relation_of(name).filter(|(one, _)| !left.objects.contains_key(*one));
            if let Some((relation, object)) = relation {
                left.objects.insert(relation.clone(), object.clone());
                right.objects.insert(relation.clone(), object.clone());
            }
            let object = settled.right.objects.get(name).cloned();
            right.objects.extend(object.map(|object| (name.clone(), object)));
        }
        Ok(differences(&left, &right))
    }
}

impl Detection {
    fn add(&mut self, candidate: Candidate) {
        if candidate.differences.len() <= self.nearest.differences.len() {
            self.nearest = candidate.clone();
        }
        if candidate.matches() {
            self.matches.push(candidate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, Definition, Object, ObjectName, Table, View};
    use crate::sql::Dialect;

    /// Tables of columns as `NAME COLUMN…`, a column with `=TEXT` having that default, and views as `NAME:QUERY`.
    fn schema(objects: &[&str]) -> Catalog {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        for text in objects {
            let named = |kind, name| ObjectName::new(kind, Some("s"), name);
            if let Some((name, query)) = text.split_once(':') {
                let view = View { definition: query.to_owned(), ..View::default() };
                let view = Object::new(Definition::View(view));
                catalog.objects.insert(named(ObjectKind::View, name), view);
                continue;
            }
            let mut words = text.split(' ');
            let name = named(ObjectKind::Table, words.next().unwrap_or_default());
            let columns = words.map(|word| {
                let (name, default) = word.split_once('=').unwrap_or((word, ""));
                let default = (!default.is_empty()).then(|| default.to_owned());
                Column { name: name.to_owned(), default, ..Column::default() }
            });
            let table = Table { columns: columns.collect(), ..Table::default() };
            catalog.objects.insert(name, Object::new(Definition::Table(Box::new(table))));
        }
        catalog
    }

    fn sighting(head: &str, expected: &[&str], actual: &[&str]) -> Sighting {
        Sighting::new(vec![RevisionId::recorded(head)], &schema(expected), &schema(actual))
    }

    #[test]
    fn certain_is_what_no_spelling_and_no_order_of_columns_explains() {
        let certain = |expected: &[&str], actual: &[&str]| sighting("a", expected, actual).certain();
        assert_eq!(certain(&["t x y"], &["t x y"]), 0);
        assert_eq!(certain(&["t x y"], &["t y x"]), 0, "the order of columns");
        assert_eq!(certain(&["v:SELECT (1)"], &["v:SELECT 1"]), 0, "perhaps only spelled otherwise");
        assert_eq!(certain(&["t x=(1)"], &["t x=1"]), 0, "of a column, too");
        assert_eq!(certain(&["t x"], &["t x", "u y"]), 1);
        assert_eq!(certain(&["t x y", "v:SELECT (1)"], &["t x", "v:SELECT 1"]), 1);
        assert_eq!(certain(&["t x", "u y"], &[]), 2);
    }

    #[test]
    fn what_may_match_is_kept_and_of_the_others_the_last_nearest() {
        let actual = ["t x", "v:SELECT 1"];
        let mut reached = Reached::beginning_with(sighting("base", &[], &actual));
        assert!(reached.possible.is_empty());
        reached.add(sighting("a", &["t x"], &actual));
        reached.add(sighting("b", &["t x", "v:SELECT (1)"], &actual));
        reached.add(sighting("c", &["t x", "v:SELECT 1", "w y"], &actual));
        reached.add(sighting("d", &["w y"], &actual));
        let heads = |sighting: &Sighting| sighting.candidate.heads.first().map(ToString::to_string);
        assert_eq!(reached.possible.iter().map(heads).collect::<Vec<_>>(), [Some("b".to_owned())]);
        assert_eq!(heads(&reached.nearest), Some("c".to_owned()));
        let alike = Reached::beginning_with(sighting("base", &actual, &actual));
        assert_eq!((alike.possible.len(), heads(&alike.nearest)), (1, Some("base".to_owned())));
    }

    #[test]
    fn a_match_is_the_nearest_too() {
        let candidate = |head: &str, expected: &[&str]| sighting(head, expected, &["t x"]).candidate;
        let nearest = candidate("base", &[]);
        let mut detection = Detection { matches: Vec::new(), nearest, stopped_at: None };
        detection.add(candidate("far", &["u x", "w x"]));
        assert_eq!(detection.nearest, candidate("base", &[]));
        detection.add(candidate("a", &["t x"]));
        detection.add(candidate("b", &["t x"]));
        assert_eq!(detection.nearest, candidate("b", &["t x"]), "the last of those");
        assert_eq!(detection.matches, [candidate("a", &["t x"]), candidate("b", &["t x"])]);
    }
}
