//! The whole engine, from uploads to files.

mod bad_input;
mod color;
mod correctness;
mod examples;
mod jobs;
mod restarts;
mod simd;
mod support;
