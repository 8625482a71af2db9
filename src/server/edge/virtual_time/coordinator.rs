//! The thread that moves the time: it waits until everybody is quiet, tells everybody the new time, and then lets one
//! of them act: the server first, then one timer of one process, in the order of their names.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::FileExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::oneshot;

use super::message::{Answer, Line, Request};
use super::obstacle::{self, Obstacle};
use super::participant::Participant;
use super::quiet::Quiet;
use super::status::{Advanced, Mode, ParticipantStatus, Status};
use super::traffic::{Bytes, Traffic};
use super::watchdog::{REPORT_AFTER, Watchdog};
use crate::chat_core::clock::{Clock as _, Timestamp, VirtualClock};

/// How often in a row not everybody may be quiet before the next look waits a little.
const EAGER_ROUNDS: u32 = 8;

/// The longest pause between two looks.
const MAX_PAUSE: Duration = Duration::from_millis(50);

/// By how much the pause grows from look to look while nobody waits for the time.
const REST_PAUSE: Duration = Duration::from_millis(5);

/// The interval at which a report may become due while the time of processes is frozen.
const FROZEN_PAUSE: Duration = Duration::from_millis(500);

/// The real time in which an advance must come to its end without a step.
const ADVANCE_TIMEOUT: Duration = Duration::from_secs(10);

/// The interval at which the time is set where it passes as usual.
const TICK: Duration = Duration::from_millis(5);

/// An order to the coordinator.
pub(super) enum Order {
    /// Tell the state.
    Status(oneshot::Sender<Status>),
    /// Change the mode.
    Mode(Mode, oneshot::Sender<Status>),
    /// Let the time go on to a date, or to the next deadline.
    Advance(
        Option<Timestamp>,
        oneshot::Sender<Result<Advanced, Vec<Obstacle>>>,
    ),
    /// Let the time pass as usual, without any process.
    End,
}

/// An advance that is under way.
struct Advance {
    /// Its end; without one the first step sets it.
    to: Option<Timestamp>,
    answer: oneshot::Sender<Result<Advanced, Vec<Obstacle>>>,
    began: Instant,
    steps: u64,
}

/// The parts that a coordinator is made of.
pub(super) struct Parts {
    pub(super) clock: VirtualClock,
    pub(super) quiet: Arc<Quiet>,
    pub(super) traffic: Arc<Traffic>,
    /// Gets a byte when there is something to look at.
    pub(super) woken: UnixStream,
    pub(super) orders: Receiver<Order>,
    /// The socket of the processes that take part, and the file with the time for those that start.
    pub(super) processes: Option<(UnixListener, File)>,
    pub(super) mode: Mode,
    pub(super) watchdog: Watchdog,
}

/// The state of the thread.
pub(super) struct Coordinator {
    parts: Parts,
    participants: Vec<Participant>,
    /// The processes that have said hello, and their parents.
    greeted: HashSet<u32>,
    number: u64,
    steps: u64,
    /// The number of looks since the last step at which everybody was quiet and nobody waited for the time.
    rests: u32,
    advance: Option<Advance>,
    /// Whether the last request to everybody was a probe that nothing followed.
    is_probed: bool,
    /// When the time began to pass as usual, by the machine's clock and by the virtual one.
    pace: Option<(Instant, Timestamp)>,
    is_closed: bool,
}

/// Everything that changes when anything happens.
#[derive(PartialEq)]
struct StateVector {
    clock: u64,
    changes: u64,
    sockets: BTreeMap<u16, Bytes>,
    processes: Vec<(String, String)>,
}

impl Coordinator {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            parts,
            participants: Vec::new(),
            greeted: HashSet::new(),
            number: 0,
            steps: 0,
            rests: 0,
            advance: None,
            is_probed: false,
            pace: None,
            is_closed: false,
        }
    }

    /// Moves the time until nobody can give orders any more.
    pub(super) fn run(mut self) {
        while !self.is_closed {
            let is_running = self.parts.mode == Mode::Running;
            if self.advance.is_some() || (is_running && self.parts.processes.is_some()) {
                self.pace = None;
                if self.settle() {
                    self.step();
                }
            } else if is_running {
                self.keep_pace();
            } else {
                self.pace = None;
                self.stay_frozen();
            }
        }
    }

    /// Waits for orders, the time being frozen. Processes that take part wait for it meanwhile, which is reported.
    fn stay_frozen(&mut self) {
        if self.parts.processes.is_some() {
            self.parts.watchdog.freeze();
            self.pump(Some(FROZEN_PAUSE));
        } else {
            self.parts.watchdog.reset();
            self.pump(None);
        }
    }

    /// Waits until everybody is quiet. Returns whether they are; else there is something else to do.
    fn settle(&mut self) -> bool {
        let mode = self.parts.mode;
        let was_advancing = self.advance.is_some();
        let has_processes = self.parts.processes.is_some();
        let mut last = None;
        let mut rounds = 0;
        loop {
            if !std::mem::take(&mut self.is_probed) {
                self.probe(None);
            }
            let is_ended = self.is_closed || self.parts.processes.is_some() != has_processes;
            let is_advancing = self.advance.is_some();
            if is_ended || self.parts.mode != mode || is_advancing != was_advancing {
                return false;
            }
            let sockets = self.parts.traffic.snapshot();
            let obstacles = self.obstacles(&sockets);
            if obstacles.is_empty() {
                let state = self.state(sockets);
                if last.as_ref() == Some(&state) {
                    return true;
                }
                last = Some(state);
            } else {
                last = None;
                self.parts.watchdog.look(&obstacles);
                if self.has_run_out() {
                    self.refuse_advance(obstacles);
                    return false;
                }
            }
            rounds += 1;
            if rounds > EAGER_ROUNDS {
                let pause = Duration::from_micros(50) * (rounds - EAGER_ROUNDS);
                std::thread::sleep(pause.min(MAX_PAUSE));
            }
        }
    }

    /// Lets the next one act, everybody being quiet.
    fn step(&mut self) {
        let now = self.parts.clock.now();
        let of_server = self.parts.clock.next_deadline();
        let of_processes = self.timers().map(|(at, _)| at).min();
        let next = of_server.into_iter().chain(of_processes).min();
        let Some(next) = self.bounded(next) else {
            return;
        };
        if next > now {
            self.set_time(next);
        }
        self.steps += 1;
        self.rests = 0;
        self.parts.watchdog.stepped(next);
        if of_server.is_none_or(|at| at > next) {
            let due = self.timers().find(|(at, _)| *at <= next);
            if let Some((_, place)) = due {
                self.probe(Some(place));
                self.is_probed = true;
            }
        }
        if let Some(advance) = &mut self.advance {
            // To the next deadline: all that comes at its moment, until all is quiet.
            advance.to.get_or_insert(next);
        }
    }

    /// The time of the next step, as the mode allows it; `None` where there is none now.
    fn bounded(&mut self, next: Option<Timestamp>) -> Option<Timestamp> {
        if let Some(advance) = &self.advance {
            match (next, advance.to) {
                (Some(next), Some(to)) if next > to => {}
                (None, _) => {}
                (Some(next), _) => return Some(next),
            }
            if let Some(to) = advance.to {
                self.set_time(to);
            }
            self.end_advance();
            return None;
        }
        let mut joined = self.participants.iter().filter_map(|it| it.answer.as_ref());
        if joined.any(|answer| answer.referenced) && next.is_some() {
            return next;
        }
        let is_alone = self.participants.is_empty();
        self.parts.watchdog.rest(is_alone);
        self.rests = self.rests.saturating_add(1);
        let pause = REST_PAUSE.saturating_mul(self.rests);
        self.pump(Some(pause.min(MAX_PAUSE)));
        None
    }

    /// Returns when the first timer of each process is due, and its place, in the order of their names.
    fn timers(&self) -> impl Iterator<Item = (Timestamp, usize)> {
        let processes = self.participants.iter().enumerate();
        processes.filter_map(|(place, it)| Some((it.answer.as_ref()?.next?, place)))
    }

    /// Tells everybody the new time, and sets it once all know: only then may anybody act.
    fn set_time(&mut self, now: Timestamp) {
        if let Some((_, file)) = &self.parts.processes {
            // Those who start read it; a full disk ends nothing here.
            let _ = file.write_all_at(format!("{now}\n").as_bytes(), 0);
        }
        self.ask_all(|_| Request {
            now: Some(now),
            ..Request::default()
        });
        self.parts.clock.advance(now);
    }

    /// Asks everybody for their state, after a timer of the process at `fire`.
    fn probe(&mut self, fire: Option<usize>) {
        let probe = self.parts.quiet.probe();
        self.ask_all(|place| Request {
            fire: fire == Some(place),
            ..Request::default()
        });
        while !self.parts.quiet.has_answered(probe) && !self.is_closed {
            self.pump(Some(Duration::from_millis(500)));
        }
    }

    /// Sends everybody a request, and waits for all answers.
    fn ask_all(&mut self, request: impl Fn(usize) -> Request) {
        self.number += 1;
        let number = self.number;
        for place in 0..self.participants.len() {
            let holds = self.holds(place);
            let participant = &mut self.participants[place];
            let mut request = request(place);
            // One that is busy with its start is told the time, and asked once it has answered.
            if holds || (request.now.is_none() && participant.awaited.is_none()) {
                request.k = Some(number);
            } else if request.now.is_none() {
                continue;
            }
            if participant.has_joined() && participant.send(request).is_err() {
                // Its socket says that it is gone.
                participant.awaited = None;
            }
        }
        let asked = Instant::now();
        while self.late().next().is_some() && !self.is_closed {
            self.pump(Some(Duration::from_millis(500)));
            let late: Vec<_> = self.late().map(unanswered).collect();
            if !late.is_empty() && asked.elapsed() >= REPORT_AFTER {
                self.parts.watchdog.look(&late);
                if self.has_run_out() {
                    self.refuse_advance(late);
                }
            }
        }
    }

    /// Returns whether the time waits for the process at `place`: one that takes part, or that is a parent or a child of
    /// such a one. Others, such as those that a runner of tests starts meanwhile, are loading what they need.
    fn holds(&self, place: usize) -> bool {
        let it = &self.participants[place];
        let mut others = self.participants.iter();
        it.has_joined() && (it.is_active() || others.any(|one| one.is_active() && it.is_kin(one)))
    }

    /// The processes for which the time waits.
    fn holding(&self) -> impl Iterator<Item = &Participant> {
        let places = (0..self.participants.len()).filter(|place| self.holds(*place));
        places.map(|place| &self.participants[place])
    }

    /// Those of them that have not answered.
    fn late(&self) -> impl Iterator<Item = &Participant> {
        self.holding().filter(|it| it.awaited.is_some())
    }

    /// Lets the server's time pass as usual.
    fn keep_pace(&mut self) {
        let now = self.parts.clock.now();
        let (began, start) = *self.pace.get_or_insert_with(|| (Instant::now(), now));
        let target = start + began.elapsed();
        while let Some(next) = self.parts.clock.next_deadline()
            && next <= target
            && !self.is_closed
        {
            self.parts.clock.advance(next);
            self.probe(None);
        }
        self.parts.clock.advance(target);
        self.pump(Some(TICK));
    }

    /// Waits for something to read, and handles it.
    fn pump(&mut self, timeout: Option<Duration>) {
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(timeout.subsec_nanos()),
        });
        let listener = self.parts.processes.as_ref().map(|(listener, _)| listener);
        let mut fds = vec![PollFd::new(&self.parts.woken, PollFlags::IN)];
        fds.extend(listener.map(|listener| PollFd::new(listener, PollFlags::IN)));
        let first = fds.len();
        let sockets = self.participants.iter().map(Participant::io);
        fds.extend(sockets.map(|io| PollFd::new(io, PollFlags::IN)));
        // A signal, at worst: everything is looked at the next time.
        let _ = poll(&mut fds, timeout.as_ref());
        let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        drop(fds);
        if ready[0] {
            // Many wake-ups are one.
            let _ = self.parts.woken.read(&mut [0; 256]);
            self.take_orders();
        }
        // An order may have removed all of them.
        let count = self.participants.len().min(ready.len() - first);
        for place in (0..count).rev().filter(|place| ready[first + place]) {
            self.read(place);
        }
        if first == 2 && ready[1] {
            self.accept();
        }
    }

    fn accept(&mut self) {
        let Some((listener, _)) = &self.parts.processes else {
            return;
        };
        if let Ok((io, _)) = listener.accept()
            && let Ok(participant) = Participant::new(io)
        {
            self.participants.push(participant);
        }
    }

    /// Reads what a process says; one that is gone is removed.
    fn read(&mut self, place: usize) {
        let lines = match self.participants[place].read() {
            Ok(lines) => lines,
            Err(error) => {
                let gone = self.participants.remove(place);
                self.is_probed = false;
                if error.kind() == ErrorKind::InvalidData {
                    let label = gone.label();
                    let text = format!("{label} no longer takes part in virtual time: {error}");
                    self.parts.watchdog.warn(&text);
                }
                return;
            }
        };
        let mut joined = false;
        for line in lines {
            let participant = &mut self.participants[place];
            match line {
                Line::Hello { hello, pid, ppid } => {
                    let now = Some(self.parts.clock.now());
                    let name = unused_name(hello, &self.participants);
                    let participant = &mut self.participants[place];
                    (participant.name, participant.pid) = (name, pid);
                    self.greeted.extend([pid, ppid]);
                    let request = Request {
                        now,
                        ..Request::default()
                    };
                    let _ = participant.send(request);
                    joined = true;
                }
                Line::Ack { k, .. } => participant.acknowledged(k),
                Line::Answer(answer) => {
                    if answer.hidden && !participant.is_warned {
                        participant.is_warned = true;
                        let label = participant.label();
                        self.parts.watchdog.warn(&format!(
                            "other fake timers have taken the place of the virtual ones in {label}: their code keeps \
                             its own time (leave out jest.useFakeTimers, vi.useFakeTimers and the like)"
                        ));
                    }
                    participant.answered(*answer);
                }
                Line::Wake { .. } => {}
            }
        }
        if joined {
            self.is_probed = false;
            self.participants
                .sort_by(|one, two| one.order().cmp(&two.order()));
        }
    }

    fn take_orders(&mut self) {
        loop {
            match self.parts.orders.try_recv() {
                // Nobody may wait for an answer any more: here and below.
                Ok(Order::Status(answer)) => drop(answer.send(self.status())),
                Ok(Order::Mode(mode, answer)) => {
                    self.parts.mode = mode;
                    self.parts.watchdog.reset();
                    let _ = answer.send(self.status());
                }
                Ok(Order::Advance(to, answer)) => {
                    self.refuse_advance(vec![Obstacle::new(
                        "another advance",
                        "has taken the place of this one",
                        "",
                    )]);
                    self.advance = Some(Advance {
                        to,
                        answer,
                        began: Instant::now(),
                        steps: self.steps,
                    });
                    self.parts.watchdog.reset();
                }
                Ok(Order::End) => {
                    self.participants.clear();
                    self.parts.processes = None;
                    self.parts.mode = Mode::Running;
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.is_closed = true;
                    return;
                }
            }
        }
    }

    /// Returns whether an advance waits in vain.
    fn has_run_out(&self) -> bool {
        self.advance.is_some() && self.parts.watchdog.stands_for() >= ADVANCE_TIMEOUT
    }

    fn refuse_advance(&mut self, obstacles: Vec<Obstacle>) {
        if let Some(advance) = self.advance.take() {
            let _ = advance.answer.send(Err(obstacles));
        }
    }

    fn end_advance(&mut self) {
        if let Some(advance) = self.advance.take() {
            let real = advance.began.elapsed().as_millis();
            let _ = advance.answer.send(Ok(Advanced {
                now: self.parts.clock.now(),
                steps: self.steps - advance.steps,
                real_ms: u64::try_from(real).unwrap_or(u64::MAX),
            }));
        }
    }

    fn obstacles(&self, sockets: &BTreeMap<u16, Bytes>) -> Vec<Obstacle> {
        // Whoever moves the time by hand moves it under strangers too.
        let allows_strangers = self.advance.is_some() || self.parts.processes.is_none();
        let is_held = self.parts.clock.is_held();
        obstacle::find(
            self.holding(),
            &self.greeted,
            sockets,
            is_held,
            allows_strangers,
        )
    }

    fn state(&self, sockets: BTreeMap<u16, Bytes>) -> StateVector {
        let state = |it: &Participant| {
            let state = it.answer.as_ref().map(|answer| answer.state.clone());
            (it.name.clone(), state.unwrap_or_default())
        };
        StateVector {
            clock: self.parts.clock.activity(),
            changes: self.parts.traffic.changes(),
            sockets,
            processes: self.holding().map(state).collect(),
        }
    }

    fn status(&self) -> Status {
        let mut waiting = self.obstacles(&self.parts.traffic.snapshot());
        waiting.extend(self.late().map(unanswered));
        let participants = self.participants.iter().map(|it| {
            let answer = it.answer.as_ref();
            ParticipantStatus {
                name: it.name.clone(),
                pid: it.pid,
                is_virtual: answer.is_some_and(|answer: &Answer| answer.installed),
                next: answer.and_then(|answer| answer.next),
            }
        });
        Status {
            now: self.parts.clock.now(),
            mode: self.parts.mode,
            next: self.parts.clock.next_deadline(),
            participants: participants.collect(),
            waiting,
        }
    }
}

fn unanswered(participant: &Participant) -> Obstacle {
    Obstacle::new(
        participant.label(),
        "does not answer: it runs a loop or a synchronous call, or was stopped",
        "loops over Date.now() never end, since the time stands while code runs: wait with a timer",
    )
}

/// The name for a process that wants to be `wanted`, which children of a shell all do.
fn unused_name(wanted: String, others: &[Participant]) -> String {
    let is_taken = |name: &str| others.iter().any(|other| other.name == name);
    if !is_taken(&wanted) {
        return wanted;
    }
    let mut names = (2..).map(|number| format!("{wanted}~{number}"));
    names.find(|name| !is_taken(name)).unwrap_or(wanted)
}
