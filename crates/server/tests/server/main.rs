//! The server as clients meet it, and what every implementation of its store has to do.

mod api;
#[cfg(target_os = "linux")]
mod full_disk;
mod simd;
mod storage;
mod store;
