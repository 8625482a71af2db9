//! Rules that do again what a seed drew: the decision's key, and the fault with its parameters.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::kinds::Point;

/// Returns the rule, as it is written in a file.
pub(crate) fn rule(at: Point, fault: &Fault, key: &str) -> Value {
    let millis = |span: &std::time::Duration| json!(format!("{}ms", span.as_millis()));
    let mut rule = Map::new();
    rule.insert("at".to_owned(), json!(at.name()));
    rule.insert("key".to_owned(), json!(key));
    rule.insert("do".to_owned(), json!(fault.name()));
    match fault {
        Fault::Delay(by) | Fault::Late(by) => {
            rule.insert("by".to_owned(), millis(by));
        }
        Fault::Offline(span) => {
            rule.insert("for".to_owned(), millis(span));
        }
        Fault::Close(code) => {
            rule.insert("close-code".to_owned(), json!(code));
        }
        Fault::Refuse(refused) => {
            rule.insert("status".to_owned(), json!(refused.status));
        }
        Fault::Answer(answer) => {
            rule.insert("status".to_owned(), json!(answer.status));
            rule.insert("code".to_owned(), json!(answer.error.code));
        }
        Fault::LoseContinuity(error) | Fault::Disconnect(error) => {
            rule.insert("code".to_owned(), json!(error.code));
        }
        _ => {}
    }
    Value::Object(rule)
}
