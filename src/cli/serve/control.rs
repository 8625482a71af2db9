//! Where `serve` serves the Control API, and to whom.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr};

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::bound::Bound;
use super::dev::DEV_KEY;
use super::port::{self, listen};
use super::ready::Ready;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::server::ControlSetup;

/// The port of `localhost` with `--dev`.
const DEV_PORT: u16 = 9081;

/// The variable with the token.
const VARIABLE: &str = "CHATCTL_CONTROL_TOKEN";

/// Serves the Control API at `address`, and with `--dev` at its own address, where that is free; says where it is.
///
/// # Errors
/// An address that is not loopback, or that can't be had.
pub(super) async fn open(
    bound: &mut Bound,
    address: Option<&str>,
    is_dev: bool,
    context: &Context,
) -> anyhow::Result<()> {
    let listeners = match address {
        Some(address) => listeners(address).await?,
        None if is_dev => match both_families(DEV_PORT).await {
            Ok(listeners) => listeners,
            Err(error) => {
                context.output.notice(&format!(
                    "note: no control API, since localhost:{DEV_PORT} can't be had: {error}; --control names another address"
                ));
                return Ok(());
            }
        },
        None => return Ok(()),
    };
    let place = listeners[0]
        .local_addr()
        .context("can't tell the address")?;
    let host = match listeners.len() {
        1 => place.ip().to_string(),
        _ => "localhost".to_owned(),
    };
    let host = Ready::endpoint_of(&host);
    let url = format!("http://{host}:{}/v1", place.port());
    let given = context.environment.get(VARIABLE)?.map(str::to_owned);
    // With the public key of --dev everybody may do everything anyhow.
    let is_public = is_dev && bound.ready.keys.first().is_some_and(|key| key == DEV_KEY);
    let (token, who) = match given {
        Some(token) => (Some(token), format!("the token of {VARIABLE}")),
        None if is_public => (None, "any token".to_owned()),
        None => {
            let token = context.random.token(32);
            bound.ready.control_token = Some(token.clone());
            let who = format!("the token {token}");
            (Some(token), who)
        }
    };
    let notice = format!("control API: {url}, with {who}");
    context.output.notice(&notice);
    bound.ready.control_url = Some(url);
    bound.server.setup.control = Some(ControlSetup::new(listeners, token));
    Ok(())
}

/// Listens on the address of the option, `localhost` on both address families.
async fn listeners(address: &str) -> anyhow::Result<Vec<TcpListener>> {
    let port = address.strip_prefix("localhost:").map(str::parse::<u16>);
    if let Some(Ok(port)) = port {
        let bound = both_families(port).await;
        return match bound {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                Err(port::taken("--control", address).into())
            }
            bound => bound.with_context(|| format!("can't listen on {address}")),
        };
    }
    let listener = listen("--control", address).await?;
    let place = listener.local_addr().context("can't tell the address")?;
    if !place.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "--control: {place} is not loopback, and the control API gives away every key"
        ))
        .hint("as in --control localhost:9081")
        .into());
    }
    Ok(vec![listener])
}

/// Listens on a port of loopback on both address families, where this machine has both.
async fn both_families(port: u16) -> std::io::Result<Vec<TcpListener>> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = first.local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(second) => Ok(vec![first, second]),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok(vec![first]),
    }
}
