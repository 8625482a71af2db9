//! A link between commands and a server that is as bad as a test wants: it cuts, stalls, delays, refuses and loses
//! answers.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How a link treats what passes.
#[derive(Clone, Copy)]
pub(crate) enum Temper {
    /// Everything passes.
    Good,
    /// Connections are refused, stalled, delayed, and cut after some bytes: from the first to the second.
    Bad(usize, usize),
}

/// A proxy. What it does is drawn from a seed.
pub(crate) struct Proxy {
    pub(crate) url: String,
    state: Arc<State>,
}

struct State {
    target: Mutex<String>,
    temper: Temper,
    refuses: AtomicBool,
    stalls: AtomicBool,
    /// How many answers are lost yet: what comes back is not passed on, and the link is cut.
    loses: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
    cuts: AtomicUsize,
    refusals: AtomicUsize,
    pauses: AtomicUsize,
}

impl Proxy {
    /// A proxy before the server at `url`.
    pub(crate) fn before(url: &str, temper: Temper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(State {
            target: Mutex::new(url.strip_prefix("http://").unwrap().to_owned()),
            temper,
            refuses: AtomicBool::new(false),
            stalls: AtomicBool::new(false),
            loses: AtomicUsize::new(0),
            open: Mutex::default(),
            cuts: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            pauses: AtomicUsize::new(0),
        });
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for (number, client) in listener.incoming().map_while(Result::ok).enumerate() {
                shared.accept(client, Dice::new(number));
            }
        });
        Self { url, state }
    }

    /// From now on it leads to another server.
    pub(crate) fn lead_to(&self, url: &str) {
        let target = url.strip_prefix("http://").unwrap();
        target.clone_into(&mut self.state.target.lock().unwrap());
    }

    /// Closes every connection at once, those that are open with them, or no longer.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.state.refuses.store(refuses, Ordering::SeqCst);
        if refuses {
            self.cut();
        }
    }

    /// Nothing passes in either direction, and nobody is told; or no longer.
    pub(crate) fn stall(&self, stalls: bool) {
        self.state.stalls.store(stalls, Ordering::SeqCst);
    }

    /// The next `count` answers do not arrive: the request is done, and the link cut.
    pub(crate) fn lose_answers(&self, count: usize) {
        self.state.loses.store(count, Ordering::SeqCst);
    }

    /// Cuts what is open.
    pub(crate) fn cut(&self) {
        for stream in self.state.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// How often it cut, refused and paused by itself.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let state = &self.state;
        [&state.cuts, &state.refusals, &state.pauses].map(|count| count.load(Ordering::SeqCst))
    }
}

impl State {
    fn accept(self: &Arc<Self>, client: TcpStream, mut dice: Dice) {
        let budget = match self.temper {
            Temper::Good => usize::MAX,
            Temper::Bad(..) if dice.chance(15) => {
                self.refusals.fetch_add(1, Ordering::SeqCst);
                return;
            }
            Temper::Bad(least, most) => least + dice.below(most - least),
        };
        if self.refuses.load(Ordering::SeqCst) {
            return;
        }
        let target = self.target.lock().unwrap().clone();
        let Ok(server) = TcpStream::connect(target) else {
            return;
        };
        let (up, down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        self.open.lock().unwrap().push(client.try_clone().unwrap());
        let (state, upwards) = (Arc::clone(self), dice.fork());
        thread::spawn(move || state.pass(up, server, usize::MAX, upwards, false));
        let state = Arc::clone(self);
        thread::spawn(move || state.pass(down, client, budget, dice, true));
    }

    /// Passes on up to `budget` bytes.
    fn pass(
        &self,
        mut from: TcpStream,
        mut to: TcpStream,
        mut budget: usize,
        mut dice: Dice,
        is_down: bool,
    ) {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            while self.stalls.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            if is_down && self.takes_away_an_answer() {
                break;
            }
            if let Temper::Bad(..) = self.temper {
                self.pause(&mut dice);
            }
            let passed = read.min(budget);
            budget -= passed;
            if to.write_all(&buffer[..passed]).is_err() {
                break;
            }
            if budget == 0 {
                self.cuts.fetch_add(1, Ordering::SeqCst);
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }

    fn takes_away_an_answer(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.loses
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok()
    }

    fn pause(&self, dice: &mut Dice) {
        if dice.chance(1) {
            self.pauses.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20 + dice.below(200) as u64));
        } else if dice.chance(10) {
            thread::sleep(Duration::from_millis(1 + dice.below(4) as u64));
        }
    }
}

/// Chance from a seed: a linear congruential generator.
struct Dice(u64);

impl Dice {
    fn new(seed: usize) -> Self {
        Self(seed as u64 ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap() % bound.max(1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn fork(&mut self) -> Self {
        Self(self.next())
    }
}
