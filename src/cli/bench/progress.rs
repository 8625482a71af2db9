//! The bar of a benchmark that runs, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::span::Span;
use crate::cli::Context;

/// How often the bar is drawn.
const INTERVAL: Duration = Duration::from_millis(100);

/// Shows how far `span` is, until it is dropped.
pub(super) async fn show(context: &Context, span: &Span) {
    if !context.output.shows_progress() {
        return std::future::pending().await;
    }
    let style = ProgressStyle::with_template("measuring  {bar:40} {percent}%")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
    let bar = Cleared(bar.with_style(style));
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
