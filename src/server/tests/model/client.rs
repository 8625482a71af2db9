//! A client that remembers what it was told, and comes back as SDKs do.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::super::harness::{Client, World};
use super::reference::{self, CHANNELS};
use crate::chat_core::clock::Timestamp;

const RESUMED: u64 = 1 << 2;
const HAS_PRESENCE: u64 = 1;

/// The rounds of waiting after which something does not come any more: 4 s of real time.
pub(super) const PATIENCE: usize = 20_000;

/// Lets the server work, without time passing for it: SQLite works in a thread of its own. Every now and then a few
/// milliseconds do pass, for what is held back.
pub(super) async fn pass(round: usize) {
    tokio::task::yield_now().await;
    match round % 10 {
        9 => tokio::time::sleep(Duration::from_millis(5)).await,
        _ if round < 50 => {}
        _ if round < 5000 => std::thread::sleep(Duration::from_micros(200)),
        // The disk of a busy machine takes seconds.
        _ => std::thread::sleep(Duration::from_millis(2)),
    }
}

/// Waits for `work` without letting time run ahead, as it does for a test that is idle while SQLite works.
pub(super) async fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let mut round = 0;
    loop {
        tokio::select! {
            biased;
            result = &mut work => return result,
            () = pass(round) => round += 1,
        }
    }
}

/// The answer to a publish: its serials, or the code of the refusal.
pub(super) type Answer = Result<Vec<String>, u64>;

/// A client of the model.
pub(super) struct ModelClient {
    pub(super) name: String,
    socket: Option<Client>,
    connection_key: Option<String>,
    msg_serial: u64,
    answers: BTreeMap<u64, Answer>,
    /// The newest position of each channel, as the client knows it.
    positions: [Option<String>; CHANNELS.len()],
    /// What it was told since it attached.
    pub(super) told: [Vec<String>; CHANNELS.len()],
    /// Where in the reference that begins.
    pub(super) from: [usize; CHANNELS.len()],
    synced: [Vec<String>; CHANNELS.len()],
    attached: [Option<u64>; CHANNELS.len()],
    /// When its socket was lost, if its connection was not closed.
    pub(super) dropped_at: Option<i64>,
    /// A publish whose answer it did not see, and the answer.
    pub(super) unanswered: Option<(Value, Answer)>,
    /// Whether its token lets it do nothing but subscribe and be present.
    pub(super) is_narrow: bool,
}

impl ModelClient {
    pub(super) fn new(number: usize) -> Self {
        Self {
            name: format!("client-{number}"),
            socket: None,
            connection_key: None,
            msg_serial: 0,
            answers: BTreeMap::new(),
            positions: Default::default(),
            told: Default::default(),
            from: Default::default(),
            synced: Default::default(),
            attached: Default::default(),
            dropped_at: None,
            unanswered: None,
            is_narrow: false,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// Returns since when it has no socket.
    pub(super) fn away_since(&self) -> Option<i64> {
        self.dropped_at.filter(|_| self.socket.is_none())
    }

    fn token(&self, world: &World) -> String {
        let capability = if self.is_narrow {
            r#"{"*":["subscribe","presence"]}"#
        } else {
            r#"{"*":["*"]}"#
        };
        world.token(&self.name, capability, Duration::from_secs(60 * 60))
    }

    /// Connects, and returns whether its connection of before goes on. A new token has all rights.
    pub(super) async fn connect(&mut self, world: &World, resumes: bool) -> bool {
        self.is_narrow = false;
        next_second(world).await;
        let mut query = format!("accessToken={}", self.token(world));
        if let Some(key) = self.connection_key.as_ref().filter(|_| resumes) {
            query.push_str("&resume=");
            query.push_str(key);
        }
        let mut socket = wait_for(world.connect_with(&query)).await;
        let connected = wait_for(socket.expect(4)).await;
        let key = connected["connectionDetails"]["connectionKey"]
            .as_str()
            .unwrap();
        let is_resumed = resumes && connected["error"].is_null();
        if !is_resumed {
            self.msg_serial = 0;
            self.unanswered = None;
        }
        self.connection_key = Some(key.to_owned());
        self.answers.clear();
        self.dropped_at = None;
        self.socket = Some(socket);
        is_resumed
    }

    /// Attaches to a channel, from where it was if its connection goes on, and returns the members that it is told of.
    /// A channel that can't go on from there begins at `now` in the reference.
    pub(super) async fn attach(&mut self, place: usize, now: usize, resumes: bool) -> Vec<String> {
        let mut frame = json!({"action": 10, "channel": CHANNELS[place]});
        let position = self.positions[place].clone().filter(|_| resumes);
        if let Some(position) = &position {
            frame["channelSerial"] = json!(position);
        }
        self.attached[place] = None;
        self.synced[place].clear();
        if position.is_none() {
            self.told[place].clear();
            self.from[place] = now;
        }
        self.socket.as_mut().unwrap().send(frame).await;
        self.read_until(|client| {
            let flags = client.attached[place];
            flags.is_some_and(|flags| flags & HAS_PRESENCE == 0 || !client.synced[place].is_empty())
        })
        .await;
        let flags = self.attached[place].expect("it is attached");
        if position.is_some() && flags & RESUMED == 0 {
            // Only a reset makes a gap here, and the reference knows of it.
            assert!(
                self.told[place].is_empty(),
                "nothing of a channel with a gap is told"
            );
            self.from[place] = now;
        }
        assert_eq!(flags & HAS_PRESENCE != 0, !self.synced[place].is_empty());
        let mut members = self.synced[place].clone();
        members.sort();
        members
    }

    /// Sends a frame that wants an answer, and returns its msgSerial.
    pub(super) async fn send(&mut self, mut frame: Value) -> u64 {
        let serial = self.msg_serial;
        self.msg_serial += 1;
        frame["msgSerial"] = json!(serial);
        self.unanswered = Some((frame.clone(), Err(0)));
        self.socket.as_mut().unwrap().send(frame).await;
        serial
    }

    pub(super) fn has_answer(&self, serial: u64) -> bool {
        self.answers.contains_key(&serial)
    }

    /// Reads until `is_done`, or until it has waited in vain.
    async fn read_until(&mut self, is_done: impl Fn(&Self) -> bool) {
        for round in 0..PATIENCE {
            self.read();
            if is_done(self) {
                return;
            }
            pass(round).await;
        }
    }

    /// Returns the answer to a frame.
    pub(super) fn answer(&mut self, serial: u64) -> Answer {
        self.unanswered = None;
        let answer = self.answers.remove(&serial);
        answer.unwrap_or_else(|| panic!("{} got no answer to {serial}", self.name))
    }

    /// Sends a frame once more, and returns its answer.
    pub(super) async fn again(&mut self, frame: Value) -> Answer {
        let serial = frame["msgSerial"].as_u64().unwrap();
        self.socket.as_mut().unwrap().send(frame).await;
        self.read_until(|client| client.has_answer(serial)).await;
        self.answer(serial)
    }

    /// Loses the socket before anything more is read, and returns the answer that the client will not know.
    pub(super) async fn lose(&mut self, now: Timestamp) -> Answer {
        let mut answer = None;
        for round in 0..PATIENCE {
            while let Some(frame) = self.poll() {
                if let Some(1 | 2) = frame["action"].as_u64() {
                    answer = Some(answer_of(&frame));
                }
            }
            if answer.is_some() {
                break;
            }
            pass(round).await;
        }
        let (_, answer) = answer.expect("a publish is answered").pop().unwrap();
        let (frame, _) = self.unanswered.take().unwrap();
        self.unanswered = Some((frame, answer.clone()));
        self.drop_socket(now);
        answer
    }

    pub(super) fn drop_socket(&mut self, now: Timestamp) {
        self.dropped_at = Some(now.millis());
        drop(self.socket.take());
    }

    pub(super) fn take_socket(&mut self) -> Option<Client> {
        self.socket.take()
    }

    /// Closes the connection for good.
    pub(super) async fn close(&mut self) {
        // A ping that is answered after CLOSE meets a socket that is closed, and the error hides what came before.
        self.read();
        pass(0).await;
        self.read();
        let mut socket = self.socket.take().unwrap();
        socket.send(json!({"action": 7})).await;
        wait_for(socket.expect_any(8)).await;
        self.dropped_at = None;
        self.connection_key = None;
        self.unanswered = None;
    }

    /// Gets another token, with fewer rights or all, without a drop.
    pub(super) async fn reauthorize(&mut self, world: &World, is_narrow: bool) {
        self.is_narrow = is_narrow;
        next_second(world).await;
        let token = self.token(world);
        let frame = json!({"action": 17, "auth": {"accessToken": token}});
        self.socket.as_mut().unwrap().send(frame).await;
    }

    /// Expects that its token was revoked: the server has ended its socket.
    pub(super) fn revoked(&mut self, now: Timestamp) {
        assert!(self.socket.is_none(), "{} is disconnected", self.name);
        self.dropped_at = Some(now.millis());
    }

    /// Returns whether it was told of a reset: it is attached anew.
    pub(super) fn knows_of_reset(&self) -> bool {
        self.socket.is_none() || self.attached.iter().all(Option::is_some)
    }

    /// Forgets how it is attached, so that it can tell when it is attached anew.
    pub(super) fn await_reset(&mut self) {
        self.attached = Default::default();
    }

    /// Expects that its channels were reset.
    pub(super) fn reset(&mut self) {
        self.unanswered = None;
        for place in 0..CHANNELS.len() {
            if self.socket.is_some() {
                let flags = self.attached[place].unwrap();
                assert_eq!(flags & RESUMED, 0, "{} is told of the gap", self.name);
                self.synced[place].clear();
            }
            self.told[place].clear();
            self.from[place] = 0;
        }
    }

    /// Reads all that has come.
    pub(super) fn read(&mut self) {
        while let Some(frame) = self.poll() {
            let place = CHANNELS.iter().position(|name| frame["channel"] == *name);
            match (frame["action"].as_u64().unwrap_or_default(), place) {
                (1 | 2, _) => self.answers.extend(answer_of(&frame)),
                (11, Some(place)) => {
                    self.attached[place] = Some(frame["flags"].as_u64().unwrap_or_default());
                    self.moved(place, &frame);
                }
                (14, Some(place)) => {
                    let members = frame["presence"].as_array().unwrap();
                    self.told[place].extend(members.iter().map(reference::told_member));
                    self.moved(place, &frame);
                }
                (15, Some(place)) => {
                    let messages = frame["messages"].as_array().unwrap();
                    self.told[place].extend(messages.iter().map(reference::told_message));
                    self.moved(place, &frame);
                }
                (16, Some(place)) => self.synced[place].extend(members(&frame["presence"])),
                (0 | 4 | 6 | 9 | 17, _) => {}
                _ => panic!("{} was told {frame}", self.name),
            }
        }
    }

    /// Moves the position on, as RTL15b has it.
    fn moved(&mut self, place: usize, frame: &Value) {
        if let Some(position) = frame["channelSerial"].as_str() {
            self.positions[place] = Some(position.to_owned());
        }
    }

    /// Returns a frame that has come; the socket is gone once the server has closed it.
    fn poll(&mut self) -> Option<Value> {
        let frame = self.socket.as_mut()?.next().now_or_never()?;
        if frame.is_none() {
            self.socket = None;
        }
        frame
    }
}

/// Waits for the next second: tokens are issued at whole ones, and a revocation is about those from before it.
pub(super) async fn next_second(world: &World) {
    let left = 1000 - world.now().millis().rem_euclid(1000);
    tokio::time::sleep(Duration::from_millis(left.unsigned_abs())).await;
}

/// Returns the answers of an ACK or a NACK, by msgSerial.
fn answer_of(frame: &Value) -> Vec<(u64, Answer)> {
    let first = frame["msgSerial"].as_u64().unwrap();
    let count = frame["count"].as_u64().unwrap_or(1);
    let answers = (0..count).map(|index| {
        let serials = &frame["res"][usize::try_from(index).unwrap()]["serials"];
        let serials = serials.as_array().into_iter().flatten();
        let serials = serials.map(|serial| serial.as_str().unwrap_or_default().to_owned());
        let answer = match frame["action"].as_u64() {
            Some(1) => Ok(serials.collect()),
            _ => Err(frame["error"]["code"].as_u64().unwrap()),
        };
        (first + index, answer)
    });
    answers.collect()
}

/// Returns members as `clientId data`, in order.
pub(super) fn members(members: &Value) -> Vec<String> {
    let mut listed: Vec<String> = members
        .as_array()
        .into_iter()
        .flatten()
        .map(|member| {
            let text = |name: &str| member[name].as_str().unwrap_or_default();
            format!("{} {}", text("clientId"), text("data"))
        })
        .collect();
    listed.sort();
    listed
}
