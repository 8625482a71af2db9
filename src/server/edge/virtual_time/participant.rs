//! One process that takes part, at the other end of a unix socket.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use super::message::{Answer, Line, Request};

/// The longest line that a process may send, in bytes.
const MAX_LINE: usize = 1024 * 1024;

/// One process that takes part.
#[derive(Debug)]
pub(super) struct Participant {
    /// Its name: the ordinals by which it was started, as in `1.2`. Empty until it has said hello.
    pub(super) name: String,
    /// Its process id.
    pub(super) pid: u32,
    /// Its last answer to a probe.
    pub(super) answer: Option<Answer>,
    /// Whether the user was told that something hides its timers.
    pub(super) is_warned: bool,
    /// The number that it has not answered yet.
    pub(super) awaited: Option<u64>,
    io: UnixStream,
    /// The beginning of a line.
    rest: Vec<u8>,
}

impl Participant {
    /// A process that connected and has not said hello.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new(io: UnixStream) -> io::Result<Self> {
        io.set_nonblocking(true)?;
        Ok(Self {
            name: String::new(),
            pid: 0,
            answer: None,
            is_warned: false,
            awaited: None,
            io,
            rest: Vec::new(),
        })
    }

    /// Returns its socket, to wait for lines.
    pub(super) fn io(&self) -> &UnixStream {
        &self.io
    }

    /// Returns whether it has said hello.
    pub(super) fn has_joined(&self) -> bool {
        !self.name.is_empty()
    }

    /// Returns whether its timers are virtual, or it talks to the server.
    pub(super) fn is_active(&self) -> bool {
        let answer = self.answer.as_ref();
        answer.is_some_and(|answer| answer.installed || !answer.sockets.is_empty())
    }

    /// Returns whether one of both processes has started the other, perhaps through others.
    pub(super) fn is_kin(&self, other: &Self) -> bool {
        let starts = |parent: &str, child: &str| {
            let rest = child.strip_prefix(parent);
            rest.is_some_and(|rest| rest.starts_with(['.', 'w']))
        };
        starts(&self.name, &other.name) || starts(&other.name, &self.name)
    }

    /// Returns its name and process id for people.
    pub(super) fn label(&self) -> String {
        if !self.has_joined() {
            return "a process".to_owned();
        }
        format!("process {} (pid {})", self.name, self.pid)
    }

    /// Sends `request`, and awaits an answer to its number.
    ///
    /// # Errors
    /// A process that is gone.
    pub(super) fn send(&mut self, request: Request) -> io::Result<()> {
        let mut line = serde_json::to_vec(&request)?;
        line.push(b'\n');
        self.io.write_all(&line)?;
        self.awaited = request.k.or(self.awaited);
        Ok(())
    }

    /// Reads the lines that have come.
    ///
    /// # Errors
    /// A process that is gone, or that sent something else.
    pub(super) fn read(&mut self) -> io::Result<Vec<Line>> {
        let mut buffer = [0; 4096];
        let mut lines = Vec::new();
        loop {
            let length = match self.io.read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(lines),
                Err(error) => return Err(error),
            };
            self.rest.extend_from_slice(&buffer[..length]);
            while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                lines.push(serde_json::from_slice(&line)?);
            }
            if self.rest.len() > MAX_LINE {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// Takes note of an answer.
    pub(super) fn answered(&mut self, answer: Answer) {
        self.acknowledged(answer.k);
        self.answer = Some(answer);
    }

    /// Takes note of an answer that says nothing more.
    pub(super) fn acknowledged(&mut self, k: u64) {
        if self.awaited == Some(k) {
            self.awaited = None;
        }
    }

    /// The place of its name among others: `1.2` before `1.10`.
    pub(super) fn order(&self) -> (Vec<u64>, &str) {
        let numbers = self.name.split(|c: char| !c.is_ascii_digit());
        let numbers = numbers.filter_map(|number| number.parse().ok());
        (numbers.collect(), &self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Participant {
        let (io, _) = UnixStream::pair().unwrap();
        Participant {
            name: name.to_owned(),
            ..Participant::new(io).unwrap()
        }
    }

    #[test]
    fn names_are_in_the_order_of_their_numbers() {
        let mut all: Vec<_> = ["1.10", "1", "1.2~2", "1.2", "1.2.1"].map(named).into();
        all.sort_by(|one, two| one.order().cmp(&two.order()));
        let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["1", "1.2", "1.2.1", "1.2~2", "1.10"]);
    }

    #[test]
    fn kin_are_parents_and_children_and_not_siblings() {
        let is_kin = |one: &str, two: &str| named(one).is_kin(&named(two));
        assert!(is_kin("1", "1.2") && is_kin("1.2.1", "1") && is_kin("1.2", "1.2w1"));
        assert!(!is_kin("1.1", "1.2") && !is_kin("1.2", "1.2~2") && !is_kin("1.1", "1.10"));
    }

    #[test]
    fn lines_are_read_whole_however_they_arrive() {
        let (mut process, io) = UnixStream::pair().unwrap();
        let mut participant = Participant::new(io).unwrap();
        participant
            .send(Request {
                k: Some(3),
                ..Request::default()
            })
            .unwrap();
        let mut sent = [0; 8];
        process.read_exact(&mut sent).unwrap();
        assert_eq!(&sent, b"{\"k\":3}\n");
        process
            .write_all(b"{\"k\":3,\"ack\":true}\n{\"k\":")
            .unwrap();
        let lines = participant.read().unwrap();
        assert!(matches!(lines[..], [Line::Ack { k: 3, .. }]));
        process.write_all(b"4}\n").unwrap();
        let lines = participant.read().unwrap();
        assert!(matches!(&lines[..], [Line::Answer(answer)] if answer.k == 4));
        drop(process);
        assert!(participant.read().is_err());
    }
}
