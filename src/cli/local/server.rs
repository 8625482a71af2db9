//! The process that is the local server. It speaks to whoever started it once, by its standard output, and to nobody
//! after that: what it has to say is in its log.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::oneshot;

use super::folder::{Folder, State};
use super::idle::{Activity, Counted};
use super::log::Log;
use super::{lock, start};
use crate::chat_core::clock::Clock;
use crate::cli::process::signals::Signals;
use crate::cli::serve::{Bound, ServerOptions, whole};
use crate::cli::{Context, World};
use crate::server::IdentityProbe;

/// How often it is looked whether the folder is there. Without it nobody can find this server.
const GLANCE: Duration = Duration::from_secs(20);

/// Runs the server of the folder that the arguments name, for as long as they say without being used.
pub(in crate::cli) fn run(arguments: &[OsString]) -> ExitCode {
    match prepare(arguments).and_then(|(context, folder, idle)| {
        context.block_on_workers(serve(&context, &folder, idle))
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the local server ends");
            // Whoever started it may be gone.
            let _ = writeln!(io::stdout(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(arguments: &[OsString]) -> anyhow::Result<(Context, Folder, Duration)> {
    let [folder, idle] = arguments else {
        anyhow::bail!("it was started without its folder and its time");
    };
    let folder = Folder::at(Path::new(folder));
    let idle = idle
        .to_str()
        .and_then(|text| text.parse().ok())
        .map(Duration::from_millis)
        .context("its time is no number")?;
    let log = Log::at(&folder.log_file())?;
    let context = Context::in_background(World::of_process(), Box::new(log));
    Ok((context, folder, idle))
}

async fn serve(context: &Context, folder: &Folder, idle: Duration) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let Some(alive) = lock::to_serve(folder)? else {
        anyhow::bail!("another one was quicker");
    };
    let mut bound = bind(context, folder).await?;
    let state = State {
        url: bound.ready.url.clone(),
        endpoint: bound.ready.endpoint.clone(),
        port: bound.ready.port,
        started: context.clock.now(),
        ask: format!("/local/{}", context.random.alphanumeric(32)),
        answer: context.random.alphanumeric(32),
    };
    bound.server.identity_probe = Some(IdentityProbe {
        path: state.ask.clone(),
        answer: state.answer.clone(),
    });
    folder.write_state(&state)?;
    let activity = Activity::new(Arc::clone(&context.clock));
    let (start, started) = oneshot::channel();
    bound.server.started = Some(start);
    let over = async {
        if started.await.is_ok() {
            tracing::info!(url = state.url, "the local server listens");
            say_ready();
        }
        let why = tokio::select! {
            signal = signals.next() => format!("signal {}", signal.as_raw()),
            () = activity.ends(idle) => format!("nobody was connected for {} s", idle.as_secs_f32()),
            () = forgotten(&*context.clock, folder, &state) => "its folder is gone".to_owned(),
        };
        tracing::info!(why, "the local server stops");
    };
    bound
        .run_behind(|listener| Counted::new(listener, activity.clone()), over)
        .await?;
    // The last thing to go: nobody starts another one before this one has let go of all it had.
    drop(alive);
    Ok(())
}

/// Takes the port of the time before, so that those who know it find this server, or else a free one.
async fn bind(context: &Context, folder: &Folder) -> anyhow::Result<Bound> {
    let keys = vec![whole(folder.key(&context.random)?)];
    let port = folder.state().map_or(0, |state| state.port);
    let is_free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let port = if is_free { port } else { 0 };
    ServerOptions::keeping(folder.store())
        .bind(context, &format!("127.0.0.1:{port}"), keys)
        .await
}

/// Says that the server can be reached, and lets go of whoever waited for that.
fn say_ready() {
    // It may have been killed while it waited.
    let _ = writeln!(io::stdout(), "{}", start::READY);
    let nobody = OpenOptions::new().write(true).open("/dev/null");
    if let Err(error) = nobody.and_then(|nobody| Ok(rustix::stdio::dup2_stdout(&nobody)?)) {
        tracing::warn!(%error, "standard output stays open");
    }
}

/// Completes once the folder is no longer this server's.
async fn forgotten(clock: &dyn Clock, folder: &Folder, state: &State) {
    while folder.state().is_some_and(|found| found.ask == state.ask) {
        clock.sleep_until(clock.now() + GLANCE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::{Timestamp, TokioClock};

    #[tokio::test(start_paused = true)]
    async fn a_server_whose_folder_is_gone_or_anothers_is_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        let clock = TokioClock::starting_at(Timestamp(0));
        let state = State {
            url: String::new(),
            endpoint: String::new(),
            port: 1,
            started: Timestamp(0),
            ask: "/local/one".to_owned(),
            answer: String::new(),
        };
        let is_forgotten = async || {
            tokio::time::timeout(3 * GLANCE, forgotten(&clock, &folder, &state))
                .await
                .is_ok()
        };
        folder.write_state(&state).unwrap();
        assert!(!is_forgotten().await);
        let other = State {
            ask: "/local/two".to_owned(),
            ..state.clone()
        };
        folder.write_state(&other).unwrap();
        assert!(is_forgotten().await);
        folder.write_state(&state).unwrap();
        assert!(!is_forgotten().await);
        home.close().unwrap();
        assert!(is_forgotten().await);
    }
}
