//! What vectors are made of.

/// A number of a vector, or an array of them: a type without padding, of which any bits are a value.
///
/// That is what loads and stores of vectors need to be safe, so other crates cannot implement it. `bool` for one is no lane:
///
/// ```compile_fail,E0277
/// fn takes_lanes<T: masthead_simd::Lane>(_: &[T; 32]) {}
/// takes_lanes(&[true; 32]);
/// ```
///
/// ```
/// fn takes_lanes<T: masthead_simd::Lane>(_: &[T; 32]) {}
/// takes_lanes(&[1_u8; 32]);
/// takes_lanes(&[[1_i16, 2]; 32]);
/// ```
pub trait Lane: Copy + sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! lanes {
    ($($number:ty)*) => {$(
        impl sealed::Sealed for $number {}
        impl Lane for $number {}
    )*};
}

lanes! { i8 u8 i16 u16 i32 u32 i64 u64 f32 }

impl<T: Lane, const N: usize> sealed::Sealed for [T; N] {}
impl<T: Lane, const N: usize> Lane for [T; N] {}
