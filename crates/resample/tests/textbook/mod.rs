//! Resampling as the textbook has it: every weight computed in `f64`, nothing shared, nothing rounded before the end. The
//! oracle of the tests and of the fuzz target.

use masthead_picture::{Dimensions, Light, Plane, Transfer};
use masthead_resample::{Filter, SourceRect};

/// Weights of the source samples for each target sample, normalised; taps outside the plane are left out.
fn weights(start: f64, length: f64, whole: usize, target: usize, filter: Filter) -> Vec<Vec<(usize, f64)>> {
    if length == target as f64 && start.fract() == 0.0 {
        return (0..target).map(|i| vec![(start as usize + i, 1.0)]).collect();
    }
    let step = length / target as f64;
    let scale = step.max(1.0);
    (0..target)
        .map(|i| {
            let center = start + (i as f64 + 0.5) * step;
            let taps: Vec<(usize, f64)> = (0..whole)
                .map(|j| (j, filter.weight((j as f64 + 0.5 - center) / scale)))
                .filter(|(_, weight)| *weight != 0.0)
                .collect();
            let sum: f64 = taps.iter().map(|(_, weight)| weight).sum();
            taps.into_iter().map(|(j, weight)| (j, weight / sum)).collect()
        })
        .collect()
}

/// The samples of the target.
pub(crate) fn reference(source: &Plane, rect: SourceRect, target: Dimensions, filter: Filter, light: Light) -> Vec<u8> {
    let transfer = Transfer::srgb();
    let value = |sample: u8| match light {
        Light::Linear => f64::from(transfer.linear(sample)),
        Light::Gamma => f64::from(sample),
    };
    let (width, height) = (target.width() as usize, target.height() as usize);
    let columns = weights(rect.left(), rect.width(), source.width(), width, filter);
    let rows = weights(rect.top(), rect.height(), source.height(), height, filter);
    let mut result = Vec::new();
    for row in &rows {
        let vertical: Vec<f64> = (0..source.width())
            .map(|x| row.iter().map(|(y, weight)| weight * value(source.row(*y)[x])).sum())
            .collect();
        for column in &columns {
            let sum: f64 = column.iter().map(|(x, weight)| weight * vertical[*x]).sum();
            result.push(match light {
                Light::Linear => transfer.encode(sum.clamp(0.0, 32_767.0).round() as u16),
                Light::Gamma => sum.clamp(0.0, 255.0).round() as u8,
            });
        }
    }
    result
}
