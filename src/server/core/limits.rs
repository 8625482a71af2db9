//! The limits of the server: the bounds of what a peer may do, and the one list of them, [`LIMITS`], which
//! `docs/limits.md` is made from.
//!
//! A limit is a constant here (or in the engine, which knows no core) that is enforced where it matters, and a row in
//! [`LIMITS`]. `tests/it/limits.rs` keeps the page fresh and names the test that reaches each.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::chat_core::auth::verify::MAX_TOKEN;
pub(crate) use crate::server::engine::limits::{
    MAX_ANNOTATED_MESSAGES, MAX_ANNOTATION_COUNT, MAX_ANNOTATION_NAME_SIZE, MAX_MESSAGE_SIZE,
    REMAIN_PRESENT,
};
use crate::server::engine::limits::{
    MAX_ANNOTATION_NAMES, MAX_LISTED_CLIENTS, MAX_MEMBERS, MAX_MEMBERS_SIZE, MAX_MEMORY,
    MAX_SUMMARIES_SIZE, MAX_SUMMARY_SIZE, REPEAT_WINDOW,
};
use crate::server::engine::revocation;

/// The largest frame or body, in bytes.
pub(crate) const MAX_FRAME_SIZE: usize = 524_288;

/// The size of a page of history, in bytes, about: a page of large items has fewer than its `limit`, and a link to the
/// next one.
pub(crate) const MAX_PAGE_SIZE: usize = 4 * 1024 * 1024;

/// The size of the pieces in which an attachment is told what it missed or asked for, in bytes, about: the next one is read
/// once the subscriber has room.
pub(crate) const PIECE_SIZE: usize = 128 * 1024;

/// The most that an attachment is told of what it missed, in bytes, about. Beyond it continuity is lost: 90003 / 400.
pub(crate) const MAX_MISSED_SIZE: usize = 32 * 1024 * 1024;

/// The most messages of a rewind by time.
pub(crate) const MAX_REWOUND: usize = 1000;

/// The most members of one SYNC message, and the size of them that it is full with, in bytes.
pub(crate) const SYNC_PAGE_MEMBERS: usize = 100;
pub(crate) const SYNC_PAGE_SIZE: usize = 64 * 1024;

/// The most bytes of ephemeral messages that wait for an attachment that is catching up. Further ones are not delivered to
/// it.
pub(crate) const MAX_HELD_SIZE: usize = 256 * 1024;

/// The most that may wait for one connection, in bytes. A client that does not read is disconnected beyond it: 80003.
pub(crate) const MAX_WAITING: usize = 4 * 1024 * 1024;

/// What may wait for one connection before it is told more of what it asked for, in bytes.
pub(crate) const WAITING_LOW: usize = 256 * 1024;

/// The most that may wait for all connections of an app together, in bytes. Beyond it those that do not read are
/// disconnected, 80003, but for what each may have waiting anyhow.
pub(crate) const MAX_APP_WAITING: usize = 64 * 1024 * 1024;
pub(crate) const MIN_WAITING: usize = 64 * 1024;

/// How often in a row, at intervals of [`IDLE_CHECK`], a client may have taken nothing of what waits for it. It is
/// disconnected then: 80003.
pub(crate) const MAX_STALLS: u32 = 3;

/// The most channels of one connection.
pub(crate) const MAX_CHANNELS: usize = 200;

/// The most messages of one publish.
pub(crate) const MAX_MESSAGES: usize = 1000;

/// The most levels that data, extras and metadata may be nested, so that they can be read again within the frames and pages
/// around them: readers of JSON and MessagePack take 127.
pub(crate) const MAX_DEPTH: usize = 100;

/// The most messages that an attachment may ask for with `rewind`.
pub(crate) const MAX_REWIND: usize = 100;

/// The time for which a channel that nobody is attached to counts as active after a publish.
pub(crate) const CHANNEL_ACTIVITY: Duration = Duration::from_mins(1);

/// The most publishes of a connection that are under way; what comes then is read later.
pub(crate) const MAX_UNDER_WAY: usize = 32;

/// The advertised publish rate, in messages a second, where none is enforced.
pub(crate) const MAX_INBOUND_RATE: u64 = 1000;

/// The longest silence that a connection is promised.
pub(crate) const MAX_IDLE: Duration = Duration::from_secs(15);

/// The interval at which a silent connection gets a heartbeat: twice within the promise, so that it is kept
/// whenever the traffic fell.
pub(crate) const IDLE_CHECK: Duration = Duration::from_millis(7000);

/// The time for which a connection's state is kept after a drop.
pub(crate) const CONNECTION_STATE_TTL: Duration = Duration::from_mins(2);

/// The time that a client may be away and continue its attachments, where it does not continue its connection: SDKs ask
/// for that until the state of the connection is gone.
pub(crate) const CONTINUITY_WINDOW: Duration = CONNECTION_STATE_TTL;

/// The time that a client has to read why its connection is closed.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which changes of the occupancy are gathered before they are sent.
pub(crate) const OCCUPANCY_DELAY: Duration = Duration::from_millis(300);

/// The time that a client may take to send the head of a request.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(20);

/// The largest head of a request, in bytes: a token of the largest size travels there.
pub(crate) const MAX_HEAD: usize = 192 * 1024;

/// The most header fields of a request.
pub(crate) const MAX_HEADERS: usize = 100;

/// The longest request target, in bytes: more is not a URI to the `http` crate.
pub(crate) const MAX_TARGET: usize = 65_534;

/// The largest body of a client whose credential was accepted, in bytes: a frame of the largest size is one too.
pub(crate) const MAX_BODY: usize = MAX_FRAME_SIZE;

/// The time that a client whose credential was accepted may take to send a body.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest body of anybody else, in bytes.
pub(crate) const MAX_OPEN_BODY: usize = 64 * 1024;

/// The time that anybody else may take to send a body.
pub(crate) const OPEN_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// The time that a client may take to read an answer.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// The longest message of an error that is answered, in bytes: errors quote what the client sent.
pub(crate) const MAX_ERROR_MESSAGE: usize = 1024;

/// The most peers that are connected and ask for nothing, before their first request or between two; half of the
/// descriptors of the process where those are fewer. One more ends the connection that has waited longest.
pub(crate) const MAX_WAITING_PEERS: usize = 16_384;

/// The time that a client may take for the TLS handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The most TLS handshakes at once; one more ends the oldest.
pub(crate) const MAX_HANDSHAKES: usize = 1024;

/// The most distinct channels of one batch.
pub(crate) const MAX_BATCH_CHANNELS: usize = 100;

/// The most messages that one batch may publish: those of each spec, for each of its channels.
pub(crate) const MAX_BATCH_MESSAGES: usize = 10_000;

/// The most bytes that one batch may publish: those of each spec, for each of its channels. A message of the largest
/// size goes to the most channels.
pub(crate) const MAX_BATCH_SIZE: usize = MAX_BATCH_CHANNELS * MAX_MESSAGE_SIZE;

/// The most items of a page.
pub(crate) const MAX_PAGE: usize = 1000;

/// The most targets of one revocation.
pub(crate) const MAX_TARGETS: usize = 100;

/// The most apps that are created in one server.
pub(crate) const MAX_APPS: usize = 10_000;

/// The most rules of an app, as Ably has it.
pub(crate) const MAX_APP_RULES: usize = 100;

/// The most messages of an app that are held for a person.
pub(crate) const MAX_APP_HELD: usize = 1000;

/// The most events that wait for one webhook, and their bytes.
pub(crate) const MAX_WEBHOOK_EVENTS: usize = 10_000;
pub(crate) const MAX_WEBHOOK_SIZE: usize = 64 * 1024 * 1024;

/// The deliveries to webhooks that are kept of an app, and the bytes of their requests.
pub(crate) const MAX_DELIVERIES: usize = 1000;
pub(crate) const MAX_DELIVERY_SIZE: usize = 16 * 1024 * 1024;

/// The most keys of an app that is created.
pub(crate) const MAX_APP_KEYS: usize = 100;

/// The most channels that an app is created with.
pub(crate) const MAX_APP_CHANNELS: usize = 1000;

/// The most members that an app may allow a channel.
pub(crate) const MAX_APP_MEMBERS: usize = 10_000;

/// The most memory of what apps were created with, over all of them, in bytes, as
/// [`crate::server::edge::provision`] estimates it.
pub(crate) const MAX_APPS_SIZE: usize = 256 << 20;

/// The longest name of an app, in bytes: it is a part of each key of a seed's decisions.
pub(crate) const MAX_APP_NAME: usize = 64;

/// The time for which an app that was created lives without being used.
pub(crate) const MAX_APP_IDLE: Duration = Duration::from_mins(30);

/// One limit.
pub struct Limit {
    /// What is limited.
    pub name: &'static str,
    /// The bound.
    pub bound: Bound,
    /// The error of what is over it, if it is told with one.
    pub code: Option<(u32, u16)>,
    /// What happens beyond it, where the code does not say so.
    pub beyond: &'static str,
    /// The flags and the keys under `[limits]` of `--config` that change it.
    pub settings: &'static [&'static str],
}

/// The bound of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A number of things.
    Count(usize),
    /// A number of bytes.
    Bytes(usize),
    /// A span of time.
    Time(Duration),
    /// No limit, unless a setting gives one.
    Unlimited,
}

/// Limits that belong together.
pub struct LimitGroup {
    /// What they are about.
    pub title: &'static str,
    /// The limits.
    pub limits: &'static [Limit],
}

/// All limits.
pub const LIMITS: &[LimitGroup] = &[
    LimitGroup {
        title: "Connections",
        limits: CONNECTIONS,
    },
    LimitGroup {
        title: "Publishes",
        limits: PUBLISHES,
    },
    LimitGroup {
        title: "Rooms and channels",
        limits: CHANNELS,
    },
    LimitGroup {
        title: "What is kept",
        limits: HISTORY,
    },
    LimitGroup {
        title: "Requests",
        limits: REQUESTS,
    },
    LimitGroup {
        title: "Batches and pages",
        limits: BATCHES,
    },
    LimitGroup {
        title: "Tokens",
        limits: TOKENS,
    },
    LimitGroup {
        title: "Apps",
        limits: APPS,
    },
];

/// A limit without a code and a setting.
const PLAIN: Limit = Limit {
    name: "",
    bound: Bound::Unlimited,
    code: None,
    beyond: "",
    settings: &[],
};

const CONNECTIONS: &[Limit] = &[
    Limit {
        name: "Connections of a server",
        code: Some((40111, 403)),
        settings: &["--limits", "--connection-limit", "connection-limit"],
        ..PLAIN
    },
    Limit {
        name: "Bytes that wait for a connection",
        bound: Bound::Bytes(MAX_WAITING),
        code: Some((80003, 500)),
        ..PLAIN
    },
    Limit {
        name: "Bytes that wait for all connections of an app",
        bound: Bound::Bytes(MAX_APP_WAITING),
        code: Some((80003, 500)),
        beyond: "for those with more than 64 KiB",
        ..PLAIN
    },
    Limit {
        name: "Time in which a connection takes nothing of what waits",
        bound: Bound::Time(IDLE_CHECK.saturating_mul(MAX_STALLS)),
        code: Some((80003, 500)),
        ..PLAIN
    },
    Limit {
        name: "Channels of a connection",
        bound: Bound::Count(MAX_CHANNELS),
        code: Some((90010, 400)),
        settings: &["connection-channels"],
        ..PLAIN
    },
    Limit {
        name: "Publishes of a connection under way",
        bound: Bound::Count(MAX_UNDER_WAY),
        beyond: "read later",
        ..PLAIN
    },
    Limit {
        name: "State of a connection after a drop",
        bound: Bound::Time(CONNECTION_STATE_TTL),
        code: Some((80008, 400)),
        beyond: "a new connection",
        ..PLAIN
    },
    Limit {
        name: "Silence of the server towards a connection",
        bound: Bound::Time(MAX_IDLE),
        beyond: "a heartbeat is sent before",
        ..PLAIN
    },
    Limit {
        name: "Reading why a connection is closed",
        bound: Bound::Time(CLOSE_TIMEOUT),
        beyond: "the socket is closed",
        ..PLAIN
    },
];

const PUBLISHES: &[Limit] = &[
    Limit {
        name: "Size of a publish",
        bound: Bound::Bytes(MAX_MESSAGE_SIZE),
        code: Some((40009, 413)),
        settings: &["--limits", "message-size"],
        ..PLAIN
    },
    Limit {
        name: "Messages of a publish",
        bound: Bound::Count(MAX_MESSAGES),
        code: Some((40034, 400)),
        ..PLAIN
    },
    Limit {
        name: "Levels of data, extras and metadata",
        bound: Bound::Count(MAX_DEPTH),
        code: Some((40003, 400)),
        ..PLAIN
    },
    Limit {
        name: "Size of a frame",
        bound: Bound::Bytes(MAX_FRAME_SIZE),
        beyond: "the connection is closed",
        settings: &["--limits", "message-size"],
        ..PLAIN
    },
    Limit {
        name: "Size of a message after an append",
        bound: Bound::Bytes(MAX_MESSAGE_SIZE),
        code: Some((40009, 413)),
        settings: &["--limits", "message-size"],
        ..PLAIN
    },
    Limit {
        name: "Name of an annotation, and its type",
        bound: Bound::Bytes(MAX_ANNOTATION_NAME_SIZE),
        code: Some((40003, 400)),
        ..PLAIN
    },
    Limit {
        name: "Names of an annotation type of a message",
        bound: Bound::Count(MAX_ANNOTATION_NAMES),
        code: Some((40003, 400)),
        ..PLAIN
    },
    Limit {
        name: "Messages that a publish annotates",
        bound: Bound::Count(MAX_ANNOTATED_MESSAGES),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Size of a summary",
        bound: Bound::Bytes(MAX_SUMMARY_SIZE),
        beyond: "`clipped`, with exact totals; one half is for names and totals: 40003 / 400",
        ..PLAIN
    },
    Limit {
        name: "Clients that a summary lists for a name",
        bound: Bound::Count(MAX_LISTED_CLIENTS),
        beyond: "`clipped`, with exact totals",
        ..PLAIN
    },
    Limit {
        name: "Size of the summaries that a publish changes",
        bound: Bound::Bytes(MAX_SUMMARIES_SIZE),
        code: Some((40009, 413)),
        ..PLAIN
    },
    Limit {
        name: "Messages a second of a client on a channel",
        code: Some((42911, 429)),
        settings: &["publish-rate"],
        ..PLAIN
    },
];

const CHANNELS: &[Limit] = &[
    Limit {
        name: "Active channels of an app: attached, or published on within a minute",
        code: Some((40114, 403)),
        settings: &["--limits", "channel-limit"],
        ..PLAIN
    },
    Limit {
        name: "Members of a channel",
        bound: Bound::Count(MAX_MEMBERS),
        code: Some((91003, 400)),
        settings: &["members"],
        ..PLAIN
    },
    Limit {
        name: "Size of the members of a channel",
        bound: Bound::Bytes(MAX_MEMBERS_SIZE),
        code: Some((91006, 400)),
        ..PLAIN
    },
    Limit {
        name: "Stay of members after a drop",
        bound: Bound::Time(REMAIN_PRESENT),
        beyond: "they leave; `remainPresentFor` of the client changes it",
        ..PLAIN
    },
    Limit {
        name: "Messages of a rewind by time",
        bound: Bound::Count(MAX_REWOUND),
        beyond: "the newest",
        ..PLAIN
    },
    Limit {
        name: "Size of what an attachment has missed",
        bound: Bound::Bytes(MAX_MISSED_SIZE),
        code: Some((90003, 400)),
        ..PLAIN
    },
    Limit {
        name: "Ephemeral messages that wait for an attachment",
        bound: Bound::Bytes(MAX_HELD_SIZE),
        beyond: "not delivered",
        ..PLAIN
    },
    Limit {
        name: "Messages of a rewind",
        bound: Bound::Count(MAX_REWIND),
        beyond: "the newest",
        ..PLAIN
    },
];

const HISTORY: &[Limit] = &[
    Limit {
        name: "Age of history",
        beyond: "the oldest goes",
        settings: &["retention-age"],
        ..PLAIN
    },
    Limit {
        name: "Publishes of a channel",
        beyond: "the oldest goes",
        settings: &["retention-count"],
        ..PLAIN
    },
    Limit {
        name: "Memory of rooms in memory",
        bound: Bound::Bytes(MAX_MEMORY),
        beyond: "the oldest goes, told as a gap: 90003 / 400",
        settings: &["retention-size"],
        ..PLAIN
    },
    Limit {
        name: "Repeats of a publish by its key",
        bound: Bound::Time(REPEAT_WINDOW),
        beyond: "done again",
        ..PLAIN
    },
    Limit {
        name: "Size of a store file",
        beyond: "the oldest goes",
        settings: &["retention-size"],
        ..PLAIN
    },
];

const REQUESTS: &[Limit] = &[
    Limit {
        name: "Connections that ask for nothing, or half of the descriptors",
        bound: Bound::Count(MAX_WAITING_PEERS),
        beyond: "the one that has waited longest is ended",
        ..PLAIN
    },
    Limit {
        name: "TLS handshakes at once",
        bound: Bound::Count(MAX_HANDSHAKES),
        beyond: "the oldest is ended",
        ..PLAIN
    },
    Limit {
        name: "Time of a TLS handshake",
        bound: Bound::Time(HANDSHAKE_TIMEOUT),
        beyond: "the socket is closed",
        ..PLAIN
    },
    Limit {
        name: "Size of a head",
        bound: Bound::Bytes(MAX_HEAD),
        beyond: "status 431",
        ..PLAIN
    },
    Limit {
        name: "Header fields",
        bound: Bound::Count(MAX_HEADERS),
        beyond: "status 431",
        ..PLAIN
    },
    Limit {
        name: "Size of a path with its query",
        bound: Bound::Bytes(MAX_TARGET),
        beyond: "status 414: a longer token goes into a header or an AUTH frame",
        ..PLAIN
    },
    Limit {
        name: "Time of a head, and between requests",
        bound: Bound::Time(HEAD_TIMEOUT),
        beyond: "the socket is closed",
        ..PLAIN
    },
    Limit {
        name: "Size of a body behind accepted credentials",
        bound: Bound::Bytes(MAX_BODY),
        code: Some((40009, 413)),
        ..PLAIN
    },
    Limit {
        name: "Time of a body behind accepted credentials",
        bound: Bound::Time(BODY_TIMEOUT),
        code: Some((40000, 408)),
        ..PLAIN
    },
    Limit {
        name: "Size of a body without them",
        bound: Bound::Bytes(MAX_OPEN_BODY),
        code: Some((40009, 413)),
        ..PLAIN
    },
    Limit {
        name: "Time of a body without them",
        bound: Bound::Time(OPEN_BODY_TIMEOUT),
        code: Some((40000, 408)),
        ..PLAIN
    },
    Limit {
        name: "Time of reading an answer",
        bound: Bound::Time(ANSWER_TIMEOUT),
        beyond: "the socket is closed",
        ..PLAIN
    },
    Limit {
        name: "Message of an error",
        bound: Bound::Bytes(MAX_ERROR_MESSAGE),
        beyond: "cut",
        ..PLAIN
    },
];

const BATCHES: &[Limit] = &[
    Limit {
        name: "Distinct channels of a batch",
        bound: Bound::Count(MAX_BATCH_CHANNELS),
        code: Some((90010, 400)),
        ..PLAIN
    },
    Limit {
        name: "Messages of a batch times their channels",
        bound: Bound::Count(MAX_BATCH_MESSAGES),
        code: Some((40034, 400)),
        ..PLAIN
    },
    Limit {
        name: "Size of a batch times its channels",
        bound: Bound::Bytes(MAX_BATCH_SIZE),
        code: Some((40009, 413)),
        ..PLAIN
    },
    Limit {
        name: "Size of a page of history",
        bound: Bound::Bytes(MAX_PAGE_SIZE),
        beyond: "fewer items, and a next page",
        ..PLAIN
    },
    Limit {
        name: "Items of a page",
        bound: Bound::Count(MAX_PAGE),
        code: Some((40003, 400)),
        ..PLAIN
    },
];

const TOKENS: &[Limit] = &[
    Limit {
        name: "Size of a token",
        bound: Bound::Bytes(MAX_TOKEN),
        code: Some((40005, 400)),
        ..PLAIN
    },
    Limit {
        name: "Targets of a revocation",
        bound: Bound::Count(MAX_TARGETS),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Revocations of an app in force",
        bound: Bound::Count(revocation::MAX_KEPT),
        code: Some((42910, 429)),
        beyond: "until the oldest is over",
        ..PLAIN
    },
];

const APPS: &[Limit] = &[
    Limit {
        name: "Apps that are created",
        bound: Bound::Count(MAX_APPS),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Memory of what apps are created with, over all of them",
        bound: Bound::Bytes(MAX_APPS_SIZE),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Keys of an app",
        bound: Bound::Count(MAX_APP_KEYS),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Size of the name of an app",
        bound: Bound::Bytes(MAX_APP_NAME),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Channels that an app is created with",
        bound: Bound::Count(MAX_APP_CHANNELS),
        code: Some((40000, 400)),
        ..PLAIN
    },
    Limit {
        name: "Members that an app may allow a channel",
        bound: Bound::Count(MAX_APP_MEMBERS),
        beyond: "cut to it",
        ..PLAIN
    },
    Limit {
        name: "Rules of an app",
        bound: Bound::Count(MAX_APP_RULES),
        code: Some((40125, 401)),
        ..PLAIN
    },
    Limit {
        name: "Events that wait for one webhook",
        bound: Bound::Count(MAX_WEBHOOK_EVENTS),
        beyond: "dropped: 70003 in the log of deliveries and in [meta]log",
        ..PLAIN
    },
    Limit {
        name: "Size of the events that wait for one webhook",
        bound: Bound::Bytes(MAX_WEBHOOK_SIZE),
        beyond: "dropped: 70003 in the log of deliveries and in [meta]log",
        ..PLAIN
    },
    Limit {
        name: "Deliveries to webhooks that are kept of an app",
        bound: Bound::Count(MAX_DELIVERIES),
        beyond: "the oldest is forgotten",
        ..PLAIN
    },
    Limit {
        name: "Size of the requests of these deliveries",
        bound: Bound::Bytes(MAX_DELIVERY_SIZE),
        beyond: "the oldest can't be sent again",
        ..PLAIN
    },
    Limit {
        name: "Messages of an app that are held for a person",
        bound: Bound::Count(MAX_APP_HELD),
        beyond: "the rule's failed-action decides",
        ..PLAIN
    },
    Limit {
        name: "Life of an app without use",
        bound: Bound::Time(MAX_APP_IDLE),
        beyond: "it is deleted",
        ..PLAIN
    },
];

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count(count) => f.write_str(&grouped(count)),
            Self::Bytes(bytes) => match bytes {
                _ if bytes >= 1 << 30 && bytes.is_multiple_of(1 << 30) => {
                    write!(f, "{} GiB", bytes >> 30)
                }
                _ if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => {
                    write!(f, "{} MiB", bytes >> 20)
                }
                _ if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => {
                    write!(f, "{} KiB", bytes >> 10)
                }
                _ => write!(f, "{} bytes", grouped(bytes)),
            },
            Self::Time(span) => match span.as_secs() {
                _ if span.subsec_millis() > 0 => write!(f, "{} ms", span.as_millis()),
                secs if secs >= 60 && secs.is_multiple_of(60) => write!(f, "{} min", secs / 60),
                secs => write!(f, "{secs} s"),
            },
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// Checks the name of an app.
///
/// # Errors
/// Why it is not valid, for people.
pub fn check_app_name(name: &str) -> Result<(), String> {
    let size = name.len();
    if size > MAX_APP_NAME {
        return Err(format!(
            "The name of the app is too long: {size} bytes, of {MAX_APP_NAME} allowed"
        ));
    }
    Ok(())
}

/// Returns `number` with its thousands set apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns `docs/limits.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# Limits\n\
         \n\
         The limits of the server, made from the list in `src/server/core/limits.rs`. What is over one is refused \
         before any\nwork on it starts, with Ably's code where there is one. Keys of `--config` stand under `[limits]`.\n",
    );
    for group in LIMITS {
        // Writing to a text does not fail.
        let _ = write!(
            page,
            "\n## {}\n\n| limit | value | over it | changed by |\n| --- | --- | --- | --- |\n",
            group.title
        );
        for limit in group.limits {
            let code = limit
                .code
                .map(|(code, status)| format!("{code} / {status}"));
            let over = [code.as_deref().unwrap_or_default(), limit.beyond]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(", ");
            let settings: Vec<String> = limit
                .settings
                .iter()
                .map(|setting| format!("`{setting}`"))
                .collect();
            let _ = writeln!(
                page,
                "| {} | {} | {over} | {} |",
                limit.name,
                limit.bound,
                settings.join(", ")
            );
        }
    }
    page
}
