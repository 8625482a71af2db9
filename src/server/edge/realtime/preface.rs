//! What rules do to a request for a WebSocket, before the connection is open.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;

use crate::chat_core::error::ErrorInfo;
use crate::server::core::faults::journal::Noted;
use crate::server::core::faults::{Fault, FaultSet, Fired, Occurrence, Point};
use crate::server::edge::EdgeState;
use crate::server::edge::http::faults::{Interference, host_of};
use crate::server::edge::http::query::Query;
use crate::server::edge::http::{cut_off, refuse};

/// What is to be done to a connection before it is open.
#[derive(Default)]
pub(crate) struct Preface {
    /// The session of the fault proxy that it came through.
    pub(crate) session: Option<Arc<FaultSet>>,
    /// Which connection of its client it is; 0 where that is not counted.
    pub(crate) number: u64,
    /// Whether the connection that is to be resumed is not known any more.
    pub(crate) forgets: bool,
    /// Ends it at once, with a close frame of this code.
    pub(crate) closes: Option<u16>,
    /// Lets it wait before the upgrade.
    pub(crate) waits: Option<Duration>,
    /// Does not let it in, with this error.
    pub(crate) fails: Option<ErrorInfo>,
}

impl Preface {
    /// Asks the rules about `request`.
    ///
    /// # Errors
    /// The answer, where there is to be no WebSocket.
    pub(crate) fn of(
        edge: &EdgeState,
        request: &Request,
        query: &Query,
    ) -> Result<Self, Box<Response>> {
        let Some(mut rules) = Interference::of(edge, request, query) else {
            return Ok(Self::default());
        };
        let target = request.uri().path_and_query();
        rules.faults.note(Noted::Connect {
            target: target.map_or("/", |target| target.as_str()),
            query: query.pairs(),
            host: host_of(request.headers()),
        });
        let number = rules.faults.connect(rules.client.client_id.as_deref());
        rules.client.connection = number;
        let mut preface = Self {
            session: request.extensions().get().map(Arc::clone),
            number,
            ..Self::default()
        };
        let occurrence = Occurrence {
            query: query.pairs(),
            ..Occurrence::of(Point::Connect, &rules.client)
        };
        let Some(Fired { fault, label, .. }) = rules.faults.fire(&occurrence) else {
            return Ok(preface);
        };
        let ended = |close_code| {
            rules.faults.note(Noted::Disconnected {
                initiator: "proxy",
                close_code,
                label: label.as_deref(),
            });
        };
        match fault {
            Fault::Refuse(refused) => {
                ended(None);
                let mut response = refuse(request, &refused.error);
                *response.status_mut() =
                    StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_GATEWAY);
                return Err(Box::new(response));
            }
            Fault::Cut => {
                ended(None);
                return Err(Box::new(cut_off()));
            }
            Fault::Close(code) => {
                ended(Some(code));
                preface.closes = Some(code);
            }
            Fault::Fail(error) => preface.fails = Some(error),
            Fault::Forget => preface.forgets = true,
            Fault::Delay(by) => preface.waits = Some(by),
            _ => {}
        }
        Ok(preface)
    }
}
