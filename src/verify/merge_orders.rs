//! The parents of a merge point, applied in two orders.

use super::MergeOrders;
use super::observer::Observer;
use super::settle::settle;
use super::stage::Place;
use crate::catalog::{Catalog, CompareOptions, compare};
use crate::execute::ExecuteError;
use crate::graph::{Follow, NodeIndex, NodeSet};
use crate::scratch::ScratchError;

/// Applies the parents of a merge point as they are named, each with what it needs, and then from the last to the
/// first.
///
/// # Errors
/// [`ScratchError`] where there is no scratch database. That a parent does not go up in an order is no error.
pub(super) fn merge_orders(
    place: &Place<'_>,
    node: NodeIndex,
    observer: &mut dyn Observer,
) -> Result<MergeOrders, ScratchError> {
    let graph = place.scripts.graph();
    let parents = graph.revision(node).down_revisions.iter();
    let parents: Vec<NodeIndex> = parents.filter_map(|parent| graph.find(parent.as_str())).collect();
    let revision = graph.id(node).clone();
    let reversed: Vec<NodeIndex> = parents.iter().rev().copied().collect();
    let orders = [graph.ids(&parents), graph.ids(&reversed)];
    let mut catalogs = Vec::new();
    for (order, ids) in [parents, reversed].iter().zip(&orders) {
        match build(place, order, observer)? {
            Ok(catalog) => catalogs.push(catalog),
            Err(error) => {
                let failure = Some((ids.clone(), Box::new(error)));
                return Ok(MergeOrders { revision, orders, differences: Vec::new(), failure });
            }
        }
    }
    let mut differences = match catalogs.as_slice() {
        [first, second] => {
            // A type that is changed after a check was made has it read again.
            let settled = settle(first, second, place.config, Some(place.like), observer)?;
            compare(first, &settled.right, &CompareOptions::default())
        }
        _ => Vec::new(),
    };
    differences.retain(|difference| !place.config.ignore.covers(&difference.object));
    Ok(MergeOrders { revision, orders, differences, failure: None })
}

/// What revisions, each with what it needs, build one after the other.
fn build(
    place: &Place<'_>,
    order: &[NodeIndex],
    observer: &mut dyn Observer,
) -> Result<Result<Catalog, ExecuteError>, ScratchError> {
    let graph = place.scripts.graph();
    let mut stage = place.stage(observer)?;
    let mut applied = NodeSet::with_capacity(graph.len());
    for tip in order {
        let mut needed = graph.ancestors([*tip], Follow::ParentsAndDependencies);
        needed.subtract(&applied);
        for node in graph.sorted(&needed) {
            observer.control().check()?;
            if let Err(error) = stage.up(node) {
                observer.control().check()?;
                return Ok(Err(error));
            }
        }
        applied.union_with(&needed);
    }
    Ok(Ok(stage.database.catalog()?))
}
