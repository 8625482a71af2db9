//! The coordinator with a small server on its runtime, and with processes that are threads here.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::*;
use crate::chat_core::clock::Clock as _;

const START: Timestamp = Timestamp(1_893_456_000_000);

/// What happened, and when, in milliseconds since the start.
type Trace = Arc<Mutex<Vec<(i64, String)>>>;

/// Runs a server that wakes up at the given milliseconds, until it is stopped.
fn server(
    time: &Arc<VirtualTime>,
    trace: &Trace,
    wakes: &[u64],
    stopped: oneshot::Receiver<()>,
) -> JoinHandle<()> {
    let (time, trace, wakes) = (Arc::clone(time), Arc::clone(trace), wakes.to_vec());
    std::thread::spawn(move || {
        time.runtime().unwrap().block_on(async {
            let clock = time.clock();
            let at = |ms| clock.moment() + Duration::from_millis(ms);
            for sleep in wakes.iter().map(|ms| clock.sleep_until(at(*ms))) {
                let (clock, trace) = (clock.clone(), Arc::clone(&trace));
                tokio::spawn(async move {
                    sleep.await;
                    let now = clock.now().millis() - START.millis();
                    trace.lock().push((now, "server".to_owned()));
                });
            }
            stopped.await.unwrap();
        });
    })
}

/// A process with timers at the given milliseconds.
fn process(folder: &Path, name: &str, trace: &Trace, timers: &[i64]) -> JoinHandle<()> {
    let mut io = UnixStream::connect(folder.join(SOCKET)).unwrap();
    let (name, trace) = (name.to_owned(), Arc::clone(trace));
    let mut timers: Vec<i64> = timers.iter().map(|ms| START.millis() + ms).collect();
    let hello = json!({"hello": name, "pid": 1, "ppid": 0});
    writeln!(io, "{hello}").unwrap();
    std::thread::spawn(move || {
        let mut now = 0;
        let mut fired = 0;
        for line in BufReader::new(io.try_clone().unwrap()).lines() {
            let Ok(line) = line else { return };
            let request: Value = serde_json::from_str(&line).unwrap();
            if let Some(time) = request["now"].as_i64() {
                now = time;
                let ack = json!({"k": request["k"], "ack": true});
                if !request["k"].is_null() && writeln!(io, "{ack}").is_err() {
                    return;
                }
                continue;
            }
            if request["fire"] == true && timers.first().is_some_and(|at| *at <= now) {
                timers.remove(0);
                fired += 1;
                trace.lock().push((now - START.millis(), name.clone()));
            }
            let next = timers.first();
            let answer = json!({"k": request["k"], "next": next, "referenced": next.is_some(),
                "state": fired.to_string(), "installed": true});
            if writeln!(io, "{answer}").is_err() {
                return;
            }
        }
    })
}

fn silent(_: &str) {}

#[test]
fn deadlines_of_all_come_in_one_order() {
    let expected: Vec<(i64, String)> = [
        (10, "1"),
        (20, "server"),
        (20, "1"),
        (20, "1"),
        (20, "1.2"),
        (30, "server"),
        (3_600_000, "1.2"),
    ]
    .map(|(at, who)| (at, who.to_owned()))
    .into();
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let time = VirtualTime::start(START, Mode::Frozen, Some(folder.path()), silent).unwrap();
        let trace = Trace::default();
        let (stop, stopped) = oneshot::channel();
        let server = server(&time, &trace, &[20, 30], stopped);
        let second = process(folder.path(), "1.2", &trace, &[20, 3_600_000]);
        let first = process(folder.path(), "1", &trace, &[10, 20, 20]);
        block_on(async {
            while time.status().await.unwrap().participants.len() < 2 {
                tokio::task::yield_now().await;
            }
            time.set_mode(Mode::Running).await;
        });
        while trace.lock().len() < expected.len() {
            std::thread::yield_now();
        }
        assert_eq!(*trace.lock(), expected);
        stop.send(()).unwrap();
        server.join().unwrap();
        drop(time);
        first.join().unwrap();
        second.join().unwrap();
    }
}

#[test]
fn time_that_is_frozen_goes_on_as_far_as_it_is_advanced() {
    let time = VirtualTime::start(START, Mode::Frozen, None, silent).unwrap();
    let trace = Trace::default();
    let (stop, stopped) = oneshot::channel();
    let server = server(&time, &trace, &[20, 30, 5000], stopped);
    let deadlines = async || time.status().await.unwrap().next;
    block_on(async {
        while deadlines().await.is_none() {
            tokio::task::yield_now().await;
        }
        let to_next = time.advance(None).await.unwrap();
        assert_eq!(
            (to_next.now.since(START), to_next.steps),
            (Duration::from_millis(20), 1)
        );
        let further = time
            .advance(Some(START + Duration::from_secs(4)))
            .await
            .unwrap();
        assert_eq!(
            (further.now.since(START), further.steps),
            (Duration::from_secs(4), 1)
        );
        let status = time.set_mode(Mode::Frozen).await.unwrap();
        assert_eq!(status.next, Some(START + Duration::from_secs(5)));
        assert!(status.waiting.is_empty());
    });
    assert_eq!(trace.lock().len(), 2);
    stop.send(()).unwrap();
    server.join().unwrap();
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(work)
}
