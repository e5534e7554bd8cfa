//! The screen's buffers in this process' memory.
#![allow(unsafe_code)] // mapping a dma-buf, and the call that keeps the processor's view of it coherent

use std::ffi::c_void;
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::unistd::{Whence, lseek64};

/// How many buffers stay mapped. Mapping anew costs a page fault for every 4 KiB; compositors draw into two to four
/// buffers in turn, and the cursor has its own.
const MAX_MAPPINGS: usize = 8;

/// After how many frames a buffer that was not seen again is let go, so that a mode left behind gives its memory back.
const UNSEEN_FRAMES: u64 = 120;

/// The largest buffer that is mapped.
const MAX_BUFFER: usize = 1 << 30;

/// The buffers that were seen lately.
#[derive(Default)]
pub(super) struct Mappings {
    known: Vec<Mapping>,
    frame: u64,
}

/// One buffer, mapped for reading.
pub(super) struct Mapping {
    start: NonNull<c_void>,
    length: NonZeroUsize,
    buffer: OwnedFd,
    inode: u64,
    seen: u64,
    reading: bool,
}

// SAFETY: the mapping belongs to this value alone, is only read, and is not tied to the thread that made it.
unsafe impl Send for Mapping {}

impl Mappings {
    /// Starts a frame: reads of the previous one end, and buffers out of use are let go.
    pub(super) fn begin_frame(&mut self) {
        self.frame += 1;
        let oldest = self.frame.saturating_sub(UNSEEN_FRAMES);
        self.known.iter_mut().for_each(Mapping::end_reading);
        self.known.retain(|mapping| mapping.seen >= oldest);
    }

    /// The place among the known buffers of one that came from the broker, ready to be read until the next frame.
    pub(super) fn read(&mut self, buffer: OwnedFd) -> io::Result<usize> {
        // A dma-buf keeps its inode as long as anyone holds it, and a mapping holds it: equal numbers, same buffer.
        let inode = nix::sys::stat::fstat(&buffer)?.st_ino;
        let index = if let Some(index) = self.known.iter().position(|mapping| mapping.inode == inode) {
            index
        } else {
            self.place(Mapping::new(buffer, inode)?)
        };
        let mapping = &mut self.known[index];
        mapping.seen = self.frame;
        mapping.begin_reading()?;
        Ok(index)
    }

    /// Keeps a mapping, in the place of the one unseen for longest when there are too many. Places of the others hold.
    fn place(&mut self, mapping: Mapping) -> usize {
        if self.known.len() < MAX_MAPPINGS {
            self.known.push(mapping);
            return self.known.len() - 1;
        }
        let oldest = self.known.iter().enumerate().min_by_key(|(_, mapping)| mapping.seen);
        let index = oldest.map_or(0, |(index, _)| index);
        self.known[index] = mapping;
        index
    }

    /// The bytes of a buffer that [`Mappings::read`] has named in this frame.
    pub(super) fn bytes(&self, index: usize) -> &[u8] {
        self.known.get(index).map_or(&[], Mapping::bytes)
    }

    /// Lets everything go.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}

impl Mapping {
    fn new(buffer: OwnedFd, inode: u64) -> io::Result<Self> {
        let length = usize::try_from(lseek64(&buffer, 0, Whence::SeekEnd)?).unwrap_or(usize::MAX);
        let length = NonZeroUsize::new(length).filter(|length| length.get() <= MAX_BUFFER);
        let length = length.ok_or(io::ErrorKind::InvalidData)?;
        // SAFETY: a new mapping of `length` bytes at an address of the kernel's choice touches no memory of ours.
        let start = unsafe { mmap(None, length, ProtFlags::PROT_READ, MapFlags::MAP_SHARED, &buffer, 0)? };
        Ok(Self { start, length, buffer, inode, seen: 0, reading: false })
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: `start` and `length` are a live mapping that is unmapped only in `drop`. Whoever draws may write to
        // it at the same time; the bytes are only ever taken as pixel values, never as lengths or indices, so that a
        // torn picture is the worst that can come of it.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast(), self.length.get()) }
    }

    fn begin_reading(&mut self) -> io::Result<()> {
        if !self.reading {
            sync(self.buffer.as_fd(), SYNC_READ)?;
            self.reading = true;
        }
        Ok(())
    }

    fn end_reading(&mut self) {
        if std::mem::take(&mut self.reading) {
            // Nothing was written, so that nothing is lost should the driver object.
            let _ = sync(self.buffer.as_fd(), SYNC_READ | SYNC_END);
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.end_reading();
        // SAFETY: the mapping was made in `new`, and no slice of it outlives `self`.
        let _ = unsafe { munmap(self.start, self.length.get()) };
    }
}

/// `DMA_BUF_SYNC_READ`
const SYNC_READ: u64 = 1;
/// `DMA_BUF_SYNC_END`
const SYNC_END: u64 = 4;

#[repr(C)]
struct Sync {
    flags: u64,
}

nix::ioctl_write_ptr!(dma_buf_sync, b'b', 0, Sync);

/// Waits for whoever draws into the buffer and makes its contents visible to the processor, or ends that.
fn sync(buffer: BorrowedFd<'_>, flags: u64) -> io::Result<()> {
    let request = Sync { flags };
    loop {
        // SAFETY: the argument has the layout of the kernel's `struct dma_buf_sync` and lives through the call.
        match unsafe { dma_buf_sync(buffer.as_raw_fd(), &raw const request) } {
            Err(nix::errno::Errno::EINTR | nix::errno::Errno::EAGAIN) => {}
            // ENOTTY: not a dma-buf, but memory that is coherent by nature.
            Ok(_) | Err(nix::errno::Errno::ENOTTY) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
