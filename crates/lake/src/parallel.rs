//! Work on buckets in threads, results handed over in the order of the buckets, so that results never depend on the
//! number of threads. It keeps at most one result per thread in memory.

use crate::error::{Error, Result};
use std::num::NonZeroUsize;

/// The number of threads to use when the caller does not say.
pub(crate) fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Runs `work` on every item with up to `threads` threads, and `deliver` on each result in the order of the items.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R> + Sync,
    mut deliver: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    if threads <= 1 || items.len() <= 1 {
        return items.iter().try_for_each(|item| deliver(work(item)?));
    }
    let work = &work;
    for group in items.chunks(threads) {
        let results: Vec<Result<R>> = std::thread::scope(|scope| {
            let handles: Vec<_> = group.iter().map(|item| scope.spawn(move || work(item))).collect();
            handles.into_iter().map(|handle| handle.join().unwrap_or(Err(Error::Stopped))).collect()
        });
        for result in results {
            deliver(result?)?;
        }
    }
    Ok(())
}
