//! The socket by which other commands of the same user reach a member that this process has entered, in a folder of
//! that user alone. A request is one line of JSON, and so is its answer.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::chat_core::error::ErrorInfo;
use crate::settings::Environment;

/// The longest request or answer, in bytes.
const MAX_LINE: u64 = 256 * 1024;

/// The time limit for the other side's line.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

/// A request to a member.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub(super) enum MemberRequest {
    /// Publish other data.
    Update {
        /// The data; none if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Value>,
    },
    /// Leave.
    Leave,
}

/// The answer to a request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum MemberAnswer {
    /// Done.
    Done,
    /// The service refused.
    Refused(ErrorInfo),
    /// It failed otherwise.
    Failed(String),
}

/// A member of a room.
pub(super) struct MemberAddress<'a> {
    /// The base URL of the service.
    pub(super) base: &'a str,
    /// The room.
    pub(super) room: &'a str,
    /// The member.
    pub(super) client_id: &'a str,
}

impl MemberAddress<'_> {
    /// The prefix of the names of its sockets.
    fn prefix(&self) -> String {
        let text = [self.base, self.room, self.client_id].join("\n");
        let hash = digest(&SHA256, text.as_bytes());
        format!("member-{}.", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12]))
    }
}

/// The listener for requests. Dropping it removes the socket.
pub(super) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Listens for requests to a member that this process has entered.
    ///
    /// # Errors
    /// A folder that others can read, and those of the system.
    pub(super) fn listen(
        environment: &Environment,
        whom: &MemberAddress<'_>,
    ) -> anyhow::Result<Self> {
        let name = format!("{}{}", whom.prefix(), std::process::id());
        let path = folder(environment)?.join(name);
        // An earlier process with the same id may have left it behind.
        let _ = std::fs::remove_file(&path);
        let listener =
            UnixListener::bind(&path).with_context(|| format!("can't use {}", path.display()))?;
        Ok(Self { listener, path })
    }

    /// Waits for the next request. Cancel safe.
    pub(super) async fn next(&self) -> (MemberRequest, UnixStream) {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else {
                // Too many open files, most likely, which may pass.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            match line(&mut stream).await {
                Ok(request) => return (request, stream),
                Err(error) => tracing::debug!(%error, "invalid request to the member"),
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // A socket that remains has no listener, and is removed by the next request.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Answers a request.
pub(super) async fn answer(mut stream: UnixStream, answer: &MemberAnswer) {
    let mut text = serde_json::to_vec(answer).unwrap_or_default();
    text.push(b'\n');
    // The other side may be gone.
    let _ = stream.write_all(&text).await;
}

/// Sends the request to all processes of this user that have entered the member. Returns their answers.
///
/// # Errors
/// A folder that others can read, and those of the system.
pub(super) async fn ask(
    environment: &Environment,
    whom: &MemberAddress<'_>,
    request: &MemberRequest,
) -> anyhow::Result<Vec<MemberAnswer>> {
    let folder = folder(environment)?;
    let prefix = whom.prefix();
    let mut answers = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(&prefix) {
            continue;
        }
        let Ok(mut stream) = UnixStream::connect(entry.path()).await else {
            // Its process was killed, and can't remove it.
            let _ = std::fs::remove_file(entry.path());
            continue;
        };
        let mut text = serde_json::to_vec(request)?;
        text.push(b'\n');
        stream.write_all(&text).await?;
        answers.push(line(&mut stream).await?);
    }
    Ok(answers)
}

/// Reads one line.
async fn line<T: for<'de> Deserialize<'de>>(stream: &mut UnixStream) -> anyhow::Result<T> {
    let mut text = String::new();
    let mut reader = BufReader::new(stream.take(MAX_LINE));
    tokio::time::timeout(ANSWER_TIMEOUT, reader.read_line(&mut text))
        .await
        .context("the process of the member does not answer")??;
    Ok(serde_json::from_str(&text)?)
}

/// The folder of this user's sockets, which is created if it does not exist.
fn folder(environment: &Environment) -> anyhow::Result<PathBuf> {
    let own = rustix::process::getuid().as_raw();
    let path = match environment.raw("XDG_RUNTIME_DIR").map(Path::new) {
        Some(runtime) if runtime.is_absolute() => runtime.join("chatctl"),
        _ => PathBuf::from(format!("/tmp/chatctl-{own}")),
    };
    let shown = path.display();
    match std::fs::DirBuilder::new().mode(0o700).create(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(error).with_context(|| format!("can't make {shown}"));
        }
        _ => {}
    }
    // Without following a link, which another user may have made.
    let found = std::fs::symlink_metadata(&path)?;
    if !found.is_dir() || found.uid() != own || found.mode() & 0o077 != 0 {
        anyhow::bail!("{shown} must be a folder of yours alone");
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn environment(folder: &Path) -> Environment {
        let variable = ("XDG_RUNTIME_DIR".into(), folder.into());
        std::iter::once(variable).collect()
    }

    const WHOM: MemberAddress<'static> = MemberAddress {
        base: "http://x",
        room: "lobby",
        client_id: "ann",
    };

    #[tokio::test]
    async fn a_request_reaches_the_holder_and_no_other() {
        let runtime = tempfile::tempdir().unwrap();
        let environment = environment(runtime.path());
        let control = Control::listen(&environment, &WHOM).unwrap();
        let update = MemberRequest::Update {
            data: Some(serde_json::json!({"a": 1})),
        };
        let holder = async {
            let (request, stream) = control.next().await;
            answer(stream, &MemberAnswer::Done).await;
            request
        };
        let (request, answers) = tokio::join!(holder, ask(&environment, &WHOM, &update));
        assert_eq!(request, update);
        assert!(matches!(answers.unwrap()[..], [MemberAnswer::Done]));
        let other = MemberAddress {
            client_id: "bob",
            ..WHOM
        };
        let answers = ask(&environment, &other, &MemberRequest::Leave)
            .await
            .unwrap();
        assert!(answers.is_empty());
        drop(control);
        let left = std::fs::read_dir(runtime.path().join("chatctl")).unwrap();
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn a_folder_that_others_may_look_into_is_not_used() {
        let runtime = tempfile::tempdir().unwrap();
        let path = runtime.path().join("chatctl");
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let error = folder(&environment(runtime.path())).unwrap_err();
        assert!(error.to_string().contains("yours alone"), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(folder(&environment(runtime.path())).unwrap(), path);
    }
}
