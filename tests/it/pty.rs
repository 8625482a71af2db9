//! Commands on a terminal of their own: what is typed, and what a person would see.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use pty_process::blocking::{Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use crate::running::PATIENCE;

const ROWS: u16 = 24;

/// A command on a terminal. Killed when it is dropped.
pub(crate) struct Terminal {
    child: Child,
    pty: Option<Arc<Pty>>,
    seen: Arc<Mutex<Seen>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts `command`, its three streams a terminal of so many columns.
    pub(crate) fn start(command: &Command, columns: u16) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(pty_process::Size::new(ROWS, columns)).unwrap();
        let on_terminal = pty_process::blocking::Command::new(command.get_program())
            .args(command.get_args())
            .env_clear()
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("TERM", "xterm-256color")
            .current_dir(command.get_current_dir().unwrap());
        let child = on_terminal.spawn(pts).unwrap();
        let seen = Arc::new(Mutex::new(Seen {
            screen: vt100::Parser::new(ROWS.try_into().unwrap(), columns.try_into().unwrap(), 0),
            bytes: Vec::new(),
        }));
        let pty = Arc::new(pty);
        let (source, shown) = (Arc::clone(&pty), Arc::clone(&seen));
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = (&*source).read(&mut buffer) {
                let mut seen = shown.lock().unwrap();
                seen.screen.process(&buffer[..read]);
                seen.bytes.extend_from_slice(&buffer[..read]);
            }
        });
        let pty = Some(pty);
        Self {
            child,
            pty,
            seen,
            reader: Some(reader),
        }
    }

    /// Types.
    pub(crate) fn types(&self, text: &str) {
        self.types_bytes(text.as_bytes());
    }

    /// Types what may be no text.
    pub(crate) fn types_bytes(&self, bytes: &[u8]) {
        let mut pty: &Pty = self.pty.as_ref().unwrap();
        pty.write_all(bytes).unwrap();
    }

    /// The lines of the screen that are not empty.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let text = seen.screen.screen().contents();
        let lines = text.lines().map(|line| line.trim_end().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// Returns whether a line did not fit the screen.
    pub(crate) fn is_wrapped(&self) -> bool {
        let seen = self.seen.lock().unwrap();
        (0..ROWS).any(|row| seen.screen.screen().row_wrapped(row))
    }

    /// All that was written to the terminal.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().bytes).into_owned()
    }

    /// Waits for its end, with status 0, and returns all that was written.
    #[track_caller]
    pub(crate) fn all_written(mut self) -> String {
        self.ends_with(0);
        // Nobody has the terminal open any more, which ends the reader once it has read the rest.
        self.reader.take().unwrap().join().unwrap();
        self.written()
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&[String]) -> bool) {
        let start = Instant::now();
        while !is_so(&self.lines()) {
            assert!(
                start.elapsed() < PATIENCE,
                "{what}: {:#?}\n{:?}",
                self.lines(),
                self.written()
            );
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Waits until a line of the screen contains `text`.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        self.until(text, |lines| lines.iter().any(|line| line.contains(text)));
    }

    /// Returns whether the terminal shows what is typed and gives whole lines, as it does when nobody edits.
    pub(crate) fn is_as_it_was(&self) -> bool {
        let modes = tcgetattr(self.pty.as_ref().unwrap()).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut seen = self.seen.lock().unwrap();
        seen.screen
            .screen_mut()
            .set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
        let size = pty_process::Size::new(rows, columns);
        self.pty.as_ref().unwrap().resize(size).unwrap();
    }

    /// The column of the cursor.
    pub(crate) fn cursor_column(&self) -> u16 {
        self.seen
            .lock()
            .unwrap()
            .screen
            .screen()
            .cursor_position()
            .1
    }

    /// How often the screen shows `text`.
    pub(crate) fn count(&self, text: &str) -> usize {
        let lines = self.lines();
        lines.iter().map(|line| line.matches(text).count()).sum()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, which must have this status.
    #[track_caller]
    pub(crate) fn ends_with(&mut self, status: i32) {
        let start = Instant::now();
        let ended = loop {
            if let Some(ended) = self.child.try_wait().unwrap() {
                break ended;
            }
            assert!(start.elapsed() < PATIENCE, "no end: {:#?}", self.lines());
            std::thread::sleep(std::time::Duration::from_millis(5));
        };
        assert_eq!(ended.code(), Some(status), "{ended} {:#?}", self.lines());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
