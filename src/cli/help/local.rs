//! The local server, for those who wonder where their messages went.

/// The text.
pub(super) fn text() -> String {
    TEXT.to_owned()
}

const TEXT: &str = "\
Without credentials and without an endpoint, from any source, network commands use the local server: a chat server in the
background, started by the first of them, shared by all of this user, and said on standard error each time.

When it is used

  never with a credential or an endpoint, nor with CI set: missing credentials are an error then, and an empty variable
  always is. To run something on a server of its own: chatctl exec -- COMMAND
  token mint and token request sign with its key where there is no other, and need no server for that.

What it is

  address   127.0.0.1, a free port; the same port again next time, unless another program has taken it
  key       generated once, in a file that only this user can read; it may do everything
  rooms     in a file, so that they outlive the server
  end       by itself, 15 minutes (CHATCTL_LOCAL_IDLE) after the last connection; the next command starts it again
  files     below XDG_STATE_HOME, else ~/.local/state, in chatctl/local: key, rooms.sqlite, server.log

What can be done with it

  chatctl local status     whether it runs, where it is, where its files are
  chatctl local env        the variables by which other programs find it, starting it if need be
  chatctl local reset      empty its rooms
  chatctl local stop       end it

How commands find it

  The server holds a lock on server.lock for as long as it lives, which the system lets go of however it ends. Where it
  listens stands in server.json, with a question that only it can answer: whatever else has come to its port gets no
  message and no key.
";
