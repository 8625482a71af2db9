//! The local server, for users who wonder where their messages went.

/// The text.
pub(super) fn text() -> String {
    TEXT.to_owned()
}

const TEXT: &str = "\
Without credentials and without an endpoint, from any source, network commands use the local server: a chat server in the
background. The first command starts it, all commands of the user share it, and one line on standard error says so, once
for each start.

## When it is used

- Never with another credential or an endpoint, those of a profile included, nor with CI set: missing credentials are an
  error then, and an empty variable always is. To run a command on a server of its own: chatctl exec -- COMMAND
- Its own key, and a token that this key signed, lead to it where no endpoint is named: nothing else takes them.
- token mint and token request sign with its key if there is no other, without starting the server.

## What it is

| part | what it is |
| --- | --- |
| address | 127.0.0.1, a free port; the same port again next time, unless another program has taken it |
| key | generated once, with full access, in a file that only this user can read |
| rooms | in a file, so that they outlive the server |
| end | 15 minutes (CHATCTL_LOCAL_IDLE) after the last connection; the next command starts it again |
| files | below XDG_STATE_HOME, else ~/.local/state, in chatctl/local: key, rooms.sqlite, server.log |

## How to manage it

| command | what it does |
| --- | --- |
| chatctl local status | show whether it runs, with its address and files |
| chatctl local env | print the variables that lead other programs to it, and start it if needed |
| chatctl local reset | delete all its rooms |
| chatctl local stop | stop it |

## How commands find it

The server locks server.lock for as long as it lives; the system releases the lock however it ends. Its address is in
server.json, with an identity probe that only it can answer: another program on its port gets no message and no key. On
Linux each connection is checked too: a process of another user on its port is sent nothing. Programs that have the
address from local env check nothing: run local env again after a pause, or give them a server with chatctl exec.
";
