//! Calls to endpoints of other programs: webhooks, and rules that are asked before a message is published.

use bytes::Bytes;
use http::Request;
use tokio::time::Instant;

use crate::chat_core::http::{Client, Connector, Error, Reach, is_refused_address};
use crate::server::core::outbound::{Call, CallFault, Calling, EndpointAnswer, Outbound, Trust};

/// Calls endpoints over HTTP. It takes no proxy, and follows no redirect.
pub(crate) struct HttpOutbound {
    of_owner: Client,
    of_guests: Client,
}

impl HttpOutbound {
    /// Creates one that calls `allowed` hosts for guests, beside those of this machine.
    pub(crate) fn new(allowed: Vec<String>) -> Self {
        let client = |reach| Client::new(Connector::within(reach));
        Self {
            of_owner: client(Reach::Anywhere),
            of_guests: client(Reach::Loopback(allowed)),
        }
    }
}

impl Outbound for HttpOutbound {
    fn post(&self, call: Call) -> Calling {
        let client = match call.trust {
            Trust::Owner => self.of_owner.clone(),
            Trust::Guest => self.of_guests.clone(),
        };
        Box::pin(async move { send(&client, call).await })
    }
}

async fn send(client: &Client, call: Call) -> Result<EndpointAnswer, CallFault> {
    let (timeout, max_answer) = (call.timeout, call.max_answer);
    let deadline = Instant::now() + timeout;
    let mut request = Request::new(call.body);
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = call.url;
    *request.headers_mut() = call.headers;
    let answer = client.send(request, max_answer, deadline).await;
    let (head, body): (_, Bytes) = answer
        .map_err(|error| match error {
            Error::Unreachable(why) if is_refused_address(&why) => CallFault::Forbidden(why),
            Error::Unreachable(why) | Error::Interrupted(why) => CallFault::Unreachable(why),
            Error::TooLong => CallFault::TooLong(max_answer),
            Error::TimedOut => CallFault::TimedOut(timeout),
        })?
        .into_parts();
    Ok(EndpointAnswer {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    })
}
