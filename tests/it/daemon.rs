//! Servers that a command line starts, and HTTP calls to them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;
use tempfile::TempDir;

use crate::running::{Process, command};

/// A server that runs beside the test, and ends with it.
pub(crate) struct Daemon {
    _process: Process,
    /// The first line that it printed.
    pub(crate) url: String,
    _home: TempDir,
}

/// An answer to an HTTP call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Daemon {
    /// Starts `chatctl` with `arguments` and `variables`, and waits for its first line.
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = command(arguments, home.path());
        command.envs(variables.iter().copied());
        let process = Process::start(command);
        let url = process.stdout.next();
        Self {
            _process: process,
            url,
            _home: home,
        }
    }

    /// A chat server with the key `key`.
    pub(crate) fn server(key: &str) -> Self {
        Self::start(
            &["serve", "--listen", "127.0.0.1:0"],
            &[("ABLY_API_KEY", key)],
        )
    }

    /// Makes an HTTP call; `headers` are whole lines.
    pub(crate) fn call(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        write!(stream, "{request}\r\n{body}").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
