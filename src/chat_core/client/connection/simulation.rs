//! The machine run from seeds, without sockets or waiting: schedules of drops, delays, refusals and silences against a
//! small model of the service. Nothing is lost, nothing is told twice, and a gap that the service can't close is told.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::machine::Machine;
use super::types::{Command, Effect, Event, Input, Publication, Timeouts};
use crate::chat_core::clock::Moment;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::frame::{ConnectionDetails, Params, PublishResult};
use crate::chat_core::protocol::{
    Action, ChannelModes, Message, PresenceAction, PresenceMessage, ProtocolMessage, flags,
};

const CHANNELS: [&str; 3] = ["a", "b", "c"];

/// The number of messages of a channel that the service keeps.
const KEPT: usize = 40;

/// The service, as far as a client can tell: channels that count, and connections that can be resumed.
#[derive(Default)]
struct Service {
    /// Everything that was ever said, by channel; the place is the serial.
    said: BTreeMap<String, Vec<String>>,
    members: BTreeMap<String, u64>,
    connection: u64,
    can_resume: bool,
    /// The results of publishes of this connection, by msgSerial.
    published: BTreeMap<u64, String>,
    attached: BTreeMap<String, bool>,
}

impl Service {
    fn connect(&mut self, resume: bool) -> ProtocolMessage {
        if !(resume && self.can_resume) {
            self.connection += 1;
            self.published.clear();
        }
        self.can_resume = true;
        self.attached.clear();
        ProtocolMessage {
            connection_id: Some(format!("c{}", self.connection)),
            connection_details: Some(ConnectionDetails {
                connection_key: format!("k{}", self.connection),
                max_idle_interval: 15_000,
                ..ConnectionDetails::default()
            }),
            ..ProtocolMessage::new(Action::Connected)
        }
    }

    /// Somebody says something; what is sent to the client for it.
    fn say(&mut self, channel: &str, text: String) -> Option<ProtocolMessage> {
        let said = self.said.entry(channel.to_owned()).or_default();
        said.push(text);
        let place = said.len();
        self.attached
            .contains_key(channel)
            .then(|| self.told(channel, place))
    }

    fn told(&self, channel: &str, place: usize) -> ProtocolMessage {
        ProtocolMessage {
            channel_serial: Some(format!("{place:06}")),
            messages: Some(vec![Message {
                name: Some(self.said[channel][place - 1].clone()),
                ..Message::default()
            }]),
            ..ProtocolMessage::on(Action::Message, channel)
        }
    }

    fn recv(&mut self, message: &ProtocolMessage) -> Vec<ProtocolMessage> {
        let channel = message.channel.clone().unwrap_or_default();
        match message.action {
            Action::Attach => {
                let said = self.said.entry(channel.clone()).or_default().len();
                let from = message.channel_serial.as_deref();
                let from = from.map(|serial| serial.parse::<usize>().unwrap());
                let continues = from.filter(|from| said - from <= KEPT);
                self.attached.insert(channel.clone(), true);
                let resumed = if continues.is_some() {
                    flags::RESUMED
                } else {
                    0
                };
                let begins = continues.unwrap_or(said);
                let mut answer = vec![ProtocolMessage {
                    flags: Some(ChannelModes::SUBSCRIBE.bits() | resumed),
                    channel_serial: Some(format!("{begins:06}")),
                    ..ProtocolMessage::on(Action::Attached, &channel)
                }];
                answer.extend((begins + 1..=said).map(|place| self.told(&channel, place)));
                answer
            }
            Action::Message => {
                let number = message.msg_serial.unwrap();
                let text = message.messages.as_ref().unwrap()[0].name.clone().unwrap();
                let mut answer = Vec::new();
                // What was done is acknowledged again, and not done again.
                if self.published.insert(number, text.clone()).is_none() {
                    answer.extend(self.say(&channel, text));
                }
                answer.push(acknowledged(number));
                answer
            }
            Action::Presence => {
                self.members.insert(channel, self.connection);
                vec![acknowledged(message.msg_serial.unwrap())]
            }
            _ => Vec::new(),
        }
    }
}

fn acknowledged(number: u64) -> ProtocolMessage {
    ProtocolMessage {
        msg_serial: Some(number),
        count: Some(1),
        res: Some(vec![PublishResult::default()]),
        ..ProtocolMessage::new(Action::Ack)
    }
}

/// The events that the owner of the connection saw.
#[derive(Default)]
struct Owner {
    /// The last thing that was told of each channel, by its place.
    told: BTreeMap<String, usize>,
    gaps: BTreeMap<String, bool>,
    answered: BTreeMap<u64, u32>,
}

struct Run {
    random: StdRng,
    now: Moment,
    machine: Machine,
    service: Service,
    owner: Owner,
    /// Whether a link is being opened or is open.
    opening: Option<bool>,
    is_open: bool,
    to_client: VecDeque<ProtocolMessage>,
    to_service: VecDeque<ProtocolMessage>,
    next_ticket: u64,
    trace: String,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let jitter = random.random();
        let mut run = Self {
            random,
            now: Moment::after_beginning(Duration::from_millis(1_700_000_000_000)),
            machine: Machine::new(
                Timeouts {
                    fallbacks: usize::try_from(seed % 3).unwrap(),
                    ..Timeouts::default()
                },
                jitter,
            ),
            service: Service::default(),
            owner: Owner::default(),
            opening: None,
            is_open: false,
            to_client: VecDeque::new(),
            to_service: VecDeque::new(),
            next_ticket: 0,
            trace: String::new(),
        };
        run.give(Input::Command(Command::Connect));
        for channel in CHANNELS {
            run.give(Input::Command(Command::Attach {
                channel: channel.to_owned(),
                modes: ChannelModes::SUBSCRIBE,
                params: Params::new(),
                from: None,
            }));
        }
        run
    }

    fn give(&mut self, input: Input) {
        let _ = writeln!(self.trace, "{} {input:?}", self.now);
        for effect in self.machine.on(input, self.now) {
            let _ = writeln!(self.trace, "  {effect:?}");
            match effect {
                Effect::Open(open) => self.opening = Some(open.resume.is_some()),
                Effect::Send(message) => {
                    if self.is_open {
                        self.to_service.push_back(*message);
                    }
                }
                Effect::Drop => self.cut(),
                Effect::Tell(event) => self.told(event),
                Effect::Authorize | Effect::Forget => unreachable!("there is one credential"),
            }
        }
    }

    /// Drops all frames that are under way.
    fn cut(&mut self) {
        self.is_open = false;
        self.opening = None;
        self.to_client.clear();
        self.to_service.clear();
        self.service.attached.clear();
    }

    fn told(&mut self, event: Event) {
        match event {
            Event::Messages {
                channel, serial, ..
            } => {
                let place: usize = serial.unwrap().parse().unwrap();
                let gap = self.owner.gaps.insert(channel.clone(), false) == Some(true);
                if let Some(last) = self.owner.told.insert(channel.clone(), place) {
                    assert!(place > last, "{channel}: {place} again after {last}");
                    assert!(gap || place == last + 1, "{channel}: {place} after {last}");
                }
            }
            Event::Attached {
                channel,
                resumed,
                serial,
                ..
            } => {
                let begins: usize = serial.unwrap().parse().unwrap();
                let known = self.owner.told.get(&channel).copied();
                let has_gap = self.owner.gaps.get(&channel) == Some(&true);
                // Where it begins is where it was, or a gap was told.
                if let Some(known) = known {
                    assert!(
                        has_gap || known == begins,
                        "{channel}: {begins}, not {known}"
                    );
                }
                assert!(
                    resumed || known.is_none() || has_gap,
                    "{channel}: a silent gap"
                );
                self.owner.told.insert(channel, begins);
            }
            Event::Discontinuity { channel, .. } => {
                self.owner.gaps.insert(channel, true);
            }
            Event::Published { ticket, result } => {
                assert_eq!(result.ok(), Some(PublishResult::default()));
                *self.owner.answered.entry(ticket).or_default() += 1;
            }
            _ => {}
        }
    }

    fn step(&mut self) {
        match self.random.random_range(0..100_u8) {
            0..=29 => self.deliver(),
            30..=49 => self.serve(),
            50..=69 => {
                let channel = CHANNELS[self.random.random_range(0..CHANNELS.len())];
                let told = self.service.say(channel, "news".to_owned());
                self.to_client.extend(told.filter(|_| self.is_open));
            }
            70..=76 => self.publish(),
            77..=84 => self.open(),
            85..=88 => self.lose(),
            89 => self.service.can_resume = false,
            90 => self.burst(),
            91 => self.say_goodbye(),
            92 => {
                let channel = CHANNELS[self.random.random_range(0..CHANNELS.len())];
                if self.is_open && self.service.attached.remove(channel).is_some() {
                    self.to_client
                        .push_back(ProtocolMessage::on(Action::Detached, channel));
                }
            }
            93 => self.sleep(Duration::from_secs(30)),
            _ => {
                let millis = self.random.random_range(1..4000);
                self.sleep(Duration::from_millis(millis));
            }
        }
    }

    fn deliver(&mut self) {
        if let Some(message) = self.to_client.pop_front() {
            self.give(Input::Received(Box::new(message)));
        }
    }

    fn serve(&mut self) {
        if let Some(message) = self.to_service.pop_front() {
            let answers = self.service.recv(&message);
            self.to_client.extend(answers);
        }
    }

    fn publish(&mut self) {
        let channel = CHANNELS[self.random.random_range(0..CHANNELS.len())].to_owned();
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let what = if self.random.random_bool(0.2) {
            Publication::Presence(vec![PresenceMessage {
                action: Some(PresenceAction::Enter),
                ..PresenceMessage::default()
            }])
        } else {
            Publication::Messages(vec![Message {
                name: Some(format!("own {ticket}")),
                ..Message::default()
            }])
        };
        self.give(Input::Command(Command::Publish {
            channel,
            what,
            ticket,
        }));
    }

    /// The link that is being opened opens, or does not.
    fn open(&mut self) {
        let Some(resume) = self.opening.take() else {
            return;
        };
        if self.random.random_bool(0.3) {
            return self.give(Input::Lost(ErrorInfo::new(80003, 400, "refused")));
        }
        self.is_open = true;
        let connected = self.service.connect(resume);
        self.to_client.push_back(connected);
        self.give(Input::Opened);
    }

    fn lose(&mut self) {
        if self.is_open {
            self.cut();
            self.give(Input::Lost(ErrorInfo::new(80003, 400, "cut")));
        }
    }

    /// More is said than the service keeps, while the client is away.
    fn burst(&mut self) {
        self.lose();
        for _ in 0..=KEPT {
            self.service.say(CHANNELS[0], "much".to_owned());
        }
    }

    fn say_goodbye(&mut self) {
        if self.is_open {
            let error = ErrorInfo::new(80003, 503, "shutting down");
            let goodbye = ProtocolMessage::failed(Action::Disconnected, error);
            self.to_client.push_back(goodbye);
        }
    }

    fn sleep(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(deadline) = self.machine.deadline().filter(|it| *it <= until) {
            self.now = self.now.max(deadline);
            self.give(Input::Woken);
            let next = self.machine.deadline();
            assert_ne!(next, Some(deadline), "woken in vain");
        }
        self.now = until;
    }

    /// Lets everything come to rest over a link that works.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            if let Some(resume) = self.opening.take() {
                self.is_open = true;
                let connected = self.service.connect(resume);
                self.to_client.push_back(connected);
                self.give(Input::Opened);
            } else if !self.to_client.is_empty() {
                self.deliver();
            } else if !self.to_service.is_empty() {
                self.serve();
            } else if self.is_open && self.service.attached.len() == CHANNELS.len() {
                break;
            } else {
                self.sleep(Duration::from_secs(1));
            }
        }
    }

    fn check(&self) {
        for channel in CHANNELS {
            let said = self.service.said.get(channel).map_or(0, Vec::len);
            assert_eq!(
                self.owner.told.get(channel),
                Some(&said),
                "{channel} is behind"
            );
        }
        for ticket in 0..self.next_ticket {
            assert_eq!(
                self.owner.answered.get(&ticket),
                Some(&1),
                "publish {ticket}"
            );
        }
        for (channel, connection) in &self.service.members {
            assert_eq!(*connection, self.service.connection, "member of {channel}");
        }
    }
}

fn run(seed: u64) -> String {
    let mut run = Run::new(seed);
    for _ in 0..200 {
        run.step();
    }
    run.settle();
    run.check();
    run.trace
}

#[test]
fn nothing_is_lost_or_told_twice_whatever_happens() {
    for seed in 0..3000 {
        let result = std::panic::catch_unwind(|| run(seed));
        assert!(result.is_ok(), "seed {seed}");
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..50 {
        assert_eq!(run(seed), run(seed), "seed {seed}");
    }
    assert_ne!(run(1), run(2));
}
