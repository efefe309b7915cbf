//! Uploads on their way in, and the banners they become.

use masthead::Rect;

use super::account::Authority;
use crate::id::{UploadId, UserId, Version};

/// An upload to be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    /// Its name.
    pub id: UploadId,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 over the bytes, the region and the settings: uploads of the same digest give the same banner.
    pub digest: [u8; 32],
    /// The region, in pixels of the displayed image, proven to lie inside it.
    pub region: Rect,
    /// What its request was authenticated with, to be checked once more. `None`: it is not checked, as the store does not know
    /// the user.
    pub authority: Option<Authority>,
}

/// What became of an upload that was to be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is a job now.
    Queued(Version),
    /// It is the current banner already.
    Current(Version),
    /// There are too many jobs.
    Full,
    /// Its request would not be let in any more.
    Revoked(Revoked),
}

/// Why an [`Authority`] does not stand any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The user is removed, or has another token.
    Token,
    /// The user is suspended.
    Suspended,
    /// The application may not change anything.
    ReadOnly,
}

/// An upload that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub id: UploadId,
    /// Its version.
    pub version: Version,
    /// How far it is.
    pub state: UploadState,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Its job is not done.
    Processing,
    /// It became the banner, and may have been superseded since.
    Ready,
    /// It could not be made into a banner.
    Failed(Failure),
    /// It was overtaken by a later upload or by a removal before it was done.
    Discarded,
}

/// Why an upload failed, as the client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status that the upload itself would have been answered with.
    pub status: u16,
    /// The code in the body.
    pub code: u16,
    /// The message in the body.
    pub message: String,
}

/// A user's current banner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// The upload it was made of.
    pub upload: UploadId,
    /// Its version.
    pub version: Version,
    /// As [`NewUpload::digest`].
    pub digest: [u8; 32],
    /// Its variants, in the order in which they were made.
    pub variants: Vec<Variant>,
}

/// One variant of a banner. All variants of a banner lie one after the other in one file of the blob store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name, such as `1500x500`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Such as `image/jpeg`.
    pub content_type: String,
    /// Where it starts in that file.
    pub start: u64,
    /// Its length.
    pub bytes: u64,
}

/// What the files of an upload should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// The upload.
    pub upload: UploadId,
    /// Whose it is.
    pub user: UserId,
    /// Its version.
    pub version: Version,
    /// How far it is.
    pub state: UploadState,
    /// Whether its original is needed: it is not processed yet.
    pub original: bool,
    /// The length of its banner's file, where it became a banner.
    pub banner: Option<u64>,
}
