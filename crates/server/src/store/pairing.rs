//! What ties a database to the files beside it.

use crate::id::StorageId;

/// Which files a database belongs to, and how new it is. The files carry the same, so that one is not taken for the partner of
/// another that was restored, moved or left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// The name of both together.
    pub storage: StorageId,
    /// Rises with each start, end and backup.
    pub generation: u64,
    /// Whether the files are known to have this generation too.
    pub confirmed: bool,
}
