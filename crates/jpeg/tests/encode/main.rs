//! What the encoder writes, as others read it.

mod read_back;
mod stored;
