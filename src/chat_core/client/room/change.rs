//! Changes of messages: updates and deletes (CHA-M8, CHA-M9).

use http::Method;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Room, of_message};
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::call::Call;

/// The reason for a change, and its metadata; both stand in the version, not in the message.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
pub struct OperationDetails {
    /// In words.
    pub description: Option<String>,
    /// Facts, text to text.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

#[derive(Serialize)]
struct UpdateBody<'a> {
    message: &'a NewMessage,
    #[serde(flatten)]
    act: &'a OperationDetails,
}

impl Room<'_> {
    /// The request that replaces the content of a message: nothing of the old one is kept.
    pub fn updating(&self, serial: &str, message: &NewMessage, act: &OperationDetails) -> Call {
        let body = UpdateBody { message, act };
        self.writing(Method::PUT, &of_message(serial, ""), Some(&body), None)
    }

    /// The request that deletes a message. Its earlier versions keep their content.
    pub fn deleting(&self, serial: &str, act: &OperationDetails) -> Call {
        let path = of_message(serial, "/delete");
        self.writing(Method::POST, &path, Some(act), None)
    }
}
