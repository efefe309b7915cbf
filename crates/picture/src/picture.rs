//! Planes that together make a picture.

use crate::upsampling::upsampled;
use crate::{Component, Dimensions, Light, Orientation, Plane, Ratio, Rect, Sampling, Transfer};

/// What the planes of a picture mean, in their order.
///
/// Another model would be a breaking change, so that the compiler names every place that has to know what its planes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColorModel {
    /// One plane: luma.
    Gray,
    /// Three planes: luma and two colour differences, full range (JFIF). Chroma may have fewer samples.
    YCbCr,
    /// Three planes: red, green and blue.
    Rgb,
    /// Four planes: red, green and blue premultiplied with alpha, and alpha.
    Rgba,
}

impl ColorModel {
    /// The number of planes.
    #[must_use]
    pub const fn planes(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::YCbCr | Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Whether plane `index` holds amounts of light under the sRGB curve, so that it can be averaged in linear light;
    /// colour differences and alpha cannot.
    #[must_use]
    pub const fn is_light(self, index: usize) -> bool {
        match self {
            Self::Gray | Self::YCbCr => index == 0,
            Self::Rgb | Self::Rgba => index < 3,
        }
    }
}

/// A picture, or a window of one, as separate planes.
///
/// # Guarantees
/// - it has as many components as its colour model has planes;
/// - every component holds the samples that the window touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    model: ColorModel,
    window: Rect,
    components: Vec<Component>,
    premultiplied: Light,
}

impl Picture {
    /// The part of a picture inside `window`. `premultiplied` says in which light the colours of
    /// [`ColorModel::Rgba`] are multiplied with alpha; other models do not look at it.
    ///
    /// `None` when the number of components is not that of the model, or one of them lacks samples of the window.
    #[must_use]
    pub fn new(model: ColorModel, window: Rect, components: Vec<Component>, premultiplied: Light) -> Option<Self> {
        let complete = components.len() == model.planes()
            && components.iter().all(|component| {
                component.extent().is_some_and(|extent| extent.contains(component.sampling.cover(window)))
            });
        complete.then_some(Self { model, window, components, premultiplied })
    }

    /// A whole grey picture.
    #[must_use]
    pub fn gray(luma: Plane) -> Self {
        let window = Rect::of(luma.dimensions());
        let components = vec![Component::whole(luma, Sampling::FULL)];
        Self { model: ColorModel::Gray, window, components, premultiplied: Light::default() }
    }

    /// A whole YCbCr picture; `None` unless chroma is of the luma plane's size (4:4:4) or half of it, rounded up, in
    /// both directions (4:2:0).
    #[must_use]
    pub fn ycbcr([luma, cb, cr]: [Plane; 3]) -> Option<Self> {
        let window = Rect::of(luma.dimensions());
        let sampling = if cb.dimensions() == luma.dimensions() { Sampling::FULL } else { Sampling::HALF };
        let expected = sampling.component_dimensions(luma.dimensions());
        if cb.dimensions() != expected || cr.dimensions() != expected {
            return None;
        }
        let components = vec![
            Component::whole(luma, Sampling::FULL),
            Component::whole(cb, sampling),
            Component::whole(cr, sampling),
        ];
        Self::new(ColorModel::YCbCr, window, components, Light::default())
    }

    /// A whole RGB picture; `None` when the planes differ in size.
    #[must_use]
    pub fn rgb(planes: [Plane; 3]) -> Option<Self> {
        Self::of_equal_planes(ColorModel::Rgb, planes.into(), Light::default())
    }

    /// A whole picture with alpha, premultiplied in `light`; `None` when the planes differ in size.
    #[must_use]
    pub fn rgba(planes: [Plane; 4], light: Light) -> Option<Self> {
        Self::of_equal_planes(ColorModel::Rgba, planes.into(), light)
    }

    /// A whole picture with alpha from planes that are not premultiplied: it will be, in `light`. `None` when the
    /// planes differ in size.
    #[must_use]
    pub fn rgba_from_straight(mut planes: [Plane; 4], light: Light) -> Option<Self> {
        premultiply(&mut planes, light);
        Self::rgba(planes, light)
    }

    fn of_equal_planes(model: ColorModel, planes: Vec<Plane>, light: Light) -> Option<Self> {
        let dimensions = planes.first()?.dimensions();
        if planes.iter().any(|plane| plane.dimensions() != dimensions) {
            return None;
        }
        let components = planes.into_iter().map(|plane| Component::whole(plane, Sampling::FULL)).collect();
        Self::new(model, Rect::of(dimensions), components, light)
    }

    /// What the planes mean.
    #[must_use]
    pub fn model(&self) -> ColorModel {
        self.model
    }

    /// The pixels that are here, as a rectangle of the whole image. Its origin is (0, 0) when the picture is whole.
    #[must_use]
    pub fn window(&self) -> Rect {
        self.window
    }

    /// Width and height of the window.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.window.dimensions()
    }

    /// The planes and where they lie.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// In which light [`ColorModel::Rgba`] is premultiplied.
    #[must_use]
    pub fn premultiplied(&self) -> Light {
        self.premultiplied
    }

    /// The planes and where they lie, given back.
    #[must_use]
    pub fn into_components(self) -> Vec<Component> {
        self.components
    }

    /// The picture as it is shown, a whole picture of its window: turned and mirrored as `orientation` says.
    ///
    /// Components of fewer samples stay as they are where their samples cover the same pixels afterwards; otherwise (odd
    /// sizes, windows) they are interpolated to a sample for each pixel.
    #[must_use]
    pub fn oriented(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Upright {
            return self;
        }
        let dimensions = self.dimensions();
        let whole = self.window == Rect::of(dimensions);
        let keeps = |component: &Component| {
            let Sampling { horizontal, vertical } = component.sampling;
            let fits = |ratio: Ratio, length: u32| (length * ratio.numerator()).is_multiple_of(ratio.denominator());
            whole
                && component.extent() == Some(component.sampling.cover(self.window))
                && fits(horizontal, dimensions.width())
                && fits(vertical, dimensions.height())
        };
        let (model, premultiplied) = (self.model, self.premultiplied);
        let components = if self.components.iter().all(keeps) {
            self.components
        } else {
            self.into_full_planes().into_iter().map(|plane| Component::whole(plane, Sampling::FULL)).collect()
        };
        let turned = components.into_iter().map(|component| {
            let sampling = if orientation.transposes() { component.sampling.transposed() } else { component.sampling };
            Component::whole(component.plane.oriented(orientation), sampling)
        });
        let window = Rect::of(orientation.displayed(dimensions));
        Self { model, window, components: turned.collect(), premultiplied }
    }

    /// The planes with a sample for each pixel of the window. Components of fewer samples are interpolated linearly
    /// between sample centres.
    #[must_use]
    pub fn into_full_planes(self) -> Vec<Plane> {
        let window = self.window;
        self.components.into_iter().map(|component| upsampled(component, window)).collect()
    }
}

/// Premultiplies straight planes (the last one is alpha) in place.
fn premultiply(planes: &mut [Plane], light: Light) {
    let transfer = Transfer::srgb();
    let (alpha, colors) = planes.split_last_mut().expect("there is an alpha plane");
    for plane in colors {
        transfer.premultiply_samples(plane.samples_mut(), alpha.samples(), light);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: u32, height: u32, samples: &[u8]) -> Plane {
        Plane::new(Dimensions::new(width, height).unwrap(), samples.to_vec()).unwrap()
    }

    #[test]
    fn components_must_hold_the_window() {
        let window = Rect::from_edges(10, 0, 15, 2).unwrap();
        let chroma = |left, width| Component {
            plane: Plane::filled(Dimensions::new(width, 1).unwrap(), 0),
            sampling: Sampling::HALF,
            left,
            top: 0,
        };
        let luma = Component {
            plane: Plane::filled(Dimensions::new(5, 2).unwrap(), 0),
            sampling: Sampling::FULL,
            left: 10,
            top: 0,
        };
        let with = |cb, cr| Picture::new(ColorModel::YCbCr, window, vec![luma.clone(), cb, cr], Light::Linear);
        // Pixels 10 to 14 touch chroma samples 5, 6 and 7.
        assert!(with(chroma(5, 3), chroma(4, 8)).is_some());
        assert!(with(chroma(5, 2), chroma(5, 3)).is_none());
        assert!(with(chroma(6, 3), chroma(5, 3)).is_none());
        assert!(Picture::new(ColorModel::Gray, window, vec![luma.clone(), luma], Light::Linear).is_none());
    }

    #[test]
    fn chroma_must_be_full_or_half() {
        let luma = plane(3, 1, &[0; 3]);
        assert!(Picture::ycbcr([luma.clone(), plane(2, 1, &[0; 2]), plane(2, 1, &[0; 2])]).is_some());
        assert!(Picture::ycbcr([luma.clone(), luma.clone(), luma.clone()]).is_some());
        assert!(Picture::ycbcr([luma.clone(), luma.clone(), plane(2, 1, &[0; 2])]).is_none());
        assert!(Picture::ycbcr([luma.clone(), plane(1, 1, &[0]), plane(1, 1, &[0])]).is_none());
    }

    /// Centred siting: the samples of half a row stand at pixel positions 0.5, 2.5, 4.5, so pixel 1 lies a quarter
    /// of the way from the first to the second.
    #[test]
    fn upsampling_interpolates_between_sample_centres() {
        let luma = plane(5, 1, &[0; 5]);
        let chroma = plane(3, 1, &[0, 100, 200]);
        let picture = Picture::ycbcr([luma, chroma.clone(), chroma]).unwrap();
        assert_eq!(picture.into_full_planes()[1].samples(), [0, 25, 75, 125, 175]);
    }

    #[test]
    fn a_window_is_turned_as_what_it_shows() {
        let samples: Vec<u8> = (0..100).collect();
        let window = Rect::from_edges(5, 5, 10, 10).unwrap();
        let component = Component::whole(plane(10, 10, &samples), Sampling::FULL);
        let picture = Picture::new(ColorModel::Gray, window, vec![component], Light::Linear).unwrap();
        let turned = picture.oriented(Orientation::FlipHorizontal);
        assert_eq!(turned.components()[0].plane.row(0), [59, 58, 57, 56, 55]);
    }

    #[test]
    fn chroma_of_an_odd_width_stays_in_place_when_mirrored() {
        let chroma = plane(3, 1, &[0, 100, 200]);
        let picture = Picture::ycbcr([plane(5, 1, &[0; 5]), chroma.clone(), chroma]).unwrap();
        let mut expected = picture.clone().into_full_planes()[1].samples().to_vec();
        expected.reverse();
        let turned = picture.oriented(Orientation::FlipHorizontal);
        assert_eq!(turned.into_full_planes()[1].samples(), expected);
    }
}
