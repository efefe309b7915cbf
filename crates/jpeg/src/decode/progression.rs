//! Which bits of which coefficients earlier scans have sent.

use super::DecodeError;
use super::frame::{Frame, Process};
use super::scan_header::ScanHeader;

/// The lowest bit that has been sent of each coefficient of each component, in zigzag order.
#[derive(Default)]
pub(super) struct Progression {
    sent: Vec<[Option<u8>; 64]>,
}

impl Progression {
    /// Takes note of a scan. Refuses what libjpeg takes with a warning at best: a sequential component that comes twice, other bits
    /// of a coefficient than the next one (T.81, G.1.1.1), a band before the DC coefficient.
    pub(super) fn take(&mut self, frame: &Frame, scan: &ScanHeader) -> Result<(), DecodeError> {
        self.sent.resize(frame.components.len(), [None; 64]);
        let (start, end) = (usize::from(scan.spectral.start), usize::from(scan.spectral.end));
        let bits = scan.approximation;
        for component in &scan.components {
            let (sent, id) = (&mut self.sent[component.index], frame.components[component.index].id);
            if frame.process != Process::Progressive {
                if sent[0].is_some() {
                    return Err(DecodeError::broken(format!("component {id} is in more than one scan")));
                }
            } else if start > 0 && sent[0].is_none() {
                return Err(DecodeError::broken(format!("component {id} has a scan of others before coefficient 0")));
            }
            for (k, sent) in sent.iter_mut().enumerate().take(end + 1).skip(start) {
                // As in libjpeg, those that are complete may be sent again.
                let expected = sent.unwrap_or(0);
                if bits.high != expected {
                    return Err(DecodeError::broken(format!(
                        "coefficient {k} of component {id} goes on from bit {} (expected {expected})",
                        bits.high
                    )));
                }
                *sent = Some(bits.low);
            }
        }
        Ok(())
    }
}
