/// Counts how many datagrams of each 750 ms window did not come (punktfunk/1 §2.8), by their sequence
/// numbers.
#[derive(Debug, Clone, Default)]
pub struct LossMeter {
    window: Option<Window>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_ns: u64,
    /// The first sequence number that belongs to it.
    first: u64,
    /// One above the highest that came.
    next: u64,
    received: u64,
    probed: bool,
}

impl LossMeter {
    /// How long a window is, in ns.
    pub const WINDOW_NS: u64 = 750_000_000;

    /// A meter that starts with the first datagram.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A genuine datagram with this sequence number came. One that comes a window late makes up for the loss
    /// that it was counted as.
    pub fn received(&mut self, now_ns: u64, seq: u64) {
        let ends_ns = now_ns.saturating_add(Self::WINDOW_NS);
        let window =
            self.window.get_or_insert(Window { ends_ns, first: 0, next: 0, received: 0, probed: false });
        window.next = window.next.max(seq + 1);
        window.received += 1;
    }

    /// This window carried filler of a speed probe. Its losses are the probe's and are not reported.
    pub fn probed(&mut self) {
        if let Some(window) = &mut self.window {
            window.probed = true;
        }
    }

    /// The loss of a window that has ended, in parts per million. A window in which nothing came and one that
    /// was probed say nothing.
    pub fn poll(&mut self, now_ns: u64) -> Option<u32> {
        let window = self.window.as_mut().filter(|window| now_ns >= window.ends_ns)?;
        let expected = window.next - window.first;
        let lost = expected.saturating_sub(window.received);
        let says = expected > 0 && !window.probed;
        *window = Window {
            ends_ns: now_ns.saturating_add(Self::WINDOW_NS),
            first: window.next,
            received: 0,
            probed: false,
            ..*window
        };
        says.then(|| (u128::from(lost) * 1_000_000 / u128::from(expected)) as u32)
    }

    /// When the window ends.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        self.window.map(|window| window.ends_ns)
    }
}
