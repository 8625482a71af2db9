//! What `serve --dev` says on standard error: a banner on a terminal, and a line for each request.

use std::io::{self, Write as _};

use anyhow::Context as _;

use super::ready::Ready;
use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::output::{Look, Style, table};
use crate::server::{LoggedRequest, RequestLine, RequestLog};

/// The key of `--dev`: well known, hence safe to commit.
pub(in crate::cli) const DEV_KEY: &str = "dev.local:dev-secret-not-for-production";

/// The banner of a server for development.
pub(super) struct Banner<'a> {
    /// Where it is, and its keys.
    pub(super) ready: &'a Ready,
    /// Where its rooms are, as in `in memory`.
    pub(super) rooms: &'a str,
    /// Whether it is where `local env --dev` says.
    pub(super) is_default: bool,
}

impl Banner<'_> {
    /// The text. A key of one's own is not shown.
    pub(super) fn text(&self) -> String {
        let Ready {
            url,
            endpoint,
            port,
            tls,
            keys,
            ..
        } = self.ready;
        let is_known = keys.first().is_some_and(|key| key == DEV_KEY);
        let version = env!("CARGO_PKG_VERSION");
        let rooms = self.rooms;
        let key = if is_known { DEV_KEY } else { "that of --key" };
        let sdk_key = if is_known {
            format!("'{DEV_KEY}'")
        } else {
            "process.env.ABLY_API_KEY".to_owned()
        };
        let host = if endpoint == "127.0.0.1" {
            "localhost"
        } else {
            endpoint
        };
        let port_option = if *tls { "tlsPort" } else { "port" };
        let shell = match (is_known, self.is_default) {
            (true, true) => r#"eval "$(chatctl local env --dev)""#.to_owned(),
            (true, false) => {
                format!("export ABLY_API_KEY={DEV_KEY}\n             export ABLY_ENDPOINT={url}")
            }
            (false, _) => format!("export ABLY_API_KEY=…\n             export ABLY_ENDPOINT={url}"),
        };
        format!(
            "chatctl {version} · rooms {rooms} · for development only

  URL        {url}
  Key        {key}
  Auth URL   {url}/api/ably-jwt?clientId=ann

  SDK        new Ably.Realtime({{
               key: {sdk_key}, clientId: 'ann',
               endpoint: '{host}', {port_option}: {port}, tls: {tls},
             }})
  Shell      {shell}
"
        )
    }
}

/// A log of requests on standard error.
///
/// # Errors
/// A thread that can't be started.
pub(super) fn request_log(context: &Context) -> anyhow::Result<RequestLog> {
    let look = context.output.error_look();
    RequestLog::to(move |line| {
        let text = line_text(&line, look) + "\n";
        // A closed standard error must not end the work.
        let _ = io::stderr().write_all(text.as_bytes());
    })
    .context("can't log requests")
}

fn line_text(line: &RequestLine, look: Look) -> String {
    let request = match line {
        RequestLine::Request(request) => request,
        RequestLine::LeftOut(count) => return format!("({count} more requests, too many to show)"),
    };
    let LoggedRequest {
        time,
        client,
        operation,
        place,
        refusal,
    } = request;
    let client = if client.is_empty() { "-" } else { client };
    let (client, place) = (table::plain(client), table::plain(place));
    let result = match refusal {
        None => look.painted("ok", Style::Good),
        Some(refusal) => {
            let code = look.painted(&refusal.code.to_string(), Style::Bad);
            format!("{code}  {}", table::plain(&refusal.reason))
        }
    };
    format!(
        "{}  {client:<8}  {operation:<9}  {place:<20}  {result}",
        time_of_day(*time)
    )
}

/// The time of day, where this machine is.
fn time_of_day(time: Timestamp) -> String {
    let Ok(time) = jiff::Timestamp::from_millisecond(time.millis()) else {
        return time.to_string();
    };
    let local = time.to_zoned(jiff::tz::TimeZone::system());
    local.strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::LoggedRefusal;

    fn ready(url: &str, port: u16, key: &str) -> Ready {
        Ready {
            url: url.to_owned(),
            endpoint: "127.0.0.1".to_owned(),
            port,
            tls: url.starts_with("https"),
            keys: vec![key.to_owned()],
            admin_token: None,
            control_url: None,
            control_token: None,
        }
    }

    #[test]
    fn banner_has_what_a_front_end_needs() {
        let ready = ready("http://127.0.0.1:9080", 9080, DEV_KEY);
        let banner = Banner {
            ready: &ready,
            rooms: "in memory",
            is_default: true,
        };
        let text = banner.text();
        for part in [
            "rooms in memory",
            "  URL        http://127.0.0.1:9080\n",
            "  Key        dev.local:dev-secret-not-for-production\n",
            "endpoint: 'localhost', port: 9080, tls: false,",
            r#"eval "$(chatctl local env --dev)""#,
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        let elsewhere = Banner {
            is_default: false,
            ..banner
        };
        assert!(
            elsewhere
                .text()
                .contains("export ABLY_ENDPOINT=http://127.0.0.1:9080\n")
        );
    }

    #[test]
    fn banner_shows_no_key_of_ones_own() {
        let ready = ready("https://127.0.0.1:1", 1, "a.b:secret");
        let banner = Banner {
            ready: &ready,
            rooms: "in chat.db",
            is_default: false,
        };
        let text = banner.text();
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("tlsPort: 1, tls: true"), "{text}");
    }

    #[test]
    fn line_says_who_what_where_and_why_not() {
        let line = |client: &str, refusal| {
            let request = LoggedRequest {
                time: Timestamp(0),
                client: client.to_owned(),
                operation: "publish".to_owned(),
                place: "staff".to_owned(),
                refusal,
            };
            let text = line_text(&RequestLine::Request(request), Look::default());
            // The hour is that of this machine.
            text[8..].to_owned()
        };
        assert_eq!(
            line("ann", None),
            "  ann       publish    staff                 ok"
        );
        let refusal = LoggedRefusal {
            code: 40160,
            reason: "no rule grants publish".to_owned(),
        };
        assert_eq!(
            line("", Some(refusal)),
            "  -         publish    staff                 40160  no rule grants publish"
        );
        assert!(!line("a\u{1b}[2J", None).contains('\u{1b}'));
    }
}
