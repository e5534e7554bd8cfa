use nix::time::{ClockId, clock_gettime};

/// CPU time of this thread, in ns.
pub(crate) fn cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
    time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64
}

/// One thing measured many times.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    ns: Vec<f64>,
}

impl Sample {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, ns: Vec::new() }
    }

    /// So much time was spent on so many.
    pub(crate) fn add(&mut self, ns: u64, count: usize) {
        self.ns.push(ns as f64 / count as f64);
    }

    /// What it costs when nobody disturbs: the bounds are made of these.
    pub(crate) fn quiet(&mut self) -> f64 {
        self.at(0.1)
    }

    pub(crate) fn median(&mut self) -> f64 {
        self.at(0.5)
    }

    pub(crate) fn p99(&mut self) -> f64 {
        self.at(0.99)
    }

    /// What so large a part stays below.
    pub(crate) fn at(&mut self, part: f64) -> f64 {
        self.ns.sort_by(f64::total_cmp);
        self.ns[((self.ns.len() - 1) as f64 * part) as usize]
    }
}
