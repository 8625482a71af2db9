//! Faults on demand: the points, the faults, the keys of rules, the seed.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::server::faults::{FAULT_ALIASES, FAULT_KINDS, FaultKind, Point, SELECTORS};

const INTRODUCTION: &str = "\
A server of chatctl can fail on purpose: drop a connection, lose an answer, refuse a token. Rules stand in a file
(exec --faults FILE, serve --faults FILE), are added to a running server (chatctl faults add), or are drawn from a seed
(exec --chaos SEED). What a rule does to frames and answers never changes what is stored, and lets nothing past a
capability.

```
[[fault]]
name = \"the answer is lost\"
at = \"answer\"
method = \"POST\"
path = \"/chat/*/messages\"
do = \"answer\"
status = 503
times = 1

[[fault]]
at = \"timer\"
client = \"ann\"
after = \"30s\"
do = \"offline\"
for = \"150s\"
```

The first rule that matches and fires is done; the others are not asked. Rules of chatctl faults add belong to the app of
the key in use and end with app reset; those of a file are for all apps.
";

const CHAOS: &str = "
## A seed

exec --chaos SEED draws faults: what happens is named by the order of clients, connections, channels and events, never by
random ids, and the seed decides for each name, so that the same run of an app meets the same faults. When the command
fails, the seed and the number of faults are printed, and chatctl faults shrink finds a least set of them that still makes
it fail. What is drawn is bounded so that an app that is right can still finish: after a fault the next events of its kind
are spared, and a client meets 20 in all.

| profile | what is drawn |
| --- | --- |
| mild | what SDKs hide from an app: drops, lost acknowledgements, late frames, a refused connect, a request for another token |
| rough | that, and what an app sees: refused requests, answers that are lost, duplicates, lost continuity, a token that expires |
| hostile | the same more often, with outages of up to half a minute |

Only clients with a token are asked for another, or told that theirs has expired; an app whose tokens can't be renewed, as
those that are given to the SDK as a text, does not survive that, here as with Ably.

## Over HTTP

Below /chatctl/faults, for programs that have the admin token (CHATCTL_ADMIN_TOKEN within exec, adminToken in the ready
file) as Authorization: Bearer. app=ID or allApps=true in the query say whose rules are meant.

| request | what it does |
| --- | --- |
| GET /chatctl/faults | the rules |
| POST /chatctl/faults | add a rule, or {\"fault\": [], \"uts\": []}: the ids |
| DELETE /chatctl/faults, DELETE /chatctl/faults/RULE | remove them, or one |
| POST /chatctl/faults/actions | do a fault at once, as in {\"do\": \"cut\", \"client\": \"bob\"} |
| GET /chatctl/faults/log | what was done; after=N for what came after that entry |

## The vendor's fault proxy

serve --uts-proxy ADDRESS answers the control API of ably/uts-proxy, so that suites that drive that proxy drive this
server. Its rules can stand in a file too, as [[uts]], word for word; they are asked first.
";

/// The text.
pub(super) fn text() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Points\n\n| at | what it is |\n| --- | --- |\n");
    for (point, about) in Point::ALL {
        let _ = writeln!(text, "| {} | {about} |", point.name());
    }
    text.push_str("\n## Faults\n\n| do | at | with | what it does |\n| --- | --- | --- | --- |\n");
    for kind in FAULT_KINDS {
        let with = kind.keys.join(", ");
        let _ = writeln!(
            text,
            "| {} | {} | {with} | {} |",
            kind.name,
            points(&kind).join(", "),
            kind.about
        );
    }
    for (alias, of, about) in FAULT_ALIASES {
        let _ = writeln!(text, "| {alias} | as {of} | | {about} |");
    }
    text.push_str(
        "\nA point that is a part of another takes the same faults: presence those of in; ack, sync and heartbeat those of \
         out; token those of request. Errors have code 40099 unless one is given.\n",
    );
    text.push_str("\n## Keys that select\n\n| key | what it says |\n| --- | --- |\n");
    for (key, about) in SELECTORS {
        let _ = writeln!(text, "| {key} | {about} |");
    }
    text.push_str(CHAOS);
    text
}

/// The points of a kind.
fn points(kind: &FaultKind) -> Vec<&'static str> {
    kind.points.iter().map(|point| point.name()).collect()
}

/// For programs.
pub(super) fn json() -> Value {
    let kinds: Vec<Value> = FAULT_KINDS
        .iter()
        .map(|kind| {
            json!({"do": kind.name, "at": points(kind), "keys": kind.keys, "about": kind.about})
        })
        .collect();
    let points: Vec<Value> = Point::ALL
        .iter()
        .map(|(point, about)| json!({"at": point.name(), "about": about}))
        .collect();
    json!({"points": points, "faults": kinds})
}
