//! Randomness that nobody can guess.

/// Random bytes of the operating system.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The systems we run on can refuse only before they have started up.
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
}
