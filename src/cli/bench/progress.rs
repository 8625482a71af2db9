//! The bar of a benchmark that runs, on a terminal.

use std::time::Duration;

use indicatif::ProgressBar;

use super::span::Span;
use crate::cli::Context;
use crate::output::progress;

/// How often the bar is drawn.
const INTERVAL: Duration = Duration::from_millis(100);

/// Shows how far `span` is, until it is dropped.
pub(super) async fn show(context: &Context, span: &Span) {
    if !context.output.shows_progress() {
        return std::future::pending().await;
    }
    // As wide as the terminal, also when that changes.
    let bar = Cleared(progress::bar(
        Some(1000),
        "measuring  {wide_bar} {percent}%",
    ));
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        bar.0.set_position(span.thousandths());
    }
}

struct Cleared(ProgressBar);

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
