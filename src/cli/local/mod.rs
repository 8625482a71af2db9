//! `chatctl local`: the server that commands use without credentials and endpoint. It keeps everything that it has
//! acknowledged.
//!
//! | module | owns |
//! | --- | --- |
//! | [`folder`], [`lock`] | the files that are kept between runs, and exclusive access to them |
//! | [`access`], [`find`], [`start`] | the way of a command to it |
//! | [`server`], [`idle`], [`log`] | the process that serves in the background |
//! | [`status`], [`stop`], [`env`] | the verbs |

mod access;
mod env;
mod find;
mod folder;
mod idle;
mod lock;
mod log;
pub(super) mod server;
pub(super) mod start;
mod status;
mod stop;

use clap::Args as _;

use super::noun::{Group, Handler, Noun, NounBody, Verb, handler};
pub(super) use access::{
    LocalServer, admin_token, is_used, key, known_key, owns_credential, peek, running,
};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "local",
    "Manage the local server",
    NounBody::Verbs(&[
        Verb::new(
            "status",
            Handler {
                build: status::LocalStatus::augment_args,
                run: |_, context| status::LocalStatus::run(context),
            },
        ),
        Verb::new(
            "stop",
            Handler {
                build: stop::LocalStop::augment_args,
                run: |_, context| stop::LocalStop::run(context),
            },
        ),
        Verb::new("reset", handler!(stop::LocalReset)),
        Verb::new("env", handler!(env::Env)),
    ]),
)
.within(Group::Server);
