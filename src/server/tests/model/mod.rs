//! The server against a small reference: random operations by three clients, over memory and SQLite.
//!
//! After each step, each client must have been told what the reference tells, in order and once, from its attachment on;
//! history, summaries and presence must be the reference's. What is refused must leave no trace, and once all clients are
//! gone and the app is reset, the server keeps as much as at its start.
//!
//! `CHATCTL_MODEL_CASES=10000 cargo test --lib server::tests::model` runs that many sequences.

mod client;
mod reference;

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::harness::World;
use crate::server::core::census::Census;
use client::ModelClient;
use reference::{CHANNELS, Channel, Edit, TYPES};

const CLIENTS: usize = 3;

/// The time that all waits of a sequence may take: the tokens live for an hour.
const LONGEST: Duration = Duration::from_secs(50 * 60);

/// The time that a step may take at most, in milliseconds: nothing is tried so near to a deadline.
const MARGIN: i64 = 4_000;

/// The time after which members of a dropped connection have left, in milliseconds.
const MEMBERS_STAY: i64 = 15_000;

/// The time after which a dropped connection is forgotten, in milliseconds.
const CONNECTION_STAYS: i64 = 120_000;

/// An operation: client, channel, and what is done. Messages are named by their number, modulo how many there are.
#[derive(Clone, Debug)]
enum Step {
    Publish(usize, usize, usize),
    /// Publishes of several clients that do not wait for each other.
    Burst(Vec<(usize, usize)>),
    /// A publish whose answer is lost with the socket.
    PublishAndDrop(usize, usize),
    Edit(usize, usize, usize, Edit),
    React(usize, usize, usize, usize, usize, bool),
    Enter(usize, usize),
    Leave(usize, usize),
    Drop(usize),
    /// Takes the socket of a client away by another one.
    Supersede(usize),
    Close(usize),
    Narrow(usize),
    Widen(usize),
    Revoke(usize),
    Reset,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let client = || 0..CLIENTS;
    let channel = || 0..CHANNELS.len();
    let edit = prop_oneof![Just(Edit::Update), Just(Edit::Delete), Just(Edit::Append)];
    prop_oneof![
        4 => (client(), channel(), 1..3_usize).prop_map(|(a, b, c)| Step::Publish(a, b, c)),
        2 => proptest::collection::vec((client(), channel()), 2..8).prop_map(Step::Burst),
        2 => (client(), channel()).prop_map(|(a, b)| Step::PublishAndDrop(a, b)),
        4 => (client(), channel(), any::<usize>(), edit).prop_map(|(a, b, c, d)| Step::Edit(a, b, c, d)),
        6 => (client(), channel(), 0..4_usize, 0..TYPES.len(), 0..3_usize, prop::bool::weighted(0.7))
            .prop_map(|(a, b, c, d, e, f)| Step::React(a, b, c, d, e, f)),
        3 => (client(), channel()).prop_map(|(a, b)| Step::Enter(a, b)),
        2 => (client(), channel()).prop_map(|(a, b)| Step::Leave(a, b)),
        2 => client().prop_map(Step::Drop),
        1 => client().prop_map(Step::Supersede),
        1 => client().prop_map(Step::Close),
        1 => client().prop_map(Step::Narrow),
        1 => client().prop_map(Step::Widen),
        1 => client().prop_map(Step::Revoke),
        1 => Just(Step::Reset),
        2 => prop_oneof![Just(1), Just(5), Just(20), Just(150)].prop_map(Step::Wait),
    ]
}

/// A server, its clients and the reference.
struct Model {
    world: World,
    clients: Vec<ModelClient>,
    channels: [Channel; CHANNELS.len()],
    /// The number of texts so far: each is another.
    texts: usize,
    waited: Duration,
}

impl Model {
    fn new(world: World) -> Self {
        Self {
            world,
            clients: (0..CLIENTS).map(ModelClient::new).collect(),
            channels: Default::default(),
            texts: 0,
            waited: Duration::ZERO,
        }
    }

    async fn start(world: World) -> Self {
        let mut model = Self::new(world);
        for index in 0..CLIENTS {
            model.online(index).await;
        }
        model
    }

    fn text(&mut self) -> String {
        self.texts += 1;
        format!("text {}", self.texts)
    }

    /// Has `client` connected and attached to all channels, by its connection of before where the server still has it.
    async fn online(&mut self, client: usize) {
        if self.clients[client].is_connected() {
            return;
        }
        let now = self.world.now().millis();
        let dropped_at = self.clients[client].dropped_at;
        let gone = dropped_at.is_none_or(|at| now - at > CONNECTION_STAYS - MARGIN);
        if let Some(at) = dropped_at.filter(|_| gone) {
            self.sleep_until(at + CONNECTION_STAYS + MARGIN).await;
            self.members_leave().await;
        }
        let is_resumed = self.clients[client].connect(&self.world, !gone).await;
        assert_eq!(is_resumed, !gone, "client {client} is continued");
        for (place, channel) in self.channels.iter_mut().enumerate() {
            let peer = &mut self.clients[client];
            let members = peer.attach(place, channel.told.len(), is_resumed).await;
            let expected: Vec<String> = channel
                .members
                .iter()
                .map(|(id, data)| format!("{id} {data}"))
                .collect();
            assert_eq!(members, expected, "the members of {}", CHANNELS[place]);
        }
        // What it does not know to be acknowledged is sent again.
        if let Some((frame, answer)) = self.clients[client].unanswered.take()
            && is_resumed
        {
            let again = self.clients[client].again(frame).await;
            assert_eq!(again, answer, "a repeat is answered as before");
        }
    }

    /// Reads until `is_done`, or until it was waited for in vain.
    async fn until(&mut self, is_done: impl Fn(&Self) -> bool) {
        for round in 0..client::PATIENCE {
            self.clients.iter_mut().for_each(ModelClient::read);
            if is_done(self) {
                return;
            }
            client::pass(round).await;
        }
    }

    /// Lets the server do what it does by itself.
    async fn settle(&mut self) {
        for round in 0..20 {
            client::pass(round).await;
        }
        self.clients.iter_mut().for_each(ModelClient::read);
    }

    async fn request(&mut self, client: usize, frame: Value) -> Result<Vec<String>, u64> {
        let serial = self.clients[client].send(frame).await;
        self.until(|model| model.clients[client].has_answer(serial))
            .await;
        self.clients[client].answer(serial)
    }

    /// Checks the answer of an operation that needs the right to publish.
    fn is_allowed<T: std::fmt::Debug>(&self, client: usize, answer: Result<T, u64>) -> Option<T> {
        if self.clients[client].is_narrow {
            assert_eq!(answer.err(), Some(40160));
            return None;
        }
        Some(answer.expect("the operation is allowed"))
    }

    async fn run(&mut self, step: &Step) {
        match step {
            Step::Publish(..) | Step::Burst(_) | Step::PublishAndDrop(..) => {
                self.publish(step).await;
            }
            Step::Edit(..) | Step::React(..) | Step::Enter(..) | Step::Leave(..) => {
                self.change(step).await;
            }
            Step::Reset => self.reset().await,
            Step::Wait(seconds) => self.wait(*seconds).await,
            _ => self.reconnect(step).await,
        }
    }

    async fn publish(&mut self, step: &Step) {
        // Long, since it is a table of cases.
        match step {
            Step::Publish(client, place, count) => {
                self.online(*client).await;
                let texts: Vec<String> = (0..*count).map(|_| self.text()).collect();
                let messages: Vec<Value> = texts.iter().map(|text| json!({"data": text})).collect();
                let frame =
                    json!({"action": 15, "channel": CHANNELS[*place], "messages": messages});
                let answer = self.request(*client, frame).await;
                if let Some(serials) = self.is_allowed(*client, answer) {
                    for (serial, text) in serials.iter().zip(&texts) {
                        self.channels[*place].publish(serial, &self.clients[*client].name, text);
                    }
                }
            }
            Step::Burst(publishes) => {
                let mut sent = Vec::new();
                for (client, _) in publishes {
                    self.online(*client).await;
                }
                for (client, place) in publishes {
                    let text = self.text();
                    let frame = json!({"action": 15, "channel": CHANNELS[*place], "messages": [{"data": text}]});
                    let serial = self.clients[*client].send(frame).await;
                    sent.push((*client, *place, serial, text));
                }
                self.until(|model| {
                    let mut sent = sent.iter();
                    sent.all(|(client, _, serial, _)| model.clients[*client].has_answer(*serial))
                })
                .await;
                let mut done = Vec::new();
                for (client, place, serial, text) in sent {
                    let answer = self.clients[client].answer(serial);
                    if let Some(serials) = self.is_allowed(client, answer) {
                        done.push((serials[0].clone(), client, place, text));
                    }
                }
                done.sort();
                for (serial, client, place, text) in done {
                    self.channels[place].publish(&serial, &self.clients[client].name, &text);
                }
            }
            Step::PublishAndDrop(client, place) => {
                self.online(*client).await;
                let text = self.text();
                let frame = json!({"action": 15, "channel": CHANNELS[*place], "messages": [{"data": text}]});
                self.clients[*client].send(frame).await;
                let answer = self.clients[*client].lose(self.world.now()).await;
                if let Some(serials) = self.is_allowed(*client, answer) {
                    self.channels[*place].publish(&serials[0], &self.clients[*client].name, &text);
                }
            }
            _ => unreachable!(),
        }
    }

    async fn change(&mut self, step: &Step) {
        // Long, since it is a table of cases.
        match step {
            Step::Edit(client, place, about, edit) => {
                let known = self.channels[*place].messages.len();
                if known == 0 {
                    return;
                }
                self.online(*client).await;
                let (about, text) = (about % known, self.text());
                let frame = json!({"action": 15, "channel": CHANNELS[*place], "messages": [
                    {"action": *edit as u8, "serial": self.channels[*place].messages[about].serial, "data": text},
                ]});
                let answer = self.request(*client, frame).await;
                if let Some(serials) = self.is_allowed(*client, answer) {
                    let is_room = *place == 1;
                    self.channels[*place].edit(about, *edit, &serials[0], &text, is_room);
                }
            }
            Step::React(client, place, about, kind, name, adds) => {
                let known = self.channels[*place].messages.len();
                if known == 0 {
                    return;
                }
                self.online(*client).await;
                let (about, name) = (about % known, ["a", "b", "c"][*name]);
                let frame = json!({"action": 21, "channel": CHANNELS[*place], "annotations": [{
                    "action": u8::from(!adds), "type": format!("reaction:{}.v1", TYPES[*kind]), "name": name,
                    "messageSerial": self.channels[*place].messages[about].serial,
                }]});
                let answer = self.request(*client, frame).await;
                if self.is_allowed(*client, answer).is_some() {
                    let client_id = &self.clients[*client].name;
                    self.channels[*place].react(about, TYPES[*kind], name, client_id, *adds);
                }
            }
            Step::Enter(client, place) => {
                self.online(*client).await;
                let text = self.text();
                let frame = json!({"action": 14, "channel": CHANNELS[*place], "presence": [{"action": 2, "data": text}]});
                let answer = self.request(*client, frame).await;
                answer.expect("presence is allowed");
                let client_id = &self.clients[*client].name;
                self.channels[*place].enter(client_id, &text);
            }
            Step::Leave(client, place) => {
                self.online(*client).await;
                let frame =
                    json!({"action": 14, "channel": CHANNELS[*place], "presence": [{"action": 3}]});
                let answer = self.request(*client, frame).await;
                answer.expect("presence is allowed");
                self.channels[*place].leave(&self.clients[*client].name);
            }
            _ => unreachable!(),
        }
    }

    /// Does what happens to connections and their tokens.
    async fn reconnect(&mut self, step: &Step) {
        match step {
            Step::Drop(client) => {
                self.online(*client).await;
                self.clients[*client].drop_socket(self.world.now());
                self.settle().await;
            }
            Step::Supersede(client) => {
                self.online(*client).await;
                self.clients[*client].dropped_at = Some(self.world.now().millis());
                let old = self.clients[*client].take_socket();
                self.online(*client).await;
                drop(old);
                self.settle().await;
            }
            Step::Close(client) => {
                self.online(*client).await;
                self.clients[*client].close().await;
                self.settle().await;
                for channel in &mut self.channels {
                    channel.leave(&self.clients[*client].name);
                }
            }
            Step::Narrow(client) | Step::Widen(client) => {
                self.online(*client).await;
                let is_narrow = matches!(step, Step::Narrow(_));
                self.clients[*client]
                    .reauthorize(&self.world, is_narrow)
                    .await;
                self.settle().await;
            }
            Step::Revoke(client) => {
                self.online(*client).await;
                client::next_second(&self.world).await;
                let target = format!("clientId:{}", self.clients[*client].name);
                let body = json!({"targets": [target]});
                let (status, answer) =
                    client::wait_for(self.world.rest("POST", "/keys/app.key/revokeTokens", &body))
                        .await;
                assert_eq!(status, 201, "{answer}");
                self.until(|model| !model.clients[*client].is_connected())
                    .await;
                self.clients[*client].revoked(self.world.now());
            }
            _ => unreachable!(),
        }
    }

    async fn reset(&mut self) {
        self.settle().await;
        self.clients.iter_mut().for_each(ModelClient::await_reset);
        let (status, answer) =
            client::wait_for(self.world.rest("POST", "/apps/app/reset", &Value::Null)).await;
        assert_eq!(status, 200, "{answer}");
        self.channels = Default::default();
        self.until(|model| model.clients.iter().all(ModelClient::knows_of_reset))
            .await;
        self.clients.iter_mut().for_each(ModelClient::reset);
    }

    async fn wait(&mut self, seconds: u64) {
        let span = Duration::from_secs(seconds);
        if self.waited + span <= LONGEST {
            self.waited += span;
            // A client that answers no ping is taken for gone.
            for _ in 0..seconds {
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.clients.iter_mut().for_each(ModelClient::read);
            }
        }
    }

    /// Takes the members of connections that stay away out of the reference, once it is their time.
    async fn members_leave(&mut self) {
        let mut gone = [false; CLIENTS];
        // While one is waited for, the time of the next may come.
        loop {
            let now = self.world.now().millis();
            let next = (0..CLIENTS)
                .filter(|client| !gone[*client])
                .filter_map(|client| Some((self.clients[client].away_since()?, client)))
                .filter(|(since, _)| now - since > MEMBERS_STAY - MARGIN)
                .min();
            let Some((since, client)) = next else {
                return;
            };
            gone[client] = true;
            self.sleep_until(since + MEMBERS_STAY + MARGIN).await;
            for channel in &mut self.channels {
                channel.leave(&self.clients[client].name);
            }
            // Time in the test passes at once, and SQLite's thread may not have come to it.
            for place in 0..CHANNELS.len() {
                self.until_stored_members_are_known(place).await;
            }
        }
    }

    /// Waits until the server keeps no members that the reference does not have.
    async fn until_stored_members_are_known(&self, place: usize) {
        for _ in 0..1000 {
            let members = self.stored_members(place).await;
            let known = &self.channels[place].members;
            let is_known = |member: &String| known.keys().any(|id| member.starts_with(id.as_str()));
            if members.iter().all(is_known) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    async fn sleep_until(&mut self, millis: i64) {
        let left = u64::try_from(millis - self.world.now().millis()).unwrap_or_default();
        for _ in 0..left / 1000 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.clients.iter_mut().for_each(ModelClient::read);
        }
        tokio::time::sleep(Duration::from_millis(left % 1000)).await;
    }

    /// Checks that everybody was told what the reference tells.
    async fn check_told(&mut self, after: &Step) {
        self.until(|model| {
            let connected = model.clients.iter().filter(|client| client.is_connected());
            connected
                .flat_map(|client| (0..CHANNELS.len()).map(move |place| (client, place)))
                .all(|(client, place)| {
                    let expected = &model.channels[place].told[client.from[place]..];
                    client.told[place].len() >= expected.len()
                        || reference::is_told(&client.told[place], expected)
                })
        })
        .await;
        for client in self.clients.iter().filter(|client| client.is_connected()) {
            for (place, channel) in self.channels.iter().enumerate() {
                let expected = &channel.told[client.from[place]..];
                let told = &client.told[place];
                assert!(
                    reference::is_told(told, expected),
                    "what {} was told of {} after {after:?}: {told:#?} instead of {expected:#?}",
                    client.name,
                    CHANNELS[place],
                );
            }
        }
    }

    /// Checks that the server keeps what the reference keeps.
    async fn check_kept(&self) {
        for (place, channel) in self.channels.iter().enumerate() {
            let path = format!(
                "/channels/{}/messages?direction=forwards&limit=1000",
                escaped(place)
            );
            let (status, page) =
                client::wait_for(self.world.rest("GET", &path, &Value::Null)).await;
            assert_eq!(status, 200, "{page}");
            let stored: Vec<Value> = page
                .as_array()
                .unwrap()
                .iter()
                .map(reference::stored_message)
                .collect();
            assert_eq!(
                stored,
                channel.history(),
                "the history of {}",
                CHANNELS[place]
            );

            let members = channel.members.iter();
            let members: Vec<String> = members.map(|(id, data)| format!("{id} {data}")).collect();
            let stored = self.stored_members(place).await;
            assert_eq!(stored, members, "the members of {}", CHANNELS[place]);
        }
    }

    /// Checks that the server keeps what it kept at the start, once every client is gone, the time of what is kept for a
    /// time is over, and the app was reset.
    async fn check_nothing_is_left(mut self, start: &Census) {
        for client in &mut self.clients {
            drop(client.take_socket());
        }
        // Each deadline comes when it is due, whatever the thread of SQLite is doing.
        for _ in 0..CONNECTION_STAYS / 1000 + 5 {
            client::pass(0).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let (status, answer) =
            client::wait_for(self.world.rest("POST", "/apps/app/reset", &Value::Null)).await;
        assert_eq!(status, 200, "{answer}");
        let mut left = client::wait_for(self.world.census()).await;
        for round in 0..client::PATIENCE {
            if left == *start {
                break;
            }
            client::pass(round).await;
            left = client::wait_for(self.world.census()).await;
        }
        assert_eq!(left, *start, "what is left of the clients");
        self.world.end().await;
    }

    /// Returns the members of a channel as the server keeps them.
    async fn stored_members(&self, place: usize) -> Vec<String> {
        let path = format!("/channels/{}/presence?limit=1000", escaped(place));
        let (status, page) = client::wait_for(self.world.rest("GET", &path, &Value::Null)).await;
        assert_eq!(status, 200, "{page}");
        client::members(&page)
    }
}

/// Returns the name of a channel as it stands in a path.
fn escaped(place: usize) -> String {
    CHANNELS[place].replace(':', "%3A").replace('$', "%24")
}

/// Runs one sequence on a server. Of the clients nothing is left in the end; on a file, what is kept must be there after a
/// restart.
async fn sequence(steps: &[Step], file: Option<&std::path::Path>) {
    let world = World::revocable(file, 1);
    let start = client::wait_for(world.census()).await;
    let mut model = Model::start(world).await;
    for step in steps {
        model.members_leave().await;
        model.run(step).await;
        model.members_leave().await;
        model.check_told(step).await;
    }
    model.settle().await;
    model.check_told(&Step::Wait(0)).await;
    model.check_kept().await;
    let Some(path) = file.filter(|_| steps.len().is_multiple_of(2)) else {
        return model.check_nothing_is_left(&start).await;
    };
    model
        .clients
        .iter_mut()
        .for_each(|client| drop(client.take_socket()));
    let Model {
        world, channels, ..
    } = model;
    world.end().await;
    let mut again = Model {
        channels,
        ..Model::new(World::revocable(Some(path), 2))
    };
    // The members leave some time after the server has started, by the hand of SQLite's thread.
    for _ in 0..1000 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if again.stored_members(0).await.is_empty() && again.stored_members(1).await.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    for channel in &mut again.channels {
        channel.members.clear();
    }
    again.check_kept().await;
    again.check_nothing_is_left(&start).await;
}

fn run_sequences(on_file: bool) {
    let cases = std::env::var("CHATCTL_MODEL_CASES").map_or(24, |text| text.parse().unwrap());
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::with_cases(cases)
    });
    let steps = proptest::collection::vec(step(), 1..40);
    let result = runner.run(&steps, |steps| {
        let folder = on_file.then(|| tempfile::tempdir().unwrap());
        let file = folder.as_ref().map(|folder| folder.path().join("model.db"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(sequence(&steps, file.as_deref()));
        Ok(())
    });
    result.unwrap();
}

#[test]
fn memory_behaves_like_the_reference() {
    run_sequences(false);
}

#[test]
fn sqlite_behaves_like_the_reference() {
    run_sequences(true);
}
