//! The progress bar.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// A bar on standard error while several inputs are worked on, with the rate and the time left. Where standard error is no
/// terminal there is none: the lines of the report tell how far the run is.
pub(crate) struct Progress {
    bar: ProgressBar,
}

const TEMPLATE: &str = "{bar:32} {pos}/{len} pictures, {rate}, {eta} left";

impl Progress {
    pub(crate) fn new(inputs: usize) -> Self {
        if inputs < 2 || !stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let rate = |state: &ProgressState, text: &mut dyn Write| {
            let _ = write!(text, "{:.1} a second", state.per_sec());
        };
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed").with_key("rate", rate);
        let bar = ProgressBar::new(inputs as u64).with_style(style.progress_chars("=> "));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// One more input is finished.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Prints something while the bar is out of the way.
    pub(crate) fn suspended<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
