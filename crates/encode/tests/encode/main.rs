//! What is encoded, and what is refused.

mod jpeg;
mod png;
