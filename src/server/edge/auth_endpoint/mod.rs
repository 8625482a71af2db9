//! `/api/ably-jwt` and `/api/ably-token`: the auth endpoint of an app, for front-end work.
//!
//! The endpoint signs with a key and knows nothing of rooms. It runs beside the chat server in `serve --dev`, and alone in
//! `token serve`.

mod query;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ::http::HeaderValue;
use ::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use query::{AnswerForm, TokenQuery};

use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::jwt::mint::issued_at;
use crate::chat_core::auth::jwt::{Mint, Minter};
use crate::chat_core::auth::{ApiKey, Capability, TokenDetails, TokenRequest};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::chat_core::random::Random;
use crate::server::core::events::Event;
use crate::server::core::limits::CLOSE_TIMEOUT;
use crate::server::edge::EdgeState;
use crate::server::edge::http::boundary::Boundary;
use crate::server::edge::http::reply::refused;
use crate::server::edge::http::socket::ClientListener;
use crate::server::edge::http::{self, cors};

/// The clientId of callers who name none, where there is no list of users: the same at each renewal.
const SOMEBODY: &str = "dev-user";

/// An auth server.
pub struct AuthEndpoint {
    /// The key that signs.
    pub key: ApiKey,
    /// The users that get a token. `None`: every client gets what it asks for.
    pub users: Option<Users>,
    /// The default lifetime of tokens.
    pub ttl: Duration,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Nonces.
    pub random: Random,
}

/// The users that get a token.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// The users, by the name that they ask with.
    pub named: BTreeMap<String, User>,
    /// The rights of everybody else, if they get a token.
    pub others: Option<User>,
}

/// The token of a user.
#[derive(Clone, Debug, Default)]
pub struct User {
    /// The clientId; by default the name that the user asks with.
    pub client_id: Option<String>,
    /// The capability; by default that of the key.
    pub capability: Option<Capability>,
    /// The user claims: a room or a pattern, and the value.
    pub claims: Vec<(String, String)>,
    /// The lifetime of the user's tokens.
    pub ttl: Option<Duration>,
    /// True if the user is banned.
    pub is_banned: bool,
}

impl AuthEndpoint {
    /// The routes.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/api/ably-jwt", get(give_jwt).post(give_jwt))
            .route("/api/ably-token", get(give_token).post(give_token))
            .with_state(Arc::new(self))
    }

    /// Serves these routes and no others until `shutdown` completes, and then for as long as answers are under way.
    /// It gives tokens without a credential, so that its clients are those within `boundary`.
    pub async fn run(
        self,
        listener: TcpListener,
        boundary: Boundary,
        shutdown: impl Future<Output = ()>,
    ) {
        let boundary = Some(Arc::new(boundary));
        let router = self
            .router()
            .layer(from_fn(cors::apply))
            .layer(from_fn_with_state(boundary, http::enforce_boundary));
        let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
        let lifetime = (stopping.clone(), tasks.clone());
        let accepting = http::run(
            lifetime,
            router,
            ClientListener::new(listener),
            http::AtEnd::Answer,
        );
        tokio::pin!(accepting);
        tokio::select! {
            biased;
            () = &mut accepting => {}
            () = shutdown => {}
        }
        stopping.cancel();
        accepting.await;
        tasks.close();
        // A client that does not read its answer is not waited for.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, tasks.wait()).await;
    }

    /// Returns the token that the caller gets.
    fn decide(&self, asked: &TokenQuery) -> Result<Decided> {
        let now = self.clock.now();
        let Some(users) = &self.users else {
            return self.believe(asked, now);
        };
        let name = asked
            .user()
            .ok_or_else(|| ErrorInfo::new(40101, 401, "no user is named: give user or clientId"))?;
        let user = users
            .named
            .get(name)
            .or(users.others.as_ref())
            .filter(|user| !user.is_banned)
            .ok_or_else(|| ErrorInfo::new(40300, 403, "this user may not have a token"))?;
        let client_id = user.client_id.as_deref().unwrap_or(name);
        check_client_id(client_id)?;
        let granted = user.capability.clone().unwrap_or_else(Capability::all);
        // The client's own capability can only narrow it.
        let capability = match asked.capability()? {
            Some(wished) => wished.intersect(&granted),
            None => granted,
        };
        if capability.is_empty() {
            return Err(ErrorInfo::new(
                40160,
                401,
                "nothing of what is asked for is allowed to this user",
            ));
        }
        let longest = user.ttl.unwrap_or(self.ttl);
        Ok(Decided {
            client_id: client_id.to_owned(),
            capability,
            claims: user.claims.clone(),
            now,
            ttl: asked.ttl()?.map_or(longest, |ttl| ttl.min(longest)),
        })
    }

    /// Returns the token that the caller asks for.
    fn believe(&self, asked: &TokenQuery, now: Timestamp) -> Result<Decided> {
        let client_id = asked.user().unwrap_or(SOMEBODY);
        check_client_id(client_id)?;
        let rooms = asked.rooms()?;
        Ok(Decided {
            client_id: client_id.to_owned(),
            capability: match asked.capability()? {
                Some(wished) => wished,
                None if rooms.is_empty() => Capability::all(),
                None => Capability::of_grants(rooms),
            },
            claims: asked.claims()?,
            now,
            ttl: asked.ttl()?.unwrap_or(self.ttl),
        })
    }

    fn jwt(&self, decided: &Decided) -> Result<String> {
        let mint = Mint {
            issued: decided.issued(),
            expires: decided.issued() + decided.ttl,
            capability: Some(decided.capability.text().to_owned()),
            client_id: Some(decided.client_id.clone()),
            room_claims: decided.claims.clone(),
            ..Mint::default()
        };
        Minter::new(&self.key).sign(&mint.claims())
    }

    fn details(&self, decided: &Decided) -> Result<TokenDetails> {
        Ok(TokenDetails {
            token: self.jwt(decided)?,
            key_name: Some(self.key.name().to_owned()),
            issued: Some(decided.issued()),
            expires: Some(decided.issued() + decided.ttl),
            capability: Some(decided.capability.text().to_owned()),
            client_id: Some(decided.client_id.clone()),
        })
    }

    fn request(&self, decided: &Decided) -> TokenRequest {
        let mut request = TokenRequest::new(&self.key, decided.now, &self.random);
        request.ttl = u64::try_from(decided.ttl.as_millis()).ok();
        request.capability = Some(decided.capability.canonical());
        request.client_id = Some(decided.client_id.clone());
        request.signed(&self.key)
    }
}

/// A token that is to be made.
struct Decided {
    client_id: String,
    capability: Capability,
    claims: Vec<(String, String)>,
    now: Timestamp,
    ttl: Duration,
}

impl Decided {
    /// Returns when a JWT of it is issued.
    fn issued(&self) -> Timestamp {
        issued_at(self.now, self.ttl)
    }
}

async fn give_jwt(State(endpoint): State<Arc<AuthEndpoint>>, request: Request) -> Response {
    let mut client_id = None;
    let result = async {
        let asked = TokenQuery::of(request).await?;
        client_id = asked.user().map(str::to_owned);
        let decided = endpoint.decide(&asked)?;
        client_id = Some(decided.client_id.clone());
        Ok(answer("application/jwt", endpoint.jwt(&decided)?))
    };
    let result = result.await;
    told(client_id, result)
}

async fn give_token(State(endpoint): State<Arc<AuthEndpoint>>, request: Request) -> Response {
    let mut client_id = None;
    let result = async {
        let asked = TokenQuery::of(request).await?;
        client_id = asked.user().map(str::to_owned);
        let decided = endpoint.decide(&asked)?;
        client_id = Some(decided.client_id.clone());
        let form = asked.form(!decided.claims.is_empty())?;
        Ok(match form {
            AnswerForm::Text => answer("text/plain; charset=utf-8", endpoint.jwt(&decided)?),
            AnswerForm::Jwt => answer(
                "application/json",
                Value::from(endpoint.jwt(&decided)?).to_string(),
            ),
            AnswerForm::Details => answer("application/json", json(&endpoint.details(&decided)?)),
            AnswerForm::Request => answer("application/json", json(&endpoint.request(&decided))),
        })
    };
    let result = result.await;
    told(client_id, result)
}

/// The client of an answer, and why it got no token, on the way to [`observe_answer`].
#[derive(Clone)]
struct TokenOutcome {
    client_id: Option<String>,
    error: Option<ErrorInfo>,
}

/// Returns the response of `result`, with the outcome for observers.
fn told(client_id: Option<String>, result: Result<Response>) -> Response {
    let error = result.as_ref().err().cloned();
    let mut response = result.unwrap_or_else(|error| refusal(&error));
    response
        .extensions_mut()
        .insert(TokenOutcome { client_id, error });
    response
}

/// Tells the observers of a server of the answers of its auth endpoint.
pub(crate) async fn observe_answer(
    State(edge): State<Arc<EdgeState>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut response = next.run(request).await;
    if let Some(TokenOutcome { client_id, error }) = response.extensions_mut().remove() {
        edge.server.events.emit(Event::TokenAsked {
            method: method.as_str(),
            path: uri.path(),
            client_id: client_id.as_deref(),
            error: error.as_ref(),
        });
    }
    response
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn answer(content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    uncached(response)
}

fn refusal(error: &ErrorInfo) -> Response {
    uncached(refused(error, Format::Json))
}

/// A TokenRequest that is answered from a cache is a nonce that was used already.
fn uncached(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;
    use tokio::time::Instant;

    use super::*;
    use crate::chat_core::clock::TokioClock;
    use crate::server::core::limits::{HEAD_TIMEOUT, OPEN_BODY_TIMEOUT};

    #[tokio::test(start_paused = true)]
    async fn slow_clients_are_let_go_also_where_it_runs_alone() {
        let endpoint = AuthEndpoint {
            key: ApiKey::parse("app.key:secret").unwrap(),
            users: None,
            ttl: Duration::from_secs(60),
            clock: Arc::new(TokioClock::starting_at(Timestamp(0))),
            random: Random::seeded(1),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(endpoint.run(listener, Boundary::default(), async {
            let _ = stopped.await;
        }));
        for (request, timeout, answer) in [
            ("GET /api/ably-jwt HT", HEAD_TIMEOUT, ""),
            (
                "POST /api/ably-jwt HTTP/1.1\r\nContent-Length: 9\r\n\r\nuser",
                OPEN_BODY_TIMEOUT,
                "HTTP/1.1 408",
            ),
        ] {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(request.as_bytes()).await.unwrap();
            let start = Instant::now();
            let mut text = String::new();
            let _ = socket.read_to_string(&mut text).await;
            assert!(text.starts_with(answer), "{text}");
            assert!(start.elapsed() >= timeout && start.elapsed() < timeout * 2);
        }
        // A connection without a request must not delay the end.
        let _silent = TcpStream::connect(address).await.unwrap();
        drop(stop);
        running.await.unwrap();
    }
}
