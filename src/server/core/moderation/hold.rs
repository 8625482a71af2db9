//! Messages that wait for a person.

use std::sync::Arc;

use super::judgement::{Content, Judgement, Subject};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::apps::App;
use crate::server::core::integrations::{BeforePublish, Decision, HeldNote, Rule};

/// Where the rule holds what it rejects, waits for a person to decide about it.
pub(super) async fn hold(
    clock: &dyn Clock,
    app: &Arc<App>,
    (rule, asked): (&Rule, &BeforePublish),
    (subject, content): (&Subject, &Content),
    judged: Judgement,
) -> Judgement {
    let (Some(hold_for), Judgement::Reject(detail)) = (asked.hold_for, &judged) else {
        return judged;
    };
    let note = HeldNote {
        room_name: subject.room.clone(),
        client_id: subject.client_id.clone(),
        text: content.text.clone(),
        metadata: content.metadata.clone(),
        headers: content.headers.clone(),
        rule_id: rule.id.clone(),
        detail: (!detail.is_empty()).then(|| detail.clone()),
        ..HeldNote::default()
    };
    let now = clock.now();
    let held = &app.integrations.held;
    let Some(mut holding) = held.hold(note, (now, now + hold_for)) else {
        return Judgement::Undecided(undecided("as many messages are held as may be"));
    };
    let deadline = clock.moment() + hold_for;
    tokio::select! {
        biased;
        decision = holding.decision() => match decision {
            Some(Decision::Accept(None)) => Judgement::Accept,
            Some(Decision::Accept(Some(text))) => Judgement::Replace(Content {
                text,
                ..content.clone()
            }),
            Some(Decision::Reject(detail)) => Judgement::Reject(detail),
            None => Judgement::Undecided(undecided("the app was reset")),
        },
        () = clock.sleep_until(deadline) => {
            Judgement::Undecided(undecided("nobody has decided in time"))
        }
    }
}

fn undecided(why: &str) -> ErrorInfo {
    ErrorInfo::new(70001, 503, format!("The message was held: {why}"))
}
