//! Annotations (TAN2): what others attach to a message, reactions above all.

use serde::{Deserialize, Serialize};

use super::payload::{Data, Payload};
use super::{Json, frame};

/// An annotation (TAN2). `action` is 0 for create and 1 for delete.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Annotation {
    /// Unique for idempotency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// 0 create, 1 delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<u8>,
    /// Its identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The message that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_serial: Option<String>,
    /// `NAMESPACE:METHOD.vN`, as in `reaction:distinct.v1`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The name within the type: a reaction's emoji.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many, for `multiple`.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "frame::whole"
    )]
    pub count: Option<i64>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Over which connection; absent for REST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// When, in epoch milliseconds.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "frame::whole"
    )]
    pub timestamp: Option<i64>,
    /// Its content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// The steps that were applied to the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Headers and the user claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<Json>,
}

impl Payload for Annotation {
    fn parts(&mut self) -> (&mut Option<Data>, &mut Option<String>) {
        (&mut self.data, &mut self.encoding)
    }

    fn is_binary(&self) -> bool {
        matches!(self.data, Some(Data::Binary(_)))
    }
}
