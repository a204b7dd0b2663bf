//! Work on many small files, shared between threads.

use std::num::NonZero;
use std::thread;

/// From how many items on a thread more is worth starting.
const WORTH_A_THREAD: usize = 256;

/// Puts every chunk of `items` through `work`, where there are many items each chunk in a thread of its own and the
/// first in the caller's, and returns what the chunks gave, in their order. A panic in a thread goes on in the caller.
pub fn map_chunks<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let threads = items.len() / WORTH_A_THREAD;
    // Asking for the number of cores takes as long as reading some files.
    let threads = if threads < 2 { 1 } else { threads.min(cores()) };
    if threads < 2 {
        return vec![work(items)];
    }
    let work = &work;
    thread::scope(|scope| {
        let mut chunks = items.chunks(items.len().div_ceil(threads));
        let first = chunks.next();
        let workers: Vec<_> = chunks.map(|chunk| scope.spawn(move || work(chunk))).collect();
        let mut results: Vec<R> = first.map(work).into_iter().collect();
        let others = workers.into_iter().map(|worker| worker.join());
        results.extend(others.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
        results
    })
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_comes_once_and_in_order() {
        for length in [0, 1, 255, 512, 1000, 10_001] {
            let items: Vec<usize> = (0..length).collect();
            let doubled = map_chunks(&items, |chunk| chunk.iter().map(|item| item * 2).collect::<Vec<_>>());
            assert_eq!(doubled.concat(), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
