//! How a run ends.

/// How a run ended.
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// Something failed, and a line on standard error said so.
    Failed,
    /// The command line is wrong in a way that clap cannot see.
    Usage(String),
}
