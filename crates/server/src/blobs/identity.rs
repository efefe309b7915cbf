//! The identity file: which storage the files belong to, and how far it has come.

use std::fmt;
use std::str::FromStr;

use crate::id::StorageId;

/// What is in the file `identity` beside originals and banners. The database has the same in its row of the pair, so that
/// each is known to belong to the other, and it shows when one of them is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) storage: StorageId,
    pub(crate) generation: u64,
}

const NOTE: &str = "# masthead knows its files by this one, and writes none where it is missing: leave it where it is";

/// Text, for people who look into the folder.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NOTE}\nstorage {}\ngeneration {}\n", self.storage, self.generation)
    }
}

impl FromStr for Identity {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let storage = field("storage").and_then(|id| id.parse().ok());
        let generation = field("generation").and_then(|generation| generation.parse().ok());
        match (storage, generation) {
            (Some(storage), Some(generation)) => Ok(Self { storage, generation }),
            _ => Err("is not an identity file of masthead"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let identity = Identity { storage: StorageId::random(), generation: 17 };
        assert_eq!(identity.to_string().parse(), Ok(identity));
        for broken in ["", "storage x\ngeneration 1\n", "generation 1\n", "storage 00\n", &identity.to_string()[..120]]
        {
            assert!(broken.parse::<Identity>().is_err(), "{broken}");
        }
    }
}
