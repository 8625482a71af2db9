//! The errors of a request, and their causes in words.

use std::io;

use rustls::InvalidMessage;

/// The reason why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No connection could be made: nothing was sent.
    #[error("{0}")]
    Unreachable(String),
    /// The connection broke before the whole answer came: the request may have been carried out.
    #[error("{0}")]
    Interrupted(String),
    /// The answer has more bytes than were allowed.
    #[error("the answer is too long")]
    TooLong,
    /// The time ran out: the request may have been carried out.
    #[error("the answer did not come in time")]
    TimedOut,
}

/// A side that speaks TLS, and one that does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Mismatch {
    /// The endpoint speaks TLS, and was spoken to without.
    #[error("the server speaks TLS, and was asked without")]
    SpeaksTls,
    /// The endpoint does not speak TLS, and was spoken to with it.
    #[error("the server does not speak TLS")]
    SpeaksPlain,
}

impl Mismatch {
    /// The mismatch that the text of an error is about.
    fn of_text(text: &str) -> Option<Self> {
        let all = [Self::SpeaksTls, Self::SpeaksPlain];
        all.into_iter().find(|it| it.to_string() == text)
    }

    /// Returns the mismatch in a chain of errors, if there is one.
    pub(super) fn in_chain(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(inner) = next {
            // The source of an I/O error is that of the error within it, which is passed over, and may be one again.
            let mut within = Some(inner);
            while let Some(error) = within {
                if let Some(found) = error.downcast_ref::<Self>() {
                    return Some(*found);
                }
                // What stands where the type of a TLS record should is a letter of an HTTP answer.
                if let Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) =
                    error.downcast_ref()
                {
                    return Some(Self::SpeaksPlain);
                }
                let io = error.downcast_ref::<io::Error>();
                within = io
                    .and_then(io::Error::get_ref)
                    .map(|error| error as &(dyn std::error::Error + 'static));
            }
            next = inner.source();
        }
        None
    }
}

/// The URL by which the server at `address` can be reached, where `reason` says that it was spoken to in the wrong way: with
/// TLS or without.
pub fn other_scheme(address: &str, reason: &str) -> Option<String> {
    match Mismatch::of_text(reason)? {
        Mismatch::SpeaksTls => Some(format!("https://{}", address.strip_prefix("http://")?)),
        Mismatch::SpeaksPlain => Some(format!("http://{}", address.strip_prefix("https://")?)),
    }
}

/// Returns the text at the bottom of a chain of errors: what really happened.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(mismatch) = Mismatch::in_chain(error) {
        return mismatch.to_string();
    }
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
