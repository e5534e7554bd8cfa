/// Sealed datagrams of one size, one behind the other in one buffer that is used again and again: what a
/// kernel with segmentation offload takes as it is.
#[derive(Debug, Default)]
pub struct DatagramBatch {
    /// Only grows; what is valid is said by the other two.
    buffer: Vec<u8>,
    segment: usize,
    count: usize,
}

impl DatagramBatch {
    /// The most bytes one UDP send can carry, segmented or not.
    pub const MAX_SEND_BYTES: usize = 65_507;
    /// The most segments one UDP send can carry on Linux.
    pub const MAX_SEND_SEGMENTS: usize = 64;

    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All datagrams, one behind the other.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.segment * self.count]
    }

    /// Bytes of each datagram.
    #[must_use]
    pub fn segment_size(&self) -> usize {
        self.segment
    }

    /// How many datagrams.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Some of the datagrams, one behind the other.
    ///
    /// # Panics
    /// If the range reaches beyond [`DatagramBatch::count`].
    #[must_use]
    pub fn range(&self, range: std::ops::Range<usize>) -> &[u8] {
        &self.bytes()[range.start * self.segment..range.end * self.segment]
    }

    /// How many datagrams fit into one segmented send.
    #[must_use]
    pub fn segments_per_send(&self) -> usize {
        (Self::MAX_SEND_BYTES / self.segment.max(1)).clamp(1, Self::MAX_SEND_SEGMENTS)
    }

    /// The datagrams in pieces that fit into one segmented send each.
    pub fn sends(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes().chunks((self.segments_per_send() * self.segment).max(1))
    }

    /// Makes room for `count` datagrams of `segment` bytes. Their content is left over from before.
    pub(super) fn reset(&mut self, segment: usize, count: usize) {
        let bytes = segment * count;
        if self.buffer.len() < bytes {
            self.buffer.resize(bytes, 0);
        }
        self.segment = segment;
        self.count = count;
    }

    pub(super) fn slot(&mut self, index: usize) -> &mut [u8] {
        let at = index * self.segment;
        &mut self.buffer[at..at + self.segment]
    }
}
