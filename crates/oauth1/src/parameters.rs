//! All parameters of a request, and the few among them that OAuth itself reads.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::encoding::{bytes, compare, decode};
use crate::{Error, Place, Plus};

/// The most parameters that a request may have, in all places together: they are sorted.
pub const MAX_PARAMETERS: usize = 1000;

/// The most bytes that an OAuth parameter may have, as it was sent: nonces are kept, keys are looked up.
pub const MAX_VALUE: usize = 1024;

/// A name and a value as they were sent.
#[derive(Clone, Copy)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) plus: Plus,
}

impl Parameter<'_> {
    /// The order in the base string: by encoded name, then by encoded value.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        compare((self.name, self.plus), (other.name, other.plus))
            .then_with(|| compare((self.value, self.plus), (other.value, other.plus)))
    }
}

/// The OAuth parameters that are read here. Others that start with `oauth_` are parameters like any.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    ConsumerKey,
    Token,
    SignatureMethod,
    Signature,
    Timestamp,
    Nonce,
    Version,
    BodyHash,
}

const FIELDS: [Field; 8] = [
    Field::ConsumerKey,
    Field::Token,
    Field::SignatureMethod,
    Field::Signature,
    Field::Timestamp,
    Field::Nonce,
    Field::Version,
    Field::BodyHash,
];

impl Field {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ConsumerKey => "oauth_consumer_key",
            Self::Token => "oauth_token",
            Self::SignatureMethod => "oauth_signature_method",
            Self::Signature => "oauth_signature",
            Self::Timestamp => "oauth_timestamp",
            Self::Nonce => "oauth_nonce",
            Self::Version => "oauth_version",
            Self::BodyHash => "oauth_body_hash",
        }
    }

    fn of(parameter: &Parameter<'_>) -> Option<Self> {
        FIELDS.into_iter().find(|field| bytes(parameter.name, parameter.plus).eq(field.name().bytes()))
    }
}

/// The parameters of a request while they are found.
#[derive(Default)]
pub(crate) struct Parameters<'a> {
    /// All that are signed, in the order they were found.
    pub(crate) signed: Vec<Parameter<'a>>,
    fields: [Option<Parameter<'a>>; FIELDS.len()],
    place: Option<Place>,
    count: usize,
}

impl<'a> Parameters<'a> {
    pub(crate) fn add(&mut self, place: Place, name: &'a [u8], value: &'a [u8]) -> Result<(), Error> {
        self.count += 1;
        if self.count > MAX_PARAMETERS {
            return Err(Error::TooManyParameters);
        }
        let plus = if place == Place::Header { Plus::Literal } else { Plus::Space };
        let parameter = Parameter { name, value, plus };
        let field = Field::of(&parameter);
        if let Some(field) = field {
            let first = *self.place.get_or_insert(place);
            if first != place {
                return Err(Error::TwoPlaces { first, second: place });
            }
            let name = field.name();
            if value.len() > MAX_VALUE {
                return Err(Error::TooLong { name, bytes: value.len() });
            }
            if self.fields[field as usize].replace(parameter).is_some() {
                return Err(Error::Repeated { name });
            }
        }
        if field != Some(Field::Signature) {
            self.signed.push(parameter);
        }
        Ok(())
    }

    /// Whether any OAuth parameter was found.
    pub(crate) fn any(&self) -> bool {
        self.place.is_some()
    }

    /// What an OAuth parameter stands for; `None` when it is not there or empty.
    pub(crate) fn value(&self, field: Field) -> Option<Cow<'a, [u8]>> {
        self.fields[field as usize].map(|found| decode(found.value, found.plus)).filter(|value| !value.is_empty())
    }

    pub(crate) fn required(&self, field: Field) -> Result<Cow<'a, [u8]>, Error> {
        self.value(field).ok_or(Error::Absent { name: field.name() })
    }
}
