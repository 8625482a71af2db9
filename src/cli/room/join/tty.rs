//! The terminal of a chat: keys that arrive, screens that are drawn, and the way in and out of it, for the shell's job
//! control too. One thread waits for keys, another writes: neither blocks the connection.

use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyEvent};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap,
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{cursor, queue};
use rustix::process::{
    Signal as ProcessSignal, getpgrp, getpid, getsid, kill_current_process_group, kill_process,
};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::screen::Screen;

/// An event of the terminal.
#[derive(Debug)]
pub(super) enum TerminalEvent {
    /// A key was pressed.
    Key(KeyEvent),
    /// A text was pasted.
    Paste(String),
    /// It has another size, or its content is lost: it has to be drawn anew.
    Redraw,
    /// The process was asked to stop for a while.
    Stop,
    /// Nothing can be read any more, for this reason.
    Failed(String),
}

/// A terminal that shows a chat. It is given back as it was on drop.
pub(super) struct Terminal {
    before: Termios,
    keys: UnboundedReceiver<io::Result<Event>>,
    writer: SyncSender<Output>,
    resized: Signal,
    stopped: Signal,
    continued: Signal,
    shown: Screen,
    is_open: bool,
}

/// Work of the writing thread.
enum Output {
    /// Bytes for the terminal.
    Bytes(Vec<u8>),
    /// Tell when everything before is written.
    Flush(SyncSender<()>),
}

impl Terminal {
    /// Takes the terminal over; `None` where it can't show a chat.
    pub(super) fn open() -> Option<Self> {
        let before = tcgetattr(io::stdin()).ok()?;
        tcgetwinsize(io::stdout()).ok()?;
        let stop = SignalKind::from_raw(ProcessSignal::TSTP.as_raw());
        let resume = SignalKind::from_raw(ProcessSignal::CONT.as_raw());
        let resized = signal(SignalKind::window_change()).ok()?;
        let (stopped, continued) = (signal(stop).ok()?, signal(resume).ok()?);
        let (writer, jobs) = sync_channel(1);
        std::thread::spawn(move || write_all(&jobs));
        let (sender, keys) = unbounded_channel();
        let mut terminal = Self {
            before,
            keys,
            writer,
            resized,
            stopped,
            continued,
            shown: Screen::default(),
            is_open: false,
        };
        terminal.enter().ok()?;
        // Both threads end with the process.
        std::thread::spawn(move || {
            loop {
                let event = event::read();
                let is_end = event.is_err();
                if sender.send(event).is_err() || is_end {
                    return;
                }
            }
        });
        Some(terminal)
    }

    /// Waits for what happens next.
    pub(super) async fn next(&mut self) -> TerminalEvent {
        loop {
            tokio::select! {
                _ = self.resized.recv() => {
                    self.forget();
                    return TerminalEvent::Redraw;
                }
                _ = self.continued.recv() => {
                    if let Err(error) = self.enter() {
                        return TerminalEvent::Failed(error.to_string());
                    }
                    return TerminalEvent::Redraw;
                }
                _ = self.stopped.recv() => return TerminalEvent::Stop,
                event = self.keys.recv() => match event {
                    Some(Ok(Event::Key(key))) if key.is_press() => return TerminalEvent::Key(key),
                    Some(Ok(Event::Paste(text))) => return TerminalEvent::Paste(text),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return TerminalEvent::Failed(error.to_string()),
                    None => return TerminalEvent::Failed("it is closed".to_owned()),
                },
            }
        }
    }

    /// The columns and rows.
    #[allow(clippy::unused_self)] // there is one only where a terminal is
    pub(super) fn size(&self) -> (usize, usize) {
        let size = tcgetwinsize(io::stdout()).ok();
        let size = size.filter(|size| size.ws_col > 0 && size.ws_row > 0);
        size.map_or((80, 24), |size| (size.ws_col.into(), size.ws_row.into()))
    }

    /// Forgets what is shown: the next screen is drawn whole.
    pub(super) fn forget(&mut self) {
        self.shown = Screen::default();
    }

    /// Draws what differs from the screen before. Returns whether it was accepted: a terminal that is slow is left in
    /// peace.
    pub(super) fn draw(&mut self, screen: Screen) -> bool {
        if screen == self.shown {
            return true;
        }
        let Ok(bytes) = self.difference(&screen) else {
            return true;
        };
        let sent = self.writer.try_send(Output::Bytes(bytes));
        if matches!(sent, Err(TrySendError::Full(_))) {
            return false;
        }
        self.shown = screen;
        true
    }

    fn difference(&self, screen: &Screen) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate, cursor::Hide)?;
        if self.shown.rows.len() != screen.rows.len() {
            queue!(bytes, Clear(ClearType::All))?;
        }
        for (at, row) in screen.rows.iter().enumerate() {
            if self.shown.rows.get(at) != Some(row) {
                queue!(bytes, cursor::MoveTo(0, coordinate(at)))?;
                queue!(bytes, Clear(ClearType::CurrentLine))?;
                bytes.extend_from_slice(row.as_bytes());
            }
        }
        let (column, row) = screen.cursor;
        let place = cursor::MoveTo(coordinate(column), coordinate(row));
        queue!(bytes, place, cursor::Show, EndSynchronizedUpdate)?;
        Ok(bytes)
    }

    /// Stops this process until the shell continues it, and with `is_key` the whole job, as a key does. Returns whether
    /// there is a shell that could.
    pub(super) fn stop(&mut self, is_key: bool) -> bool {
        // A job of a shell is never in the group of the session's leader.
        if getsid(None).is_ok_and(|session| session == getpgrp()) {
            return false;
        }
        self.leave();
        // Not SIGTSTP, which is caught here; the job's other processes need not know the difference.
        let _ = if is_key {
            kill_current_process_group(ProcessSignal::STOP)
        } else {
            kill_process(getpid(), ProcessSignal::STOP)
        };
        // Continued: the signal that says so is handled next.
        true
    }

    /// Takes the terminal over.
    fn enter(&mut self) -> io::Result<()> {
        let mut raw = self.before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        let mut bytes = Vec::new();
        queue!(
            bytes,
            EnterAlternateScreen,
            DisableLineWrap,
            EnableBracketedPaste
        )?;
        let _ = self.writer.send(Output::Bytes(bytes));
        self.is_open = true;
        self.forget();
        Ok(())
    }

    /// Gives the terminal back.
    fn leave(&mut self) {
        if !std::mem::replace(&mut self.is_open, false) {
            return;
        }
        let mut bytes = Vec::new();
        // Into memory it can't fail.
        let _ = queue!(
            bytes,
            DisableBracketedPaste,
            EnableLineWrap,
            cursor::Show,
            LeaveAlternateScreen
        );
        let (told, written) = sync_channel(1);
        let _ = self.writer.send(Output::Bytes(bytes));
        let _ = self.writer.send(Output::Flush(told));
        let _ = written.recv();
        // The terminal may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

fn write_all(jobs: &Receiver<Output>) {
    let mut stdout = io::stdout();
    while let Ok(job) = jobs.recv() {
        match job {
            Output::Bytes(bytes) => {
                // A terminal that is gone shows nothing; a signal tells of it.
                let _ = stdout.write_all(&bytes).and_then(|()| stdout.flush());
            }
            Output::Flush(told) => {
                let _ = told.send(());
            }
        }
    }
}

fn coordinate(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
