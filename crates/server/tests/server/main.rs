//! The server as clients meet it, and what every implementation of its store has to do.

mod api;
mod full_disk;
mod simd;
mod storage;
mod store;
