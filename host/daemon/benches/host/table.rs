//! Figures against their bounds.

/// What a figure counts.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// Milliseconds.
    Ms,
    /// Binary megabytes.
    MiB,
}

/// One figure and its bound.
pub(crate) struct Row {
    what: &'static str,
    unit: Unit,
    median: f64,
    worst: f64,
    bound: f64,
}

impl Row {
    /// `measured` is the median and what the bound holds for: the 99th percentile, or the most.
    pub(crate) fn new(what: &'static str, unit: Unit, measured: (f64, f64), bound: f64) -> Self {
        Self { what, unit, median: measured.0, worst: measured.1, bound }
    }

    /// Not below its bound, or not measured at all.
    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.worst.partial_cmp(&self.bound), Some(std::cmp::Ordering::Less))
    }
}

/// Prints one line for each.
pub(crate) fn print(rows: &[Row]) {
    println!("\n{:34} {:>9} {:>9} {:>9} {:>8}", "", "median", "p99/most", "bound", "of bound");
    for row in rows {
        let Row { what, median, worst, bound, .. } = row;
        let unit = match row.unit {
            Unit::Ms => "ms",
            Unit::MiB => "MiB",
        };
        let verdict = if row.is_over() { "OVER" } else { "ok" };
        let share = worst / bound * 100.0;
        println!("{what:34} {median:9.2} {worst:9.2} {bound:9.0} {share:6.0} %  {verdict:4}  {unit}");
    }
}
