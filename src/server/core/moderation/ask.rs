//! Asking an endpoint: the request, its attempts, and the reading of the answer.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::judgement::{Content, Judgement, Subject};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::integrations::{BeforePublish, Rule, Target};
use crate::server::core::outbound::{Call, CallFault, EndpointAnswer, Outbound};

/// The longest answer of an endpoint, in bytes.
pub(crate) const MAX_ANSWER: usize = 32 * 1024;

/// The wait before the second attempt; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The body of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    source: &'static str,
    app_id: &'a str,
    room: &'a str,
    site: &'static str,
    rule_id: &'a str,
    message: RequestMessage<'a>,
}

#[serde_with::skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestMessage<'a> {
    client_id: &'a str,
    #[serde(flatten)]
    content: &'a Content,
    user_claim: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(super) fn of(rule: &'a Rule, subject: &'a Subject, content: &'a Content) -> Self {
        Self {
            source: "channel.message",
            app_id: &subject.app_id,
            room: &subject.room,
            site: "local",
            rule_id: &rule.id,
            message: RequestMessage {
                client_id: &subject.client_id,
                content,
                user_claim: subject.user_claim.as_deref(),
            },
        }
    }

    fn body(&self) -> Bytes {
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

/// How an attempt ended, if not with a verdict.
struct Attempt {
    /// Why there is no verdict.
    error: ErrorInfo,
    /// Whether another attempt may have one.
    may_succeed: bool,
}

/// Asks endpoints.
pub(super) struct Asker<'a> {
    /// The present moment.
    pub(super) clock: &'a dyn Clock,
    /// Calls endpoints.
    pub(super) outbound: &'a dyn Outbound,
}

impl Asker<'_> {
    /// Asks an endpoint, again where that may help, for as long as the rule lets it.
    pub(super) async fn call(
        &self,
        target: &Target,
        rule: &BeforePublish,
        request: &Request<'_>,
        is_function: bool,
    ) -> Judgement {
        let body = request.body();
        let (mut left, mut wait) = (rule.window, FIRST_WAIT);
        let mut attempts = 0;
        loop {
            if left.is_zero() {
                return Judgement::Undecided(ErrorInfo::new(
                    70001,
                    503,
                    "The rule's retryTimeout leaves no time to ask anybody",
                ));
            }
            let began = tokio::time::Instant::now();
            let failed = match self.attempt(target, rule, &body, (left, is_function)).await {
                Ok(judgement) => return judgement,
                Err(failed) => failed,
            };
            left = left.saturating_sub(began.elapsed());
            attempts += 1;
            // A wait that ends after the window is not begun.
            if !failed.may_succeed || attempts > rule.retries || wait >= left {
                return Judgement::Undecided(failed.error);
            }
            self.clock.sleep_until(self.clock.moment() + wait).await;
            left -= wait;
            wait *= 2;
        }
    }

    async fn attempt(
        &self,
        target: &Target,
        rule: &BeforePublish,
        body: &Bytes,
        (timeout, is_function): (Duration, bool),
    ) -> Result<Judgement, Attempt> {
        let mut headers = target.headers.clone();
        let json = HeaderValue::from_static("application/json");
        headers.entry(CONTENT_TYPE).or_insert(json);
        // The endpoint works in real time: a virtual clock waits for it.
        let held = self.clock.hold();
        let answer = self.outbound.post(Call {
            url: target.url.clone(),
            trust: target.trust,
            headers,
            body: body.clone(),
            timeout,
            max_answer: MAX_ANSWER,
        });
        let answer = answer.await;
        drop(held);
        let answer = answer.map_err(|fault| Attempt {
            may_succeed: matches!(fault, CallFault::Unreachable(_) | CallFault::TimedOut(_)),
            error: unreachable(&fault),
        })?;
        let failed = answer.headers.contains_key("x-amz-function-error");
        if is_function && failed {
            return Err(Attempt {
                error: ErrorInfo::new(70002, 502, "The function has failed"),
                may_succeed: true,
            });
        }
        let (status, body) = if is_function && answer.status == 200 {
            unwrapped(&answer)?
        } else {
            (answer.status, answer.body)
        };
        match status {
            200 => verdict_of(&body).map_err(|fault| unreadable(&fault)),
            429 => Err(Attempt {
                error: ErrorInfo::new(42923, 429, "The endpoint answered 429"),
                may_succeed: rule.retries_when_busy,
            }),
            status => Err(Attempt {
                error: ErrorInfo::new(70002, status, format!("The endpoint answered {status}")),
                may_succeed: status >= 500,
            }),
        }
    }
}

fn unreachable(fault: &CallFault) -> ErrorInfo {
    ErrorInfo::new(70001, 503, format!("The endpoint can't be asked: {fault}"))
}

fn unreadable(fault: &str) -> Attempt {
    Attempt {
        error: ErrorInfo::new(
            70002,
            200,
            format!("The endpoint's answer is no verdict: {fault}"),
        ),
        may_succeed: false,
    }
}

/// What a function returns: a status, and a body as text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionAnswer {
    status_code: u16,
    #[serde(default)]
    body: String,
}

fn unwrapped(answer: &EndpointAnswer) -> Result<(u16, Bytes), Attempt> {
    let read: FunctionAnswer =
        serde_json::from_slice(&answer.body).map_err(|error| unreadable(&error.to_string()))?;
    Ok((read.status_code, read.body.into()))
}

/// The answer of an endpoint. Other members are not looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    action: String,
    rejection_detail: Option<BTreeMap<String, Value>>,
    message: Option<Replacement>,
}

/// The content that takes the place of a message's own, as a whole.
#[derive(Deserialize)]
struct Replacement {
    #[serde(default)]
    text: String,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    headers: Map<String, Value>,
}

/// Reads a verdict.
///
/// # Errors
/// Why it is none.
pub(crate) fn verdict_of(body: &[u8]) -> Result<Judgement, String> {
    let answer: Answer = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    match (answer.action.as_str(), answer.message) {
        ("accept", None) => Ok(Judgement::Accept),
        ("accept", Some(new)) if new.text.is_empty() => Err("'message' has no text".to_owned()),
        ("accept", Some(new)) => {
            if !crate::chat_core::chat::message::is_flat(&new.headers) {
                return Err("'message.headers' must be flat".to_owned());
            }
            Ok(Judgement::Replace(Content {
                text: new.text,
                metadata: new.metadata,
                headers: new.headers,
            }))
        }
        ("reject", _) => {
            let detail = answer.rejection_detail.unwrap_or_default();
            let detail = detail.into_iter().map(|(name, value)| match value {
                Value::String(text) => Ok((name, text)),
                _ => Err(format!("'rejectionDetail.{name}' must be text")),
            });
            detail.collect::<Result<_, _>>().map(Judgement::Reject)
        }
        (other, _) => Err(format!("the action '{other}' is neither accept nor reject")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_a_verdict_or_says_why_it_is_none() {
        let of = |value: Value| verdict_of(value.to_string().as_bytes());
        assert_eq!(of(json!({"action": "accept"})), Ok(Judgement::Accept));
        let ignored = json!({"action": "accept", "rejectionDetail": {"a": "b"}, "more": 1});
        assert_eq!(of(ignored), Ok(Judgement::Accept));
        let reject =
            json!({"action": "reject", "rejectionReason": {"a": 1}, "message": {"text": "x"}});
        assert_eq!(of(reject), Ok(Judgement::Reject(BTreeMap::new())));
        let detailed = json!({"action": "reject", "rejectionDetail": {"reason": "insult"}});
        let detail = BTreeMap::from([("reason".to_owned(), "insult".to_owned())]);
        assert_eq!(of(detailed), Ok(Judgement::Reject(detail)));
        let Ok(Judgement::Replace(new)) =
            of(json!({"action": "accept", "message": {"text": "g*"}}))
        else {
            panic!("it is replaced");
        };
        assert_eq!(
            (new.text.as_str(), new.metadata.len(), new.headers.len()),
            ("g*", 0, 0)
        );
        for (bad, word) in [
            (
                json!({"action": "accept", "message": {"metadata": {}}}),
                "no text",
            ),
            (
                json!({"action": "accept", "message": {"text": "a", "headers": {"x": {}}}}),
                "flat",
            ),
            (json!({"action": "maybe"}), "neither"),
            (json!({}), "action"),
            (json!("accept"), "expected"),
            (
                json!({"action": "reject", "rejectionDetail": {"n": 1}}),
                "must be text",
            ),
            (json!({"action": "reject", "rejectionDetail": ["n"]}), "map"),
        ] {
            let fault = of(bad.clone()).unwrap_err();
            assert!(fault.contains(word), "{bad}: {fault}");
        }
    }
}
