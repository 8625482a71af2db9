//! Codes of what does not exist, of limits and of failures of the service: 404xx to 5xxxx.

use super::entry::{Class, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: 40400,
        status: 404,
        class: Class::NotFound,
        title: "not found",
        why: "No such app, key, message or path. With 401, the app is known and the key is not",
        fix: "check the key's name, or that the message belongs to this room",
    },
    Entry {
        code: 42211,
        status: 422,
        class: Class::Refused,
        title: "a rule rejected the message",
        why: "A moderation rule or hook of the app refused it before it was published",
        fix: "change the message; the detail of the error says which rule",
    },
    Entry {
        code: 42213,
        status: 422,
        class: Class::Refused,
        title: "moderation rejected the message",
        why: "The text was judged not to be acceptable",
        fix: "change the text",
    },
    Entry {
        code: 42910,
        status: 429,
        class: Class::Refused,
        title: "too many messages on the channel or connection",
        why: "A rate limit of the account was exceeded; the message was refused and the connection lives",
        fix: "send more slowly, or in batches",
    },
    Entry {
        code: 42911,
        status: 429,
        class: Class::Refused,
        title: "too many messages on one connection",
        why: "Its publish rate, or that of a claim ably.limits.publish.perAttachment.maxRate, was exceeded; the message was refused and the connection lives",
        fix: "send more slowly, or in batches",
    },
    Entry {
        code: 50000,
        status: 500,
        class: Class::Refused,
        title: "the service failed",
        why: "An internal error",
        fix: "try again; report it if it stays",
    },
    Entry {
        code: 50003,
        status: 503,
        class: Class::Unreachable,
        title: "the service did not answer in time",
        why: "It is overloaded, or shutting down",
        fix: "try again in a moment",
    },
];
