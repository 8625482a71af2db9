//! A client in a role that does one act after another in a room, and cleans up.

use serde_json::Value;

use super::probe::{Probe, ProbeOutcome};
use super::service::{LiveService, SOMEBODY};
use crate::chat_core::analysis::policy::Role;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::chat::reaction::RoomReaction;
use crate::chat_core::chat::typing;
use crate::chat_core::client::connection::{Publication, RoomAttach, Rooms};
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::client::room::change::OperationDetails;
use crate::chat_core::client::room::reactions::NewReaction;
use crate::chat_core::client::{Error, Options, Rest, Room};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::chat_core::protocol::{ChannelModes, PresenceAction, PresenceMessage};
use crate::cli::capability::policy::ResolvedCredential;

/// A message that a role sent.
pub(in crate::cli::capability) struct RoleMessage {
    pub(super) user_claim: Option<String>,
}

/// A client in a role, in a room.
pub(in crate::cli::capability) struct RoleActor {
    room: String,
    options: Options,
    rest: Rest,
    /// Clients with the key: with the role's clientId, and with another.
    helpers: Option<(Rest, Rest)>,
    /// Messages that this has sent.
    messages: Vec<String>,
    /// The clientId that the service gave the role.
    pub(in crate::cli::capability) client_id: Option<String>,
    /// The message that the role sent.
    pub(in crate::cli::capability) sent: Option<RoleMessage>,
}

/// The reason why an act has no conclusive end.
enum ActFault {
    /// The service refused.
    Client(Error),
    /// It can't be tried.
    Untried(&'static str),
}

impl From<Error> for ActFault {
    fn from(error: Error) -> Self {
        Self::Client(error)
    }
}

impl From<ErrorInfo> for ActFault {
    fn from(error: ErrorInfo) -> Self {
        Self::Client(error.into())
    }
}

type ActResult<T> = std::result::Result<T, ActFault>;

impl RoleActor {
    /// A client that has done nothing yet.
    ///
    /// # Errors
    /// Missing settings.
    pub(in crate::cli::capability) fn new(
        role: &Role,
        held: &ResolvedCredential,
        room: &str,
        service: &LiveService<'_>,
    ) -> anyhow::Result<Self> {
        let options = service.client(role, held)?;
        let own = role.client_id.as_deref().unwrap_or(SOMEBODY);
        let helpers = service.helper(own)?.zip(service.helper(SOMEBODY)?);
        Ok(Self::acting(options, helpers, room))
    }

    /// A client with these credentials, and the helpers that prepare and clean up: with the same clientId, and with
    /// another.
    pub(in crate::cli::capability) fn acting(
        options: Options,
        helpers: Option<(Rest, Rest)>,
        room: &str,
    ) -> Self {
        Self {
            room: room.to_owned(),
            rest: Rest::new(options.clone()),
            options,
            helpers,
            messages: Vec::new(),
            client_id: None,
            sent: None,
        }
    }

    /// Does one act.
    ///
    /// # Errors
    /// An endpoint that can't be used at all, which says nothing about rights.
    pub(in crate::cli::capability) async fn act(
        &mut self,
        probe: Probe,
    ) -> anyhow::Result<ProbeOutcome> {
        match self.try_to(probe).await {
            Ok(()) => Ok(ProbeOutcome::Allowed),
            Err(ActFault::Untried(why)) => Ok(ProbeOutcome::Untried(why.to_owned())),
            Err(ActFault::Client(Error::Refused(error))) => match error.class() {
                Class::NotPermitted => Ok(ProbeOutcome::Refused(error)),
                _ if matches!(error.code, 40012 | 40161) => Ok(ProbeOutcome::Refused(error)),
                _ => Ok(ProbeOutcome::Broken(error.to_string())),
            },
            Err(ActFault::Client(error)) => Err(error.into()),
        }
    }

    async fn try_to(&mut self, probe: Probe) -> ActResult<()> {
        match probe {
            Probe::Send => self.send().await,
            Probe::Subscribe => self.attach(ChannelModes::SUBSCRIBE, Vec::new()).await,
            Probe::Annotations => {
                self.attach(ChannelModes::ANNOTATION_SUBSCRIBE, Vec::new())
                    .await
            }
            Probe::Enter => {
                let acts = [PresenceAction::Enter, PresenceAction::Leave].map(member);
                self.attach(ChannelModes::PRESENCE, acts.into()).await
            }
            Probe::Type => {
                let acts = [true, false]
                    .map(|starts| Publication::Messages(vec![typing::to_wire(starts)]));
                self.attach(ChannelModes::PUBLISH, acts.into()).await
            }
            Probe::ReactInRoom => {
                let empty = serde_json::Map::new();
                let reaction = RoomReaction::to_wire(REACTION, &empty, &empty);
                let act = Publication::Messages(vec![reaction]);
                self.attach(ChannelModes::PUBLISH, vec![act]).await
            }
            Probe::History => {
                let query = HistoryQuery {
                    limit: Some(1),
                    ..HistoryQuery::default()
                };
                self.room(&self.rest)?.history(&query).await?;
                Ok(())
            }
            Probe::Occupancy => {
                self.room(&self.rest)?.occupancy().await?;
                Ok(())
            }
            Probe::React => self.react().await,
            Probe::UpdateOwn => self.update(true).await,
            Probe::UpdateAny => self.update(false).await,
            Probe::DeleteOwn => self.delete(true).await,
            Probe::DeleteAny => self.delete(false).await,
        }
    }

    fn room<'a>(&self, rest: &'a Rest) -> ActResult<Room<'a>> {
        Ok(Room::new(rest, &self.room)?)
    }

    async fn send(&mut self) -> ActResult<()> {
        let room = self.room(&self.rest)?;
        let message = room.call(&room.sending(&text("sent"), None)).await?;
        self.messages.push(message.serial);
        self.sent = Some(RoleMessage {
            user_claim: message.user_claim,
        });
        Ok(())
    }

    /// Attaches with `modes`, and publishes.
    async fn attach(&mut self, modes: ChannelModes, acts: Vec<Publication>) -> ActResult<()> {
        let plan = RoomAttach {
            room: self.room.clone(),
            modes,
            ..RoomAttach::default()
        };
        let mut rooms = Rooms::new(self.options.clone(), vec![plan]);
        let result = self.act_in(&mut rooms, acts).await;
        self.client_id = rooms
            .client_id()
            .map(str::to_owned)
            .or(self.client_id.take());
        rooms.close().await;
        result
    }

    async fn act_in(&self, rooms: &mut Rooms, acts: Vec<Publication>) -> ActResult<()> {
        rooms.listening().await?;
        for act in acts {
            rooms.publish_and_wait(&self.room, act).await?;
        }
        Ok(())
    }

    /// Sends a message to act on: the role's own, or another client's.
    async fn seed(&mut self, is_own: bool) -> ActResult<String> {
        let rest = match (&self.helpers, is_own) {
            (Some((own, _)), true) => own,
            (Some((_, other)), false) => other,
            (None, true) => &self.rest,
            (None, false) => {
                return Err(ActFault::Untried(
                    "an API key is needed to send another client's message first",
                ));
            }
        };
        let room = self.room(rest)?;
        let sent = room.call(&room.sending(&text("to be changed"), None)).await;
        let serial = match sent {
            Ok(message) => message.serial,
            Err(Error::Refused(_)) => {
                return Err(ActFault::Untried(match self.helpers {
                    Some(_) => "the API key may not send a message first",
                    None => "an API key is needed to send a message first",
                }));
            }
            Err(error) => return Err(error.into()),
        };
        self.messages.push(serial.clone());
        Ok(serial)
    }

    async fn react(&mut self) -> ActResult<()> {
        let serial = self.seed(false).await?;
        let reaction = NewReaction {
            kind: "distinct".to_owned(),
            name: REACTION.to_owned(),
            count: None,
        };
        let room = self.room(&self.rest)?;
        room.change_reactions(&room.reacting(&serial, &reaction))
            .await?;
        room.change_reactions(&room.unreacting(&serial, "distinct", Some(REACTION)))
            .await?;
        Ok(())
    }

    async fn update(&mut self, is_own: bool) -> ActResult<()> {
        let serial = self.seed(is_own).await?;
        let room = self.room(&self.rest)?;
        let call = room.updating(&serial, &text("changed"), &OperationDetails::default());
        room.call(&call).await?;
        Ok(())
    }

    async fn delete(&mut self, is_own: bool) -> ActResult<()> {
        let serial = self.seed(is_own).await?;
        let room = self.room(&self.rest)?;
        room.call(&room.deleting(&serial, &OperationDetails::default()))
            .await?;
        self.messages.retain(|known| *known != serial);
        Ok(())
    }

    /// Deletes the messages that this has sent. Returns those that could not be deleted.
    pub(in crate::cli::capability) async fn clean_up(&mut self) -> Vec<String> {
        let mut left = 0;
        for serial in std::mem::take(&mut self.messages) {
            let rest = self.helpers.as_ref().map_or(&self.rest, |(own, _)| own);
            let Ok(room) = Room::new(rest, &self.room) else {
                continue;
            };
            if room
                .call(&room.deleting(&serial, &OperationDetails::default()))
                .await
                .is_err()
            {
                left += 1;
            }
        }
        let what = (left > 0).then(|| {
            format!(
                "{left} {} could not be deleted in room '{}'",
                if left == 1 { "message" } else { "messages" },
                self.room
            )
        });
        what.into_iter().collect()
    }
}

fn text(what: &str) -> NewMessage {
    NewMessage {
        text: format!("chatctl capability test: {what}"),
        metadata: [("chatctl".to_owned(), Value::from("capability test"))]
            .into_iter()
            .collect(),
        ..NewMessage::default()
    }
}

fn member(action: PresenceAction) -> Publication {
    Publication::Presence(vec![PresenceMessage {
        action: Some(action),
        ..PresenceMessage::default()
    }])
}

/// The reaction that is sent.
const REACTION: &str = "👍";
