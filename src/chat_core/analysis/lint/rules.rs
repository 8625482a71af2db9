//! The rules: the name of each, the reason and the fix.

use super::severity::Severity;

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LintRule {
    /// The code.
    pub code: &'static str,
    /// The severity of its findings, the worst first; a policy file can say something else.
    pub severities: &'static [Severity],
    /// The harm that it does.
    pub why: &'static str,
    /// The remedy.
    pub fix: &'static str,
}

/// The rule called `code`.
pub(super) fn rule(code: &str) -> Option<&'static LintRule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// All rules.
pub const RULES: &[LintRule] = &[
    LintRule {
        code: "not-a-jwt",
        severities: &[Severity::Error, Severity::Info],
        why: "a server refuses it with 40005 or 40144",
        fix: "pass a compact JWT: three parts in base64url, without padding, with dots between them",
    },
    LintRule {
        code: "alg-unsupported",
        severities: &[Severity::Error],
        why: "Ably verifies HS256 only, and refuses the rest with 40144",
        fix: "sign with HS256 and the secret of the key",
    },
    LintRule {
        code: "kid-missing",
        severities: &[Severity::Error],
        why: "without it the key to verify with is unknown: 40144",
        fix: "put the name of the key, appId.keyId, into the header's kid",
    },
    LintRule {
        code: "kid-not-key-name",
        severities: &[Severity::Error],
        why: "no key is found by it (40400); a whole key there shows the secret to everybody",
        fix: "kid is appId.keyId: the part of the key before the ':'",
    },
    LintRule {
        code: "no-iat",
        severities: &[Severity::Error],
        why: "a token without it is refused with 40144",
        fix: "set iat, as a JSON number of seconds",
    },
    LintRule {
        code: "no-expiry",
        severities: &[Severity::Error],
        why: "a token that never expires, or that has before it begins, is refused with 40144",
        fix: "set exp later than iat, as a JSON number of seconds",
    },
    LintRule {
        code: "milliseconds",
        severities: &[Severity::Error],
        why: "read as seconds it lives a thousand times too long (40003), or begins in the far future",
        fix: "divide by 1000: JWT times are in seconds",
    },
    LintRule {
        code: "ttl-too-long",
        severities: &[Severity::Error, Severity::Warn],
        why: "tokens live for 24 hours at most, those of a key with revocable tokens for one: 40003",
        fix: "let it live for an hour, and let clients renew it",
    },
    LintRule {
        code: "ttl-short",
        severities: &[Severity::Warn, Severity::Info],
        why: "clients renew all the time, and under a minute there is no time for the server's request to renew, 30 seconds before the expiry",
        fix: "let it live for an hour, and let clients renew it",
    },
    LintRule {
        code: "expired",
        severities: &[Severity::Error],
        why: "a server refuses it with 40142",
        fix: "mint a new one; if it is new, set the clock of the machine that mints",
    },
    LintRule {
        code: "not-yet-valid",
        severities: &[Severity::Error],
        why: "a server refuses it with 40144",
        fix: "set the clock of the machine that mints",
    },
    LintRule {
        code: "clientId-missing",
        severities: &[Severity::Error, Severity::Warn],
        why: "Chat refuses anonymous clients, and presence is closed to them",
        fix: "set x-ably-clientId (clientId in a TokenRequest) on the server that signs, from the user who is logged in",
    },
    LintRule {
        code: "clientId-wildcard",
        severities: &[Severity::Warn],
        why: "whoever has it can act as anybody",
        fix: "set it to the one user that the token is for",
    },
    LintRule {
        code: "clientId-invalid",
        severities: &[Severity::Error],
        why: "a server refuses it with 40012",
        fix: "make it a string of 1 to 256 bytes; turn a numeric user id into a string",
    },
    LintRule {
        code: "capability-object",
        severities: &[Severity::Warn],
        why: "the claim is defined as JSON text: some servers refuse an object, or ignore it and grant all that the key may",
        fix: "write the claim with JSON.stringify(capability)",
    },
    LintRule {
        code: "capability-garbage",
        severities: &[Severity::Error],
        why: "a server refuses it with 40144, or with 40000 in a TokenRequest; one that grants nothing with 40160",
        fix: r#"an object from resources to lists of operations, as text: "{\"lobby\":[\"subscribe\"]}""#,
    },
    LintRule {
        code: "capability-missing",
        severities: &[Severity::Warn],
        why: "without it the token may do everything that its key may",
        fix: "set x-ably-capability (capability in a TokenRequest) to what this user needs",
    },
    LintRule {
        code: "capability-full",
        severities: &[Severity::Warn, Severity::Info],
        why: "every user has a moderator's rights",
        fix: "list the operations of an ordinary user, with message-update-own and message-delete-own",
    },
    LintRule {
        code: "operation-unknown",
        severities: &[Severity::Warn],
        why: "it is ignored silently, and grants nothing",
        fix: "`chatctl capability features` lists the operations",
    },
    LintRule {
        code: "wildcard-partial-segment",
        severities: &[Severity::Warn],
        why: "'*' matches whole segments between ':' only; within a segment it is a literal character",
        fix: "separate with ':', as in foo:*",
    },
    LintRule {
        code: "matches-nothing",
        severities: &[Severity::Error, Severity::Info],
        why: "a rule that no room can match is ignored silently, and grants nothing",
        fix: "write it for rooms: a name, or a pattern such as dms:*; no name begins with ':', '[', ',' or a space",
    },
    LintRule {
        code: "namespace-root",
        severities: &[Severity::Info],
        why: "'*' at the end matches any number of segments, including none",
        fix: "nothing to do, unless there is a room of that name that should not be covered",
    },
    LintRule {
        code: "resource-is-channel",
        severities: &[Severity::Warn],
        why: "rights and claims name rooms; the channel's name works for this one room, or not at all",
        fix: "drop the ::$chat",
    },
    LintRule {
        code: "exceeds-key",
        severities: &[Severity::Warn],
        why: "a token never grants more than its key: the rest is dropped silently, and if nothing is left, 40160",
        fix: "widen the key's capability, or ask for less",
    },
    LintRule {
        code: "feature-incomplete",
        severities: &[Severity::Info],
        why: "the operation is of no use in Chat without subscribe",
        fix: "add subscribe: `chatctl capability features` shows what each feature needs",
    },
    LintRule {
        code: "claim-repeated",
        severities: &[Severity::Error],
        why: "some parsers take the first one, others the last: what one checks is not what another grants",
        fix: "write each claim once",
    },
    LintRule {
        code: "claim-misspelt",
        severities: &[Severity::Error],
        why: "an unknown claim is ignored silently",
        fix: "write the name exactly, capital letters included",
    },
    LintRule {
        code: "user-claim-not-string",
        severities: &[Severity::Error],
        why: "a user claim that is not a string is dropped",
        fix: "write it with JSON.stringify(value)",
    },
    LintRule {
        code: "user-claim-secret",
        severities: &[Severity::Warn],
        why: "everybody in the room reads it, with every event",
        fix: "put ids and roles there, nothing that is secret or large",
    },
    LintRule {
        code: "user-claim-not-json",
        severities: &[Severity::Info],
        why: "receivers commonly parse user claims as JSON",
        fix: "write it with JSON.stringify(value), unless your receivers expect plain text",
    },
    LintRule {
        code: "user-claim-shadowed",
        severities: &[Severity::Info],
        why: "only the most specific pattern counts; claims are never merged",
        fix: "repeat in the more specific claim what its rooms need of the broader one",
    },
    LintRule {
        code: "token-large",
        severities: &[Severity::Error, Severity::Warn],
        why: "proxies cut headers and URLs at 8 KiB, and servers refuse more than 128 KiB",
        fix: "use patterns instead of lists of rooms, or an Ably token",
    },
    LintRule {
        code: "embedded-outlives",
        severities: &[Severity::Error],
        why: "a token that outlives the one inside it is refused",
        fix: "let the inner token live at least as long as the outer one",
    },
    LintRule {
        code: "outer-expired",
        severities: &[Severity::Warn],
        why: "Ably looks at the token inside only and still accepts it; services that read the outer token refuse it",
        fix: "mint a new outer token; if it is new, set the clock of the machine that mints",
    },
    LintRule {
        code: "request-unsigned",
        severities: &[Severity::Error],
        why: "a server refuses a TokenRequest without mac, timestamp or nonce with 40101 or 40000",
        fix: "sign it with an SDK's createTokenRequest or `chatctl token request`",
    },
    LintRule {
        code: "request-stale",
        severities: &[Severity::Error],
        why: "a server refuses a timestamp over two minutes from its own time with 40104",
        fix: "sign a new request for each use; if it is new, set the clock of the machine that signs",
    },
    LintRule {
        code: "request-nonce",
        severities: &[Severity::Error],
        why: "a server refuses it with 40003",
        fix: "use at least 16 random characters, new for each request",
    },
    LintRule {
        code: "wrong-secret",
        severities: &[Severity::Error],
        why: "a server refuses it with 40144, which SDKs answer with another token, again and again",
        fix: "sign with the part of the key after ':' as it is, not decoded and without the part before",
    },
];
