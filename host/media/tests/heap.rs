//! Freed memory goes back to the system when it is told to. Alone in its process: others would change the count.
#![cfg(target_env = "gnu")]

use punktfunk_media::heap;

const BLOCK: usize = 16 << 10;
const BLOCKS: usize = 4096;
/// Of so many blocks one stays, so that the allocator cannot give the end of its heap back by itself.
const ONE_OF: usize = 64;

/// Memory of this process that is no file's, in bytes.
fn anonymous() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("RssAnon is told");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number of kB") << 10
}

#[test]
fn freed_memory_is_given_back() {
    heap::keep_few_arenas();
    let before = anonymous();
    let mut blocks: Vec<_> = (0..BLOCKS).map(|n| Some(vec![n as u8 | 1; BLOCK])).collect();
    for (n, block) in blocks.iter_mut().enumerate() {
        if n % ONE_OF != 0 {
            *block = None;
        }
    }
    let kept = anonymous() - before;
    assert!(kept > BLOCKS * BLOCK / 2, "the allocator kept only {kept} bytes by itself: nothing is shown");
    heap::give_back();
    let kept = anonymous() - before;
    assert!(kept < BLOCKS * BLOCK / 8, "{kept} bytes are still there");
    assert_eq!(blocks.iter().flatten().count(), BLOCKS / ONE_OF);
}
