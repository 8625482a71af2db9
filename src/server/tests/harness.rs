//! A server and its clients in one thread.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::Shared;
use futures_util::{FutureExt as _, SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_util::sync::CancellationToken;

use crate::chat_core::auth::jwt::{Mint, Minter};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::clock::{Clock, Timestamp, TokioClock, VirtualClock};
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;
use crate::server::core::census::Census;
use crate::server::core::state::ServerState;
use crate::server::pipes::Pipes;
use crate::server::{AuthEndpoint, Retention, Server, Setup, Storage};

/// The key of the server under test.
pub(super) const KEY: &str = "app.key:secret";

/// When the server under test is started.
pub(super) const START: Timestamp = Timestamp(1_700_000_000_000);

/// The server's key with this capability.
fn key_with(revocable_tokens: bool, capability: Capability) -> KeyEntry {
    KeyEntry {
        revocable_tokens,
        ..KeyEntry::new(ApiKey::parse(KEY).unwrap(), capability)
    }
}

/// A running server.
pub(super) struct World {
    pipes: mpsc::UnboundedSender<DuplexStream>,
    pub(super) clock: Arc<TokioClock>,
    stop: CancellationToken,
    running: JoinHandle<Result<()>>,
    /// The server, once it is put together.
    state: Shared<oneshot::Receiver<Weak<ServerState>>>,
}

impl World {
    pub(super) fn start() -> Self {
        Self::start_with(None)
    }

    /// A server that limits how fast is published.
    pub(super) fn start_with(publish_rate: Option<f64>) -> Self {
        Self::of(publish_rate, None, 1, Setup::default())
    }

    /// A server that keeps its rooms in a file; chance is another at each start.
    pub(super) fn start_on(file: &Path, start: u64) -> Self {
        Self::of(None, Some(file), start, Setup::default())
    }

    /// A server with something beside it.
    pub(super) fn start_from(setup: Setup) -> Self {
        Self::of(None, None, 1, setup)
    }

    /// The same that keeps its rooms in a file.
    pub(super) fn start_from_on(file: &Path, start: u64, setup: Setup) -> Self {
        Self::of(None, Some(file), start, setup)
    }

    /// A server in which everybody may create apps.
    pub(super) fn start_provisioning(setup: Setup) -> Self {
        let key = key_with(false, Capability::everywhere());
        Self::serving(vec![key], None, None, 1, setup, (true, None))
    }

    /// A server whose time is that of `clock`.
    pub(super) fn start_by(clock: &VirtualClock) -> Self {
        let key = key_with(false, Capability::all());
        let shown = Arc::new(clock.clone());
        Self::serving(
            vec![key],
            None,
            None,
            1,
            Setup::default(),
            (false, Some(shown)),
        )
    }

    /// Starts a server with all of these.
    pub(super) fn of(
        publish_rate: Option<f64>,
        file: Option<&Path>,
        seed: u64,
        setup: Setup,
    ) -> Self {
        let key = key_with(file.is_some(), Capability::everywhere());
        Self::of_keys(vec![key], publish_rate, file, seed, setup)
    }

    /// A server whose tokens can be revoked, wherever it keeps its rooms.
    pub(super) fn revocable(file: Option<&Path>, seed: u64) -> Self {
        let key = key_with(true, Capability::everywhere());
        Self::of_keys(vec![key], None, file, seed, Setup::default())
    }

    /// A server whose tokens can be revoked, and grant no more than `capability`.
    pub(super) fn start_revocable(capability: &str, setup: Setup) -> Self {
        let key = key_with(true, Capability::parse(capability).unwrap());
        Self::of_keys(vec![key], None, None, 1, setup)
    }

    fn of_keys(
        keys: Vec<KeyEntry>,
        publish_rate: Option<f64>,
        file: Option<&Path>,
        seed: u64,
        setup: Setup,
    ) -> Self {
        Self::serving(keys, publish_rate, file, seed, setup, (false, None))
    }

    fn serving(
        keys: Vec<KeyEntry>,
        publish_rate: Option<f64>,
        file: Option<&Path>,
        seed: u64,
        mut setup: Setup,
        (provisions_apps, virtual_clock): (bool, Option<Arc<dyn Clock>>),
    ) -> Self {
        let (pipes, receiver) = mpsc::unbounded_channel();
        let (started, state) = oneshot::channel();
        setup.started = Some(started);
        let clock = Arc::new(TokioClock::starting_at(START));
        let stop = CancellationToken::new();
        let server = Server {
            keys,
            clock: virtual_clock.unwrap_or_else(|| Arc::clone(&clock) as Arc<dyn Clock>),
            random: Random::seeded(seed),
            provisions_apps,
            identity_probe: None,
            started: None,
            publish_rate,
            auth_endpoint: Some(AuthEndpoint {
                key: ApiKey::parse(KEY).unwrap(),
                users: None,
                ttl: Duration::from_secs(60),
                clock: Arc::clone(&clock) as Arc<dyn Clock>,
                random: Random::seeded(2),
            }),
            writers: 1,
            storage: match file {
                None => Storage::memory(None),
                Some(path) => Storage::sqlite(
                    path,
                    Arc::clone(&clock) as Arc<dyn Clock>,
                    Retention::default(),
                )
                .unwrap(),
            },
            setup,
        };
        let stopped = stop.clone();
        let running = async move { server.run(Pipes(receiver), stopped.cancelled()).await };
        Self {
            pipes,
            clock,
            stop,
            running: tokio::spawn(running),
            state: state.shared(),
        }
    }

    /// Counts what the server keeps.
    pub(super) async fn census(&self) -> Census {
        let state = self.state.clone().await.expect("the server has started");
        state.upgrade().expect("the server runs").census().await
    }

    /// Ends the server, and waits for its end.
    pub(super) async fn end(self) {
        self.stop.cancel();
        self.running.await.unwrap().unwrap();
    }

    /// The server's present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Tells the server to end.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    /// A socket of `capacity` bytes to the server.
    pub(super) fn socket(&self, capacity: usize) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(capacity);
        self.pipes.send(theirs).unwrap();
        ours
    }

    /// Sends `request` as it stands, and returns the status and the whole answer, once the server has ended it.
    pub(super) async fn raw(&self, request: &[u8]) -> (u16, String) {
        let mut socket = self.socket(1 << 20);
        socket.write_all(request).await.unwrap();
        answer_on(&mut socket).await
    }

    /// A client that connects with these query parameters beside the key and a clientId.
    pub(super) async fn connect(&self, parameters: &str) -> Client {
        self.connect_with(&format!("key={KEY}&clientId=me&{parameters}"))
            .await
    }

    /// A client that connects with these query parameters.
    pub(super) async fn connect_with(&self, query: &str) -> Client {
        let socket = self.socket(1 << 20);
        let uri = format!("ws://server/?{query}");
        let (stream, _) = tokio_tungstenite::client_async(uri, socket).await.unwrap();
        Client {
            stream,
            early: VecDeque::new(),
        }
    }

    /// The same; `None` where the server does not make it a WebSocket, or ends it.
    pub(super) async fn try_connect(&self, query: &str) -> Option<Client> {
        let socket = self.socket(1 << 20);
        let uri = format!("ws://server/?{query}");
        let connected = tokio_tungstenite::client_async(uri, socket).await;
        connected.ok().map(|(stream, _)| Client {
            stream,
            early: VecDeque::new(),
        })
    }

    /// A token for `client_id` with `capability` that lives for `ttl`.
    pub(super) fn token(&self, client_id: &str, capability: &str, ttl: Duration) -> String {
        let now = self.clock.now();
        let mint = Mint {
            issued: now,
            expires: now + ttl,
            capability: Some(capability.to_owned()),
            client_id: Some(client_id.to_owned()),
            ..Mint::default()
        };
        let key = ApiKey::parse(KEY).unwrap();
        Minter::new(&key).sign(&mint.claims()).unwrap()
    }

    /// A token with these claims beside its times.
    pub(super) fn token_of(&self, claims: &[(&str, Value)], ttl: Duration) -> String {
        let now = self.clock.now();
        let mint = Mint {
            issued: now,
            expires: now + ttl,
            others: claims
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            ..Mint::default()
        };
        let key = ApiKey::parse(KEY).unwrap();
        Minter::new(&key).sign(&mint.claims()).unwrap()
    }

    /// Makes a REST call with a token and gives status and body.
    pub(super) async fn rest_with(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}access_token={token}");
        self.request("", method, &path, body).await
    }

    /// Revokes tokens of the server's key.
    pub(super) async fn revoke(&self, target: &str, with_margin: bool) {
        let body = json!({"targets": [target], "allowReauthMargin": with_margin});
        let (status, answer) = self.rest("POST", "/keys/app.key/revokeTokens", &body).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Asks what only the one who started the server may ask, with the admin token `admin`.
    pub(super) async fn admin(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let text = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let request = format!(
            "{method} /chatctl/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        let (status, answer) = self.raw(request.as_bytes()).await;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    /// Makes a REST call and gives status and body.
    pub(super) async fn rest(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.rest_as(KEY, method, path, body).await
    }

    /// The same with another key.
    pub(super) async fn rest_as(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        use base64::Engine as _;
        let credential = base64::engine::general_purpose::STANDARD.encode(key);
        let client_id = base64::engine::general_purpose::STANDARD.encode("me");
        let headers =
            format!("Authorization: Basic {credential}\r\nX-Ably-ClientId: {client_id}\r\n");
        self.request(&headers, method, path, body).await
    }

    pub(super) async fn request(
        &self,
        headers: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: server\r\n{headers}X-Ably-Version: 4\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut socket = self.socket(1 << 20);
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

/// Reads an answer until the server ends the connection; 0 for none.
pub(super) async fn answer_on(socket: &mut DuplexStream) -> (u16, String) {
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    (status.unwrap_or_default(), text)
}

/// A client that speaks the protocol by hand, in JSON.
pub(super) struct Client {
    stream: WebSocketStream<DuplexStream>,
    /// Messages that came while something else was waited for.
    early: VecDeque<Value>,
}

impl Client {
    pub(super) async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends a message; a connection that the server has ended takes none.
    pub(super) async fn send_if_open(&mut self, message: Value) {
        let _ = self.stream.send(Frame::text(message.to_string())).await;
    }

    /// Sends a frame with this text.
    pub(super) async fn send_text(&mut self, text: &str) {
        self.stream
            .send(Frame::text(text.to_owned()))
            .await
            .unwrap();
    }

    /// Waits for `work` while the client reads, as it must to be known to be there.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                message = self.read() => match message {
                    Some(message) => self.early.push_back(message),
                    None => return work.await,
                },
            }
        }
    }

    /// Returns the next message; `None` once the server has closed the connection.
    pub(super) async fn next(&mut self) -> Option<Value> {
        match self.early.pop_front() {
            Some(message) => Some(message),
            None => self.read().await,
        }
    }

    async fn read(&mut self) -> Option<Value> {
        loop {
            match self.stream.next().await {
                Some(Ok(Frame::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Frame::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Returns the next message that is not a heartbeat.
    pub(super) async fn event(&mut self) -> Value {
        loop {
            let message = self.next().await.expect("the connection was closed");
            if message["action"] != 0 {
                return message;
            }
        }
    }

    /// Returns a message that has come already, if there is one.
    pub(super) fn is_there(&mut self) -> Option<Value> {
        futures_util::FutureExt::now_or_never(self.event())
    }

    /// Returns the next message, which must have this action.
    pub(super) async fn expect(&mut self, action: u8) -> Value {
        let message = self.event().await;
        assert_eq!(message["action"], action, "{message}");
        message
    }

    /// The next message with this action, whatever comes before it.
    pub(super) async fn expect_any(&mut self, action: u8) -> Value {
        loop {
            let message = self.event().await;
            if message["action"] == action {
                return message;
            }
        }
    }

    /// Attaches and gives ATTACHED.
    pub(super) async fn attach(&mut self, channel: &str) -> Value {
        self.send(json!({"action": 10, "channel": channel})).await;
        self.expect(11).await
    }

    /// Whether nothing but heartbeats comes for `span`.
    pub(super) async fn is_quiet(&mut self, span: Duration) -> bool {
        tokio::time::timeout(span, self.event()).await.is_err()
    }

    /// Drops the socket without a word.
    pub(super) fn drop_socket(self) {
        drop(self.stream);
    }
}
