//! Progress on long work: a bar on the terminal, nothing where nobody looks.

use indicatif::{ProgressBar, ProgressStyle};
use lake::import::{Progress, Step};

/// A bar that follows an import.
pub(crate) fn import_bar(what: &str) -> impl FnMut(Progress) + Send + 'static {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:<28} [{bar:32}] {percent:>3} % {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let what = what.to_owned();
    move |progress| {
        let step = match progress.step {
            Step::Reading => "reading",
            Step::Arranging => "arranging",
        };
        bar.set_message(format!("{step} {what}"));
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        if progress.step == Step::Arranging && progress.done >= progress.total {
            bar.finish_and_clear();
        }
    }
}

/// A spinner for work whose length is not known, until it is dropped.
pub(crate) struct Spinner(ProgressBar);

impl Spinner {
    /// Starts one with a message.
    pub(crate) fn start(message: impl Into<String>) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_message(message.into());
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
