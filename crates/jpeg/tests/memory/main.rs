//! Encoding and decoding take what they say they will. One test alone in its process: it counts every allocation.

mod decode;
mod encode;

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

#[test]
fn estimates_are_never_too_low() {
    encode::the_estimate_is_never_too_low();
    decode::the_estimate_is_never_too_low();
    decode::many_scans_of_a_wide_picture_take_less_than_a_megabyte();
}

/// What `work` gives, and how many more bytes than before were allocated at its peak.
fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage();
    let result = work();
    (result, (ALLOCATED.peak_usage() - before) as u64)
}
