//! Calls of `shim.c`.
//!
//! # Safety
//! A [`Reader`] or [`Writer`] owns what the shim allocated for it, and frees it once. All pointers that the shim is given are those of
//! slices, whose lengths are checked against what the header says before the call.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::ptr::NonNull;

use crate::Error;
use crate::layout::{MOST_COMPONENTS, Picture, Scan};

/// Of the shim, opaque here.
#[repr(C)]
struct ShimReader([u8; 0]);
#[repr(C)]
struct ShimWriter([u8; 0]);

unsafe extern "C" {
    fn masthead_shim_reader() -> *mut ShimReader;
    fn masthead_shim_reader_free(reader: *mut ShimReader);
    fn masthead_shim_message(reader: *const ShimReader) -> *const c_char;
    fn masthead_shim_warnings(reader: *const ShimReader) -> i64;
    fn masthead_shim_header(reader: *mut ShimReader, file: *const u8, size: usize, picture: *mut Picture) -> i32;
    fn masthead_shim_planes(
        reader: *mut ShimReader,
        planes: *const *mut u8,
        strides: *const usize,
        rows: u32,
        keep: i32,
    ) -> i32;
    fn masthead_shim_coefficients(reader: *mut ShimReader, picture: *mut Picture) -> i32;
    fn masthead_shim_blocks(reader: *mut ShimReader, component: i32, blocks: *mut i16) -> i32;

    fn masthead_shim_writer() -> *mut ShimWriter;
    fn masthead_shim_writer_free(writer: *mut ShimWriter);
    fn masthead_shim_writer_message(writer: *const ShimWriter) -> *const c_char;
    fn masthead_shim_written(writer: *const ShimWriter, size: *mut usize) -> *const u8;
    fn masthead_shim_write(
        writer: *mut ShimWriter,
        picture: *const Picture,
        blocks: *const *const i16,
        scans: *const Scan,
        count: i32,
        restart_interval: i32,
        arithmetic: i32,
    ) -> i32;
}

/// A file under way, whose header has been read.
pub(crate) struct Reader<'a> {
    shim: NonNull<ShimReader>,
    picture: Picture,
    _file: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn open(file: &'a [u8]) -> Result<Self, Error> {
        // SAFETY: it takes nothing.
        let shim = NonNull::new(unsafe { masthead_shim_reader() }).ok_or_else(|| Error("out of memory".to_owned()))?;
        let mut reader = Self { shim, picture: Picture::EMPTY, _file: file };
        // SAFETY: the file outlives the reader.
        let status = unsafe { masthead_shim_header(shim.as_ptr(), file.as_ptr(), file.len(), &raw mut reader.picture) };
        reader.check(status)?;
        Ok(reader)
    }

    pub(crate) fn picture(&self) -> &Picture {
        &self.picture
    }

    /// How many warnings there were, and the first.
    pub(crate) fn warnings(&self) -> (u64, String) {
        // SAFETY: the reader is alive.
        let count = unsafe { masthead_shim_warnings(self.shim.as_ptr()) };
        (count.unsigned_abs(), self.message())
    }

    fn message(&self) -> String {
        // SAFETY: the message is a string within the reader, which is alive.
        unsafe { CStr::from_ptr(masthead_shim_message(self.shim.as_ptr())) }.to_string_lossy().into_owned()
    }

    fn check(&self, status: i32) -> Result<(), Error> {
        if status == 0 { Ok(()) } else { Err(Error(self.message())) }
    }

    /// Decodes MCU rows until `rows` rows of pixels are there: each over the one before it, or all of them when `keep` is set.
    /// Planes are as wide as all blocks of the component and have room for whole MCU rows. It may be called once.
    pub(crate) fn planes(self, planes: &mut [&mut [u8]], rows: u32, keep: bool) -> Result<Self, Error> {
        let components = self.picture.components();
        assert_eq!(planes.len(), components.len());
        let tallest = components.iter().map(|component| component.vertical as u32).max().unwrap_or(1);
        let mcu_rows = if keep { self.picture.height.min(rows).div_ceil(8 * tallest) } else { 1 };
        let mut strides = [0; MOST_COMPONENTS];
        let mut pointers = [std::ptr::null_mut(); MOST_COMPONENTS];
        for (i, (plane, component)) in planes.iter_mut().zip(components).enumerate() {
            strides[i] = component.blocks_across as usize * 8;
            assert!(plane.len() >= strides[i] * 8 * component.vertical as usize * mcu_rows as usize);
            pointers[i] = plane.as_mut_ptr();
        }
        // SAFETY: libjpeg-turbo writes blocks of the picture alone; the planes have room for all MCU rows that it is asked for.
        let status =
            unsafe { masthead_shim_planes(self.shim.as_ptr(), pointers.as_ptr(), strides.as_ptr(), rows, keep.into()) };
        self.check(status)?;
        Ok(self)
    }

    /// All coefficients of each component, and the picture with its steps of quantisation. Broken data is an error.
    pub(crate) fn coefficients(mut self) -> Result<(Picture, Vec<Vec<i16>>), Error> {
        // SAFETY: both are alive.
        let status = unsafe { masthead_shim_coefficients(self.shim.as_ptr(), &raw mut self.picture) };
        self.check(status)?;
        let mut all = Vec::new();
        for (i, component) in self.picture.components().iter().enumerate() {
            let mut blocks = vec![0; component.coefficients()];
            // SAFETY: the coefficients are there, and as many as the header says.
            self.check(unsafe { masthead_shim_blocks(self.shim.as_ptr(), i as i32, blocks.as_mut_ptr()) })?;
            all.push(blocks);
        }
        if self.warnings().0 > 0 {
            return Err(Error(self.message()));
        }
        Ok((self.picture, all))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // SAFETY: it came from the shim, and is freed here alone.
        unsafe { masthead_shim_reader_free(self.shim.as_ptr()) }
    }
}

struct Writer(NonNull<ShimWriter>);

impl Drop for Writer {
    fn drop(&mut self) {
        // SAFETY: it came from the shim, and is freed here alone.
        unsafe { masthead_shim_writer_free(self.0.as_ptr()) }
    }
}

/// A file of these coefficients. Without scans it is one interleaved scan; `progressive` is libjpeg's own script.
pub(crate) fn write(
    picture: &Picture,
    blocks: &[Vec<i16>],
    scans: &[Scan],
    progressive: bool,
    restart_interval: u16,
    arithmetic: bool,
) -> Result<Vec<u8>, Error> {
    assert_eq!(blocks.len(), picture.components().len());
    let mut pointers = [std::ptr::null(); MOST_COMPONENTS];
    for (i, (blocks, component)) in blocks.iter().zip(picture.components()).enumerate() {
        assert_eq!(blocks.len(), component.coefficients());
        pointers[i] = blocks.as_ptr();
    }
    // SAFETY: it takes nothing.
    let shim = NonNull::new(unsafe { masthead_shim_writer() }).ok_or_else(|| Error("out of memory".to_owned()))?;
    let writer = Writer(shim);
    let count = if progressive { -1 } else { scans.len() as i32 };
    // SAFETY: the blocks are as many as the picture says, and there are `count` scans.
    let status = unsafe {
        masthead_shim_write(
            shim.as_ptr(),
            picture,
            pointers.as_ptr(),
            scans.as_ptr(),
            count,
            restart_interval.into(),
            arithmetic.into(),
        )
    };
    if status != 0 {
        // SAFETY: the message is a string within the writer, which is alive.
        let message = unsafe { CStr::from_ptr(masthead_shim_writer_message(writer.0.as_ptr())) };
        return Err(Error(message.to_string_lossy().into_owned()));
    }
    let mut size = 0;
    // SAFETY: what was written is that long, and lives as long as the writer.
    Ok(unsafe { std::slice::from_raw_parts(masthead_shim_written(shim.as_ptr(), &raw mut size), size) }.to_vec())
}
