//! Reactions to messages (CHA-MR).

use http::Method;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Room, of_message};
use crate::chat_core::client::call::Call;
use crate::chat_core::client::error::Result;

/// A reaction that is to be added.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
pub struct NewReaction {
    /// `unique`, `distinct` or `multiple`.
    #[serde(rename = "type")]
    pub kind: String,
    /// An emoji, or another text.
    pub name: String,
    /// The count, for `multiple`.
    pub count: Option<u64>,
}

impl Room<'_> {
    /// The request that adds a reaction to a message.
    pub fn reacting(&self, serial: &str, reaction: &NewReaction) -> Call {
        let path = of_message(serial, "/reactions");
        self.writing(Method::POST, &path, Some(reaction), None)
    }

    /// The request that takes a reaction of this client back. `unique` needs no name.
    pub fn unreacting(&self, serial: &str, kind: &str, name: Option<&str>) -> Call {
        let mut query = vec![("type".to_owned(), kind.to_owned())];
        query.extend(name.map(|name| ("name".to_owned(), name.to_owned())));
        Call {
            method: Method::DELETE,
            query,
            ..self.reading(&of_message(serial, "/reactions"))
        }
    }

    /// Makes one of these requests and gives the answer.
    ///
    /// # Errors
    /// 40400 / 404 for an unknown message; the service's other refusals, or why it was not reached.
    pub async fn change_reactions(&self, call: &Call) -> Result<Value> {
        self.rest.call(call).await?.read()
    }

    /// Reads the reactions of one client, the caller if `None`: types to names to counts.
    ///
    /// # Errors
    /// As [`Room::change_reactions`].
    pub async fn client_reactions(
        &self,
        serial: &str,
        client_id: Option<&str>,
    ) -> Result<Map<String, Value>> {
        let mut call = self.reading(&of_message(serial, "/client-reactions"));
        call.query
            .extend(client_id.map(|id| ("forClientId".to_owned(), id.to_owned())));
        self.rest.call(&call).await?.read()
    }
}
