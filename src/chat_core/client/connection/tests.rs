//! Tests of the state machine.

use super::*;
use crate::chat_core::protocol::frame::{ConnectionDetails, PublishResult};
use crate::chat_core::protocol::{ChannelModes, Message, PresenceAction, PresenceMessage};

const START: Moment = Moment::after_beginning(Duration::from_millis(1_700_000_000_000));

fn connected(id: &str) -> Input {
    Input::Received(Box::new(ProtocolMessage {
        connection_id: Some(id.to_owned()),
        connection_details: Some(ConnectionDetails {
            connection_key: format!("{id}!key"),
            max_idle_interval: 15_000,
            ..ConnectionDetails::default()
        }),
        ..ProtocolMessage::new(Action::Connected)
    }))
}

fn on_channel(action: Action, serial: &str, flags: u64) -> Input {
    Input::Received(Box::new(ProtocolMessage {
        channel_serial: Some(serial.to_owned()),
        flags: Some(flags),
        messages: (action == Action::Message).then(|| vec![Message::default()]),
        ..ProtocolMessage::on(action, "c")
    }))
}

fn attach() -> Input {
    Input::Command(Command::Attach {
        channel: "c".to_owned(),
        modes: ChannelModes::empty(),
        params: Params::new(),
        from: None,
    })
}

fn lost() -> Input {
    Input::Lost(ErrorInfo::new(80003, 400, "gone"))
}

fn sent(effects: &[Effect]) -> Vec<&ProtocolMessage> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(message) => Some(&**message),
            _ => None,
        })
        .collect()
}

fn attached_machine() -> Machine {
    let mut machine = Machine::new(Timeouts::default(), 0.0);
    machine.on(Input::Command(Command::Connect), START);
    machine.on(attach(), START);
    machine.on(connected("one"), START);
    machine.on(
        on_channel(Action::Attached, "s1", ChannelModes::SUBSCRIBE.bits()),
        START,
    );
    machine
}

#[test]
fn a_drop_is_followed_by_a_resume_from_the_last_position() {
    let mut machine = attached_machine();
    machine.on(on_channel(Action::Message, "s2", 0), START);
    let effects = machine.on(lost(), START);
    let resume = Some(Secret::new("one!key"));
    assert!(
        effects.contains(&Effect::Open(Open {
            resume,
            fallback: 0
        })),
        "{effects:?}"
    );
    let effects = machine.on(connected("one"), START);
    let messages = sent(&effects);
    assert_eq!(messages.len(), 1);
    assert_eq!(
        (messages[0].action, messages[0].channel_serial.as_deref()),
        (Action::Attach, Some("s2"))
    );
    let effects = machine.on(on_channel(Action::Attached, "s2", flags::RESUMED), START);
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Tell(Event::Discontinuity { .. })))
    );
}

#[test]
fn what_cannot_be_continued_is_told() {
    let mut machine = attached_machine();
    machine.on(lost(), START);
    machine.on(connected("two"), START);
    let effects = machine.on(on_channel(Action::Attached, "s9", 0), START);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Tell(Event::Discontinuity { .. }))),
        "{effects:?}"
    );
}

#[test]
fn attempts_grow_apart_and_silence_counts_as_a_drop() {
    let mut machine = attached_machine();
    machine.on(lost(), START);
    machine.on(lost(), START);
    assert_eq!(machine.deadline(), Some(START + Duration::from_secs(15)));
    assert!(machine.on(Input::Woken, START).is_empty(), "not yet");
    let later = START + Duration::from_secs(15);
    assert!(matches!(
        machine.on(Input::Woken, later)[..],
        [Effect::Open(Open { fallback: 0, .. })]
    ));
    machine.on(lost(), later);
    assert_eq!(machine.deadline(), Some(later + Duration::from_secs(20)));

    let mut machine = attached_machine();
    assert_eq!(machine.deadline(), Some(START + Duration::from_secs(25)));
    let effects = machine.on(Input::Woken, START + Duration::from_secs(25));
    assert!(
        matches!(
            &effects[..],
            [
                Effect::Drop,
                Effect::Tell(Event::Disconnected(_)),
                Effect::Open(_)
            ]
        ),
        "{effects:?}"
    );
}

#[test]
fn unacknowledged_publishes_are_sent_again_and_answered_once() {
    let mut machine = attached_machine();
    for ticket in [7, 8, 9] {
        machine.on(
            Input::Command(Command::Publish {
                channel: "c".to_owned(),
                what: Publication::Messages(vec![Message::default()]),
                ticket,
            }),
            START,
        );
    }
    let ack = |serial: u64| {
        Input::Received(Box::new(ProtocolMessage {
            msg_serial: Some(serial),
            count: Some(1),
            res: Some(vec![PublishResult {
                serials: vec![Some("x".to_owned())],
            }]),
            ..ProtocolMessage::new(Action::Ack)
        }))
    };
    let effects = machine.on(ack(0), START);
    assert!(
        matches!(
            &effects[..],
            [Effect::Tell(Event::Published {
                ticket: 7,
                result: Ok(_)
            })]
        ),
        "{effects:?}"
    );
    machine.on(lost(), START);
    let effects = machine.on(connected("one"), START);
    let serials: Vec<_> = sent(&effects)
        .iter()
        .filter_map(|message| message.msg_serial)
        .collect();
    assert_eq!(serials, [1, 2], "the same serials on the same connection");
    machine.on(lost(), START);
    let effects = machine.on(connected("two"), START);
    let serials: Vec<_> = sent(&effects)
        .iter()
        .filter_map(|message| message.msg_serial)
        .collect();
    assert_eq!(serials, [0, 1], "from 0 on a new one");
    let effects = machine.on(ack(u64::MAX), START);
    assert_eq!(effects.len(), 2, "all serials stand before the greatest");
}

#[test]
fn errors_of_the_connection_end_it_and_those_of_a_channel_do_not() {
    let mut machine = attached_machine();
    let failed = Input::Received(Box::new(ProtocolMessage {
        error: Some(ErrorInfo::new(40160, 401, "no")),
        ..ProtocolMessage::on(Action::Error, "c")
    }));
    let effects = machine.on(failed, START);
    assert!(matches!(
        &effects[..],
        [Effect::Tell(Event::ChannelFailed { .. })]
    ));
    let fatal = Input::Received(Box::new(ProtocolMessage::failed(
        Action::Error,
        ErrorInfo::new(40101, 401, "no"),
    )));
    let effects = machine.on(fatal, START);
    assert!(matches!(
        &effects[..],
        [Effect::Drop, Effect::Tell(Event::Failed(_))]
    ));
    assert!(machine.on(lost(), START).is_empty());
    assert_eq!(machine.deadline(), None);
}

#[test]
fn closing_waits_for_closed_but_not_for_ever() {
    let mut machine = attached_machine();
    let effects = machine.on(Input::Command(Command::Close), START);
    assert_eq!(sent(&effects)[0].action, Action::Close);
    let effects = machine.on(Input::Woken, START + Duration::from_secs(10));
    assert!(matches!(
        &effects[..],
        [Effect::Drop, Effect::Tell(Event::Closed)]
    ));
}

#[test]
fn own_members_enter_again_where_the_service_may_have_forgotten_them() {
    let entered = || {
        let mut machine = attached_machine();
        let member = PresenceMessage {
            action: Some(PresenceAction::Update),
            ..PresenceMessage::default()
        };
        machine.on(
            Input::Command(Command::Publish {
                channel: "c".to_owned(),
                what: Publication::Presence(vec![member]),
                ticket: 1,
            }),
            START,
        );
        let ack = ProtocolMessage {
            msg_serial: Some(0),
            count: Some(1),
            ..ProtocolMessage::new(Action::Ack)
        };
        machine.on(Input::Received(Box::new(ack)), START);
        machine.on(lost(), START);
        machine
    };
    for (connection, flags, again) in [
        ("one", flags::RESUMED, false),
        ("one", 0, true),
        ("two", flags::RESUMED, true),
    ] {
        let mut machine = entered();
        machine.on(connected(connection), START);
        let effects = machine.on(on_channel(Action::Attached, "s1", flags), START);
        let actions: Vec<_> = sent(&effects)
            .iter()
            .filter_map(|message| message.presence.as_ref()?[0].action)
            .collect();
        let expected: &[PresenceAction] = if again { &[PresenceAction::Enter] } else { &[] };
        assert_eq!(actions, expected, "{connection} {flags}");
    }
}

#[test]
fn other_hosts_are_tried_at_once_and_the_first_one_first_in_each_round() {
    let timeouts = Timeouts {
        fallbacks: 2,
        ..Timeouts::default()
    };
    let mut machine = Machine::new(timeouts, 0.0);
    let host_of = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Open(open) => Some(open.fallback),
            _ => None,
        })
    };
    let effects = machine.on(Input::Command(Command::Connect), START);
    assert_eq!(host_of(&effects), Some(0));
    assert_eq!(host_of(&machine.on(lost(), START)), Some(1));
    let late = START + Duration::from_secs(10);
    assert_eq!(host_of(&machine.on(Input::Woken, late)), Some(2));
    let effects = machine.on(lost(), late);
    assert_eq!(host_of(&effects), None, "the round is over");
    assert!(
        effects.contains(&Effect::Tell(Event::Disconnected(ErrorInfo::new(
            80003, 400, "gone"
        ))))
    );
    let next = machine.deadline().unwrap();
    assert_eq!(host_of(&machine.on(Input::Woken, next)), Some(0));
    // What a host says of the client, another would say too.
    let refusal = ErrorInfo::new(40170, 401, "no token");
    assert_eq!(host_of(&machine.on(Input::Lost(refusal), next)), None);
    // A link that breaks is opened again at the first one.
    let next = machine.deadline().unwrap();
    machine.on(Input::Woken, next);
    assert_eq!(host_of(&machine.on(lost(), next)), Some(1));
    machine.on(connected("one"), next);
    assert_eq!(host_of(&machine.on(lost(), next)), Some(0));
}

/// Returns the time at which a service that is away from `START` on is tried again after `away`.
fn found_after(timeouts: Timeouts, jitter: f64, away: Duration) -> Duration {
    let mut machine = Machine::new(timeouts, jitter);
    machine.on(Input::Command(Command::Connect), START);
    machine.on(connected("one"), START);
    machine.on(lost(), START);
    let mut now = START;
    while now < START + away {
        machine.on(lost(), now);
        now = machine.deadline().unwrap();
        let effects = machine.on(Input::Woken, now);
        assert!(matches!(effects[..], [Effect::Open(_)]), "{effects:?}");
    }
    now.since(START + away)
}

#[test]
fn a_server_of_ones_own_is_found_within_two_seconds_in_the_first_half_minute() {
    let quick = Timeouts {
        quick_retry: Some(Duration::from_secs(1)),
        ..Timeouts::default()
    };
    for jitter in [0.0, 0.3, 1.0] {
        for away in (100..30_000).step_by(100).map(Duration::from_millis) {
            let late = found_after(quick, jitter, away);
            assert!(late <= Duration::from_secs(2), "{late:?} after {away:?}");
        }
    }
    // Later the waits are the SDKs' (RTB1): 15 s at first, 30 s at most.
    let late = |after| found_after(quick, 0.0, Duration::from_secs(after));
    assert!(late(35) > Duration::from_secs(5));
    for after in 30..300 {
        assert!(late(after) <= Duration::from_secs(30), "{after}");
    }
    // As they are from the beginning with Ably's service, or where the user asked for short ones.
    let slow = found_after(Timeouts::default(), 0.0, Duration::from_secs(1));
    assert_eq!(slow, Duration::from_secs(14));
    let short = Timeouts {
        retry: Duration::from_millis(100),
        ..quick
    };
    assert_eq!(
        found_after(short, 0.0, Duration::from_millis(90)),
        Duration::from_millis(10)
    );
}
