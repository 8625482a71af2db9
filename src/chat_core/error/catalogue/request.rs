//! Codes of malformed requests: 400xx.

use super::entry::{Class, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: 40000,
        status: 400,
        class: Class::Refused,
        title: "the request is malformed",
        why: "A field, a frame or a capability has not the form that the service expects",
        fix: "read the message: it names the part that is wrong",
    },
    Entry {
        code: 40001,
        status: 400,
        class: Class::Refused,
        title: "the body of the request can't be used",
        why: "The body is not valid JSON or MessagePack, or a field that must be there is missing or of the wrong kind",
        fix: "check the body, and that Content-Type says what it is",
    },
    Entry {
        code: 40003,
        status: 400,
        class: Class::Refused,
        title: "a parameter has a value that is not allowed",
        why: "Most often a lifetime of a token over 24 hours (1 hour for a key with revocable tokens), a nonce shorter than 16 characters, or a serial that can't be one",
        fix: "mind the units: JWT times are in seconds, those of TokenRequests in milliseconds",
    },
    Entry {
        code: 40005,
        status: 400,
        class: Class::Credentials,
        title: "the credential can't be read",
        why: "The key or token is empty, cut short, wrapped in something else, or not a credential at all",
        fix: "a key is appId.keyId:secret; a token is passed whole, without quotes or line breaks",
    },
    Entry {
        code: 40009,
        status: 413,
        class: Class::Refused,
        title: "the message is too large",
        why: "Name, clientId, extras and data together are over the limit of the account, 64 KiB by default",
        fix: "send less, or send a reference to data that is kept elsewhere",
    },
    Entry {
        code: 40010,
        status: 400,
        class: Class::Refused,
        title: "the channel's name is not valid",
        why: "It is empty, begins with '[' or ':', or contains characters that names may not have",
        fix: "rename the room or channel",
    },
    Entry {
        code: 40012,
        status: 400,
        class: Class::Usage,
        title: "the clientId is not valid, or not the caller's",
        why: "An operation names another client than its connection is for; a clientId is empty, '*' or no string; or an anonymous client acts as somebody",
        fix: "name the client in the token and leave it out of operations",
    },
    Entry {
        code: 40013,
        status: 400,
        class: Class::Refused,
        title: "the data of a message has a form that is not allowed",
        why: "Data must be text, bytes or JSON, and match the encoding that is declared",
        fix: "send an object, an array, a string or bytes",
    },
    Entry {
        code: 40014,
        status: 400,
        class: Class::Refused,
        title: "the object was released",
        why: "A room or client was used after it was let go",
        fix: "get the room anew",
    },
];
