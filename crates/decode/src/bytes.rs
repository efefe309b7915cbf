//! The bytes of a file, shared by whoever reads them: the only file that knows `bytes`.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;

/// The bytes of a file, shared: a clone costs a counter, and none of them borrows.
///
/// What is owned already is taken as it is: `Vec<u8>`, `Box<[u8]>`, `Arc<[u8]>`, and with [`FileBytes::from_owner`]
/// anything else that holds bytes. What is borrowed (`&[u8]`, `&Vec<u8>`, `&[u8; N]`) is copied.
///
/// ```
/// use std::sync::Arc;
/// use masthead_decode::FileBytes;
///
/// let file: Arc<[u8]> = Arc::from(*b"\xFF\xD8\xFF");
/// let shared = FileBytes::from(Arc::clone(&file));
/// assert!(std::ptr::eq(&*shared, &*file), "the same bytes, not a copy of them");
/// assert!(std::ptr::eq(&*shared.clone(), &*file));
/// ```
#[derive(Clone)]
pub struct FileBytes(Bytes);

impl FileBytes {
    /// The bytes of an owner of any type, such as a `bytes::Bytes` or a memory map. They are not copied; the owner is
    /// dropped with the last clone.
    ///
    /// ```
    /// use masthead_decode::FileBytes;
    ///
    /// let text = String::from("<svg>");
    /// let address = text.as_ptr();
    /// assert_eq!(FileBytes::from_owner(text).as_ptr(), address);
    /// ```
    #[must_use]
    pub fn from_owner(owner: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self(Bytes::from_owner(owner))
    }
}

impl Deref for FileBytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for FileBytes {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for FileBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<Box<[u8]>> for FileBytes {
    fn from(bytes: Box<[u8]>) -> Self {
        Self(bytes.into())
    }
}

impl From<Arc<[u8]>> for FileBytes {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::from_owner(bytes)
    }
}

impl From<&[u8]> for FileBytes {
    /// A copy.
    fn from(bytes: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(bytes))
    }
}

impl From<&Vec<u8>> for FileBytes {
    /// A copy.
    fn from(bytes: &Vec<u8>) -> Self {
        bytes.as_slice().into()
    }
}

impl<const LENGTH: usize> From<&[u8; LENGTH]> for FileBytes {
    /// A copy.
    fn from(bytes: &[u8; LENGTH]) -> Self {
        bytes.as_slice().into()
    }
}

impl fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileBytes({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owned_is_shared_and_what_is_borrowed_is_copied() {
        let list = vec![1, 2, 3, 4, 5];
        let address = list.as_ptr();
        let copy = FileBytes::from(&list);
        assert!(*copy == *list && copy.as_ptr() != address);
        let shared = FileBytes::from(list);
        assert_eq!(shared.as_ptr(), address);
        let boxed: Box<[u8]> = Box::from(*b"abc");
        let address = boxed.as_ptr();
        assert_eq!(FileBytes::from(boxed).as_ptr(), address);

        let clone = shared.clone();
        drop(shared);
        assert_eq!(*clone, [1, 2, 3, 4, 5], "a clone keeps them alive");
    }
}
