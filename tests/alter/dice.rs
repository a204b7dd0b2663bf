//! Chance from a seed.

/// Numbers from a seed: SplitMix64, after <https://prng.di.unimi.it/splitmix64.c>.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `sides`.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(sides.max(1)).expect("it fits")).expect("it fits")
    }

    /// Once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    pub(super) fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.roll(list.len())]
    }
}

/// The seeds to run: those of `REVGRAPH_ALTER_SEEDS`, as `1000..50000`, or else these few and those that have found
/// something.
pub(super) fn seeds(few: std::ops::Range<u64>, remembered: &[u64]) -> Vec<u64> {
    let given = std::env::var("REVGRAPH_ALTER_SEEDS").ok();
    let range = given.and_then(|text| {
        let (from, to) = text.split_once("..")?;
        Some(from.parse().ok()?..to.parse().ok()?)
    });
    range.map_or_else(|| few.chain(remembered.iter().copied()).collect(), Iterator::collect)
}
