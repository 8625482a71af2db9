//! Judgements of answers that are made up.

use super::*;
use crate::chat_core::auth::Secret;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn key() -> ApiKey {
    ApiKey::parse("app.key:secret").unwrap()
}

fn visit(user: &str, given: Result<TokenResponse>) -> Visit {
    Visit {
        user: user.to_owned(),
        given: given.map(|given| SourceAnswer { given, slip: None }),
        took: Duration::from_millis(5),
        at: NOW,
    }
}

fn wish(user: &str, client_id: &str, nonce: &str) -> Visit {
    let request = TokenRequest {
        key_name: "app.key".to_owned(),
        client_id: Some(client_id.to_owned()),
        capability: Some(r#"{"lobby":["publish"]}"#.to_owned()),
        nonce: Some(format!("{nonce:*>16}")),
        timestamp: Some(NOW),
        ..TokenRequest::default()
    };
    visit(user, Ok(TokenResponse::Request(request.signed(&key()))))
}

fn outcome(visits: &[Visit], name: &str, rights: Option<&Capability>) -> Outcome {
    let wanted = Requirements {
        within: Duration::from_secs(1),
        rights,
        key: Some(&key()),
    };
    let checks = judge(visits, &wanted);
    checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("{name} in {checks:?}"))
        .outcome
}

#[test]
fn what_is_good_passes_and_what_can_not_be_told_is_said_so() {
    let visits = [
        wish("ann", "ann", "one"),
        wish("ann", "ann", "two"),
        wish("bob", "bob", "three"),
    ];
    for name in ["answers", "quick", "current", "valid", "nonce", "identity"] {
        assert_eq!(outcome(&visits, name, None), Outcome::Passed, "{name}");
    }
    for name in ["renewal", "rules"] {
        assert_eq!(outcome(&visits, name, None), Outcome::Unknown, "{name}");
    }
    assert_eq!(outcome(&visits, "rights", None), Outcome::Unknown);
    let allowed = Capability::parse(r#"{"*":["publish"]}"#).unwrap();
    assert_eq!(outcome(&visits, "rights", Some(&allowed)), Outcome::Passed);
    let narrower = Capability::parse(r#"{"hall":["publish"]}"#).unwrap();
    assert_eq!(outcome(&visits, "rights", Some(&narrower)), Outcome::Failed);
}

#[test]
fn what_the_service_would_refuse_fails() {
    let valid = |change: fn(&mut TokenRequest), key: Option<&ApiKey>| {
        let mut visit = wish("ann", "ann", "one");
        if let Ok(answer) = &mut visit.given
            && let TokenResponse::Request(request) = &mut answer.given
        {
            change(request);
        }
        let wanted = Requirements {
            within: Duration::from_secs(1),
            rights: None,
            key,
        };
        let checks = judge(&[visit], &wanted);
        let check = checks.into_iter().find(|check| check.name == "valid");
        check.map(|check| (check.outcome, check.reason)).unwrap()
    };
    assert_eq!(valid(|_| {}, None).0, Outcome::Unknown);
    let old: fn(&mut TokenRequest) = |request| {
        request.timestamp = Some(NOW + Duration::ZERO);
        *request = TokenRequest {
            timestamp: Some(Timestamp(NOW.millis() - 600_000)),
            ..request.clone()
        }
        .signed(&key());
    };
    for key in [None, Some(&key())] {
        let (outcome, reason) = valid(old, key);
        assert_eq!(outcome, Outcome::Failed);
        assert!(reason.contains("40104"), "{reason}");
    }
    for (change, code) in [
        (
            (|request| request.client_id = Some("eve".to_owned())) as fn(&mut TokenRequest),
            "40101",
        ),
        (
            |request| request.key_name = "app.other".to_owned(),
            "app.other",
        ),
        (|request| request.ttl = Some(u64::MAX / 2), "40003"),
    ] {
        let (outcome, reason) = valid(change, Some(&key()));
        assert_eq!(outcome, Outcome::Failed);
        assert!(reason.contains(code), "{reason}");
    }
    let text = visit("ann", Ok(TokenResponse::Token(Secret::new("error-1"))));
    assert_eq!(outcome(&[text], "valid", None), Outcome::Failed);
    let slip = Visit {
        given: Ok(SourceAnswer {
            slip: Some(ErrorInfo::new(40005, 400, "a line break")),
            ..wish("ann", "ann", "one").given.unwrap()
        }),
        ..wish("ann", "ann", "one")
    };
    assert_eq!(outcome(&[slip], "answers", None), Outcome::Failed);
}

#[test]
fn nonces_that_come_twice_and_users_that_are_one_are_found() {
    let visits = [
        wish("ann", "all", "one"),
        wish("ann", "all", "one"),
        wish("bob", "all", "two"),
    ];
    assert_eq!(outcome(&visits, "nonce", None), Outcome::Failed);
    assert_eq!(outcome(&visits, "identity", None), Outcome::Failed);
}

#[test]
fn an_endpoint_that_gives_nothing_is_judged_by_that_alone() {
    let visits = [visit("ann", Err(ErrorInfo::new(40170, 401, "no")))];
    let wanted = Requirements {
        within: Duration::from_secs(1),
        rights: None,
        key: None,
    };
    let checks = judge(&visits, &wanted);
    assert_eq!(checks[0].outcome, Outcome::Failed);
    let rest = &checks[2..];
    assert!(rest.iter().all(|check| check.outcome == Outcome::Skipped));
    assert_eq!(checks.len(), 9);
    assert!(checks[0].reason.contains("for ann: no"));
}
