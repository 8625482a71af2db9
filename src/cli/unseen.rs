//! Input that a terminal does not show: secrets.

use std::io::{self, Read};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

const INTERRUPT: u8 = 0x03;
const END: u8 = 0x04;
const BACKSPACES: [u8; 2] = [0x08, 0x7f];

/// Reads a line of `input`, which is the terminal on standard input, without showing it there.
///
/// # Errors
/// A terminal that can't be read or changed; [`io::ErrorKind::Interrupted`] where the user gives up.
pub(super) fn read_line(input: impl Read) -> io::Result<String> {
    let _unseen = UnseenInput::new()?;
    let mut line = Vec::new();
    for byte in io::BufReader::new(input).bytes() {
        match byte? {
            INTERRUPT => return Err(io::ErrorKind::Interrupted.into()),
            b'\r' | b'\n' | END => break,
            byte if BACKSPACES.contains(&byte) => erase(&mut line),
            byte => line.push(byte),
        }
    }
    String::from_utf8(line).map_err(|_| io::Error::other("not valid UTF-8"))
}

/// Removes the last character, which may have several bytes.
fn erase(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
}

/// A terminal that hands over each key unseen, and is as before once this is dropped. It makes no signal of Ctrl-C: one
/// would end the process with the terminal as it is.
struct UnseenInput(Termios);

impl UnseenInput {
    fn new() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut unseen = before.clone();
        unseen
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Flush, &unseen)?;
        Ok(Self(before))
    }
}

impl Drop for UnseenInput {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_character_is_erased_whole() {
        let mut line = "aé".as_bytes().to_vec();
        erase(&mut line);
        assert_eq!(line, b"a");
        erase(&mut line);
        erase(&mut line);
        assert!(line.is_empty());
    }
}
