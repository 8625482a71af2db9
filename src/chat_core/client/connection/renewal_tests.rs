//! Tests of the change from one token to the next.

use std::time::Duration;

use super::{Command, Effect, Event, Input, Machine, Timeouts};
use crate::chat_core::auth::Secret;
use crate::chat_core::clock::Moment;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::frame::ConnectionDetails;
use crate::chat_core::protocol::{Action, ProtocolMessage};

const START: Moment = Moment::after_beginning(Duration::from_millis(1_700_000_000_000));

fn machine(renews: bool) -> Machine {
    let timeouts = Timeouts {
        renews,
        ..Timeouts::default()
    };
    let mut machine = Machine::new(timeouts, 0.0);
    machine.on(Input::Command(Command::Connect), START);
    machine
}

fn connected() -> Input {
    received(ProtocolMessage {
        connection_id: Some("one".to_owned()),
        connection_details: Some(ConnectionDetails {
            connection_key: "one!key".to_owned(),
            ..ConnectionDetails::default()
        }),
        ..ProtocolMessage::new(Action::Connected)
    })
}

fn received(message: ProtocolMessage) -> Input {
    Input::Received(Box::new(message))
}

fn refused(action: Action) -> Input {
    received(ProtocolMessage::failed(
        action,
        ErrorInfo::new(40142, 401, "Token expired"),
    ))
}

fn opens(effects: &[Effect]) -> bool {
    let forget = effects.iter().position(|effect| *effect == Effect::Forget);
    let open = effects.iter().position(
        |effect| matches!(effect, Effect::Open(open) if open.fallback == 0 || forget.is_some()),
    );
    open.is_some() && forget < open
}

#[test]
fn a_prompt_is_followed_by_a_new_token_in_band() {
    let mut renewing = machine(true);
    renewing.on(connected(), START);
    let prompt = || received(ProtocolMessage::new(Action::Auth));
    assert_eq!(renewing.on(prompt(), START), [Effect::Authorize]);
    let effects = renewing.on(Input::Authorized(Secret::new("app.new")), START);
    let [Effect::Send(message)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(message.action, Action::Auth);
    assert_eq!(message.auth.as_ref().unwrap().access_token, "app.new");
    assert!(
        renewing.on(connected(), START).is_empty(),
        "nothing is told, nothing attached again"
    );

    let mut fixed = machine(false);
    fixed.on(connected(), START);
    assert!(fixed.on(prompt(), START).is_empty());
}

#[test]
fn an_expired_token_is_replaced_and_the_connection_goes_on() {
    for action in [Action::Disconnected, Action::Error] {
        let mut machine = machine(true);
        machine.on(connected(), START);
        let effects = machine.on(refused(action), START);
        assert!(opens(&effects), "{effects:?}");
        let resumes = effects.iter().any(
            |effect| matches!(effect, Effect::Open(open) if open.resume == Some(Secret::new("one!key"))),
        );
        assert!(resumes, "{effects:?}");
        // The next one is refused as well: now it is waited.
        let effects = machine.on(refused(action), START);
        assert!(
            effects.contains(&Effect::Forget) && !opens(&effects),
            "{effects:?}"
        );
        assert!(machine.deadline().unwrap() > START);
    }
}

#[test]
fn a_second_refusal_at_the_start_is_the_last_word() {
    let mut machine = machine(true);
    assert!(opens(&machine.on(refused(Action::Error), START)));
    let effects = machine.on(refused(Action::Error), START);
    assert!(
        matches!(&effects[..], [Effect::Drop, Effect::Tell(Event::Failed(error))] if error.code == 40142),
        "{effects:?}"
    );
}

#[test]
fn a_token_without_a_source_is_refused_for_good() {
    let mut machine = machine(false);
    machine.on(connected(), START);
    let effects = machine.on(refused(Action::Disconnected), START);
    assert!(matches!(
        &effects[..],
        [Effect::Drop, Effect::Tell(Event::Failed(_))]
    ));
}

#[test]
fn a_user_who_must_not_is_not_let_in_again() {
    let mut machine = machine(true);
    machine.on(connected(), START);
    let denied = Input::Denied(ErrorInfo::new(40300, 403, "no"));
    let effects = machine.on(denied, START);
    assert!(matches!(
        &effects[..],
        [Effect::Drop, Effect::Tell(Event::Failed(_))]
    ));
}
