//! The process that is the local server. It tells its starter once, on standard output, that it is ready, or why not;
//! after that it only writes its log.

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

use super::folder::{Folder, LocalState};
use super::idle::{Activity, CountedListener};
use super::log::RotatingLog;
use super::{lock, start};
use crate::chat_core::clock::Clock;
use crate::cli::process::signals::Signals;
use crate::cli::serve::{Bound, ServerKeys, ServerOptions, full_access};
use crate::cli::{Context, World};
use crate::server::IdentityProbe;

/// How often to check that the folder exists. Without it no command can find this server.
const POLL_INTERVAL: Duration = Duration::from_secs(20);

/// Runs the server of the folder in the arguments, until it has been idle for the time in them.
pub(in crate::cli) fn run(arguments: &[OsString]) -> ExitCode {
    match prepare(arguments).and_then(|(context, folder, idle)| {
        context.block_on_workers(serve(&context, &folder, idle))
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the local server failed");
            // The starter may be gone.
            let _ = writeln!(io::stdout(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(arguments: &[OsString]) -> anyhow::Result<(Context, Folder, Duration)> {
    let [folder, idle] = arguments else {
        anyhow::bail!("the arguments must be a folder and an idle time");
    };
    let folder = Folder::at(Path::new(folder));
    let idle = idle
        .to_str()
        .and_then(|text| text.parse().ok())
        .map(Duration::from_millis)
        .context("the idle time must be a number")?;
    let log = RotatingLog::at(&folder.log_file())?;
    let context = Context::in_background(World::of_process(), Box::new(log));
    Ok((context, folder, idle))
}

async fn serve(context: &Context, folder: &Folder, idle: Duration) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let Some(alive) = lock::lock_server(folder)? else {
        anyhow::bail!("another one started first");
    };
    let mut bound = bind(context, folder).await?;
    let state = LocalState {
        url: bound.ready.url.clone(),
        endpoint: bound.ready.endpoint.clone(),
        port: bound.ready.port,
        started: context.clock.now(),
        ask: format!("/local/{}", context.random.alphanumeric(32)),
        answer: context.random.alphanumeric(32),
        admin_token: bound.open_admin(context),
    };
    bound.server.identity_probe = Some(IdentityProbe {
        path: state.ask.clone(),
        answer: state.answer.clone(),
    });
    folder.forget_use();
    folder.write_state(&state)?;
    let activity = Activity::new(Arc::clone(&context.clock));
    let (start, started) = oneshot::channel();
    bound.server.started = Some(start);
    let over = async {
        if started.await.is_ok() {
            tracing::info!(url = state.url, "the local server listens");
            report_ready();
        }
        let why = tokio::select! {
            signal = signals.next() => format!("signal {}", signal.as_raw()),
            () = activity.ends(idle) => format!("no connection for {} s", idle.as_secs_f32()),
            () = folder_lost(&*context.clock, folder, &state) => "its folder is gone".to_owned(),
        };
        tracing::info!(why, "the local server stops");
    };
    bound
        .run_behind(
            |listener| CountedListener::new(listener, activity.clone()),
            over,
        )
        .await?;
    // Dropped last: no other server starts before this one has released everything.
    drop(alive);
    Ok(())
}

/// Binds the port of the last run, so that programs that know it find this server, else a free one.
async fn bind(context: &Context, folder: &Folder) -> anyhow::Result<Bound> {
    let keys = ServerKeys {
        entries: vec![full_access(folder.key(&context.random)?)],
        are_public: true,
    };
    let port = folder.state().map_or(0, |state| state.port);
    let is_free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let port = if is_free { port } else { 0 };
    ServerOptions::with_store(folder.store())
        .bind(context, &format!("127.0.0.1:{port}"), keys)
        .await
}

/// Tells the starter that the server is ready, and closes standard output, which the starter waits for.
fn report_ready() {
    // The starter may have been killed meanwhile.
    let _ = writeln!(io::stdout(), "{}", start::READY);
    let null = OpenOptions::new().write(true).open("/dev/null");
    if let Err(error) = null.and_then(|null| Ok(rustix::stdio::dup2_stdout(&null)?)) {
        tracing::warn!(%error, "standard output stays open");
    }
}

/// Completes once the folder no longer belongs to this server.
async fn folder_lost(clock: &dyn Clock, folder: &Folder, state: &LocalState) {
    while folder.state().is_some_and(|found| found.ask == state.ask) {
        clock.sleep_until(clock.moment() + POLL_INTERVAL).await;
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
        let state = LocalState {
            url: String::new(),
            endpoint: String::new(),
            port: 1,
            started: Timestamp(0),
            ask: "/local/one".to_owned(),
            answer: String::new(),
            admin_token: String::new(),
        };
        let is_forgotten = async || {
            tokio::time::timeout(3 * POLL_INTERVAL, folder_lost(&clock, &folder, &state))
                .await
                .is_ok()
        };
        folder.write_state(&state).unwrap();
        assert!(!is_forgotten().await);
        let other = LocalState {
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
