//! One request and its whole answer, bounded in time and size.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use tokio::time::Instant;

use super::connector::Connector;
use super::error::{Error, Mismatch, root_cause};

/// Sends requests, over connections that are kept for the next ones. Clones share them.
#[derive(Clone)]
pub struct Client(legacy::Client<Connector, Full<Bytes>>);

impl Client {
    /// A client that connects by `connector`.
    pub fn new(connector: Connector) -> Self {
        Self(legacy::Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends `request` and reads the answer, of at most `max_bytes`, until `deadline`.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        max_bytes: usize,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Error> {
        let exchange = self.exchange(request, max_bytes);
        match tokio::time::timeout_at(deadline, exchange).await {
            Ok(result) => result,
            Err(_) => Err(Error::TimedOut),
        }
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        max_bytes: usize,
    ) -> Result<Response<Bytes>, Error> {
        let answer = self.0.request(request.map(Full::new)).await;
        let (head, body) = answer
            .map_err(|error| {
                // An endpoint that speaks TLS has understood nothing of a request without.
                if error.is_connect() || Mismatch::in_chain(&error).is_some() {
                    Error::Unreachable(root_cause(&error))
                } else {
                    Error::Interrupted(root_cause(&error))
                }
            })?
            .into_parts();
        let body = Limited::new(body, max_bytes).collect().await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Error::TooLong
            } else {
                Error::Interrupted(error.to_string())
            }
        })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Sends a request to a server that reads it and answers with `answer`, or never where that is empty.
    async fn answered_with(answer: &'static str, max_bytes: usize) -> Result<Bytes, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 1024]).await;
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
            socket.write_all(answer.as_bytes()).await.unwrap();
        });
        let request = Request::get(uri).body(Bytes::new()).unwrap();
        let deadline = Instant::now() + Duration::from_millis(300);
        let client = Client::new(Connector::default());
        let result = client.send(request, max_bytes, deadline).await;
        server.abort();
        result.map(Response::into_body)
    }

    #[tokio::test]
    async fn an_answer_is_bounded_in_size_and_time() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert_eq!(answered_with(answer, 5).await.unwrap(), "hello");
        assert_eq!(answered_with(answer, 4).await, Err(Error::TooLong));
        assert_eq!(answered_with("", 5).await, Err(Error::TimedOut));
        let broken = answered_with("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello", 9).await;
        assert!(matches!(broken, Err(Error::Interrupted(_))), "{broken:?}");
    }

    #[tokio::test]
    async fn a_refused_connection_is_unreachable() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let request = Request::get(uri).body(Bytes::new()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        let result = Client::new(Connector::default())
            .send(request, 9, deadline)
            .await;
        let Err(Error::Unreachable(reason)) = result else {
            panic!("{result:?}");
        };
        assert!(reason.contains("refused"), "{reason}");
    }
}
