//! The terminal that progress is drawn on: standard error. The cursor rests at the beginning of the line, from where all
//! behind it is cleared before the next drawing, so that a line that a narrower terminal has wrapped leaves nothing.

use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};
use parking_lot::Mutex;

/// A bar drawn after `template`, with `{rate}` and `{left}` beside what indicatif has. `length` may be unknown.
pub fn bar(length: Option<u64>, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key(
            "rate",
            |state: &ProgressState, to: &mut dyn std::fmt::Write| {
                let _ = write!(to, "{:.0}/s", state.per_sec());
            },
        )
        .with_key(
            "left",
            |state: &ProgressState, to: &mut dyn std::fmt::Write| {
                let _ = write!(to, "{} s left", state.eta().as_secs_f64().ceil());
            },
        );
    let target = ProgressDrawTarget::term_like(Box::new(Terminal::default()));
    ProgressBar::with_draw_target(length, target).with_style(style)
}

/// Standard error, written at each flush.
#[derive(Debug, Default)]
struct Terminal(Mutex<String>);

impl Terminal {
    #[allow(clippy::unnecessary_wraps)] // as its callers return it
    fn put(&self, text: &str) -> io::Result<()> {
        self.0.lock().push_str(text);
        Ok(())
    }

    fn go(&self, count: usize, direction: char) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        self.put(&format!("\u{1b}[{count}{direction}"))
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        let size = rustix::termios::tcgetwinsize(io::stderr());
        size.map_or(80, |size| size.ws_col.max(1))
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        self.go(count, 'A')
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        self.go(count, 'B')
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        self.go(count, 'C')
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        self.go(count, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(&format!("{text}\r\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // Spaces up to the right edge are of no use here.
        if text.trim().is_empty() {
            return Ok(());
        }
        self.put(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.put("\r\u{1b}[J")
    }

    fn flush(&self) -> io::Result<()> {
        let text = std::mem::take(&mut *self.0.lock());
        let mut stderr = io::stderr().lock();
        stderr.write_all(text.as_bytes())?;
        stderr.write_all(b"\r")?;
        stderr.flush()
    }
}
