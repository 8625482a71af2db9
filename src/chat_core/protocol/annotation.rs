//! Annotations (TAN2): what others attach to a message, reactions above all.

use serde::{Deserialize, Serialize};

use super::json::Json;
use super::number;
use super::payload::{Data, Payload, size_of_item};

/// An annotation (TAN2). `action` is 0 for create and 1 for delete.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Annotation {
    /// Unique for idempotency.
    pub id: Option<String>,
    /// 0 create, 1 delete.
    pub action: Option<u8>,
    /// Its identity.
    pub serial: Option<String>,
    /// The message that it belongs to.
    pub message_serial: Option<String>,
    /// `NAMESPACE:METHOD.vN`, as in `reaction:distinct.v1`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The name within the type: a reaction's emoji.
    pub name: Option<String>,
    /// The count, for `multiple`.
    #[serde(deserialize_with = "number::whole")]
    pub count: Option<i64>,
    /// The author.
    pub client_id: Option<String>,
    /// Over which connection; absent for REST.
    pub connection_id: Option<String>,
    /// The time, in epoch milliseconds.
    #[serde(deserialize_with = "number::whole")]
    pub timestamp: Option<i64>,
    /// Its content.
    pub data: Option<Data>,
    /// The steps that were applied to the content.
    pub encoding: Option<String>,
    /// Headers and the user claim.
    pub extras: Option<Json>,
}

impl Annotation {
    /// The size that counts against the limit, in bytes, as that of a message is counted.
    pub fn size(&self) -> usize {
        size_of_item(
            &[&self.name, &self.client_id],
            self.data.as_ref(),
            self.extras.as_ref(),
            [&self.id, &self.encoding],
        )
    }
}

impl Payload for Annotation {
    fn parts(&mut self) -> (&mut Option<Data>, &mut Option<String>) {
        (&mut self.data, &mut self.encoding)
    }

    fn is_binary(&self) -> bool {
        matches!(self.data, Some(Data::Binary(_)))
    }
}
