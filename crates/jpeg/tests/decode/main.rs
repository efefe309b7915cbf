//! What the decoder makes of files, held against libjpeg-turbo's planes, which are the same bit for bit; and windows against the
//! whole picture.
//!
//! Without libjpeg-turbo, the tests that need it say so, and compare nothing.

mod decoded;
mod generated;
mod photographs;
mod sent_again;
mod variants;
mod windows;
