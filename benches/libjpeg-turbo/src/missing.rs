//! In place of the calls where there is no libjpeg-turbo: everything is an error.

use crate::Error;
use crate::layout::{Picture, Scan};

fn missing() -> Error {
    Error("libjpeg-turbo is missing here".to_owned())
}

pub(crate) enum Reader {}

impl Reader {
    pub(crate) fn open(_: &[u8]) -> Result<Self, Error> {
        Err(missing())
    }

    pub(crate) fn picture(&self) -> &Picture {
        match *self {}
    }

    pub(crate) fn warnings(&self) -> (u64, String) {
        match *self {}
    }

    pub(crate) fn planes(self, _: &mut [&mut [u8]], _: u32, _: bool) -> Result<Self, Error> {
        match self {}
    }

    pub(crate) fn coefficients(self) -> Result<(Picture, Vec<Vec<i16>>), Error> {
        match self {}
    }
}

pub(crate) fn write(_: &Picture, _: &[Vec<i16>], _: &[Scan], _: bool, _: u16, _: bool) -> Result<Vec<u8>, Error> {
    Err(missing())
}
