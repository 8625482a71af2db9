//! Bodies of requests: when they are read, how much of them and for how long, and what is in them.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http_body_util::LengthLimitError;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::reply::Refusal;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::list::first_items;
use crate::server::core::limits;
use crate::server::core::plan::PlanLimits;
use crate::server::edge::EdgeState;

/// The bounds of a body.
#[derive(Clone, Copy)]
pub(crate) struct BodyLimit {
    size: usize,
    time: Duration,
}

impl BodyLimit {
    /// For a caller whose credential was accepted.
    pub(crate) const AUTHENTICATED: Self = Self {
        size: limits::MAX_BODY,
        time: limits::BODY_TIMEOUT,
    };

    /// The same, where larger messages are taken.
    pub(crate) fn authenticated(limits: &PlanLimits) -> Self {
        Self {
            size: limits.frame_size(),
            ..Self::AUTHENTICATED
        }
    }

    /// For everybody else.
    pub(crate) const OPEN: Self = Self {
        size: limits::MAX_OPEN_BODY,
        time: limits::OPEN_BODY_TIMEOUT,
    };
}

/// Reads a body within `limit`.
///
/// # Errors
/// 40009 / 413 for one that is too large, 40000 / 408 for one that takes too long, 40000 / 400 for one that is cut
/// short.
pub(crate) async fn read(body: axum::body::Body, limit: BodyLimit) -> Result<Bytes> {
    let BodyLimit { size, time } = limit;
    let late = |_| {
        let what = format!("The body did not arrive within {} seconds", time.as_secs());
        ErrorInfo::new(40000, 408, what)
    };
    let reading = axum::body::to_bytes(body, size);
    let read = tokio::time::timeout(time, reading).await.map_err(late)?;
    read.map_err(|error| {
        if error
            .source()
            .is_some_and(<dyn Error>::is::<LengthLimitError>)
        {
            let what = format!("The body is larger than {size} bytes");
            ErrorInfo::new(40009, 413, what)
        } else {
            ErrorInfo::new(40000, 400, "The body was cut short")
        }
    })
}

/// A body that is not read yet, for handlers that look at credentials of their own first.
pub(crate) struct UnreadBody {
    format: Format,
    content_type: Option<String>,
    body: axum::body::Body,
}

impl UnreadBody {
    /// Reads it.
    ///
    /// # Errors
    /// As [`read`].
    pub(crate) async fn read(self, limit: BodyLimit) -> Result<Body> {
        Ok(Body {
            format: self.format,
            content_type: self.content_type,
            bytes: read(self.body, limit).await?,
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for UnreadBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> std::result::Result<Self, Refusal> {
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| Some(value.to_str().ok()?.to_owned()));
        let is_packed = content_type
            .as_deref()
            .is_some_and(|value| value.starts_with(Format::MessagePack.media_type()));
        Ok(Self {
            format: if is_packed {
                Format::MessagePack
            } else {
                Format::Json
            },
            content_type,
            body: request.into_body(),
        })
    }
}

/// The body of a caller whose credential was accepted: the extractors of callers come before it.
pub(crate) struct Body {
    /// The format that its Content-Type names; JSON if it names none.
    pub(crate) format: Format,
    /// Its Content-Type.
    pub(crate) content_type: Option<String>,
    /// The bytes.
    pub(crate) bytes: Bytes,
}

impl Body {
    /// Reads the body.
    ///
    /// # Errors
    /// 40001 / 400.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        self.format.decode(&self.bytes)
    }

    /// Reads the body; an empty one is the default.
    ///
    /// # Errors
    /// 40001 / 400.
    pub(crate) fn decode_or_default<T: DeserializeOwned + Default>(&self) -> Result<T> {
        if self.bytes.is_empty() {
            Ok(T::default())
        } else {
            self.decode()
        }
    }
}

impl FromRequest<Arc<EdgeState>> for Body {
    type Rejection = Refusal;

    async fn from_request(
        request: Request,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let body = UnreadBody::from_request(request, edge).await?;
        let limit = BodyLimit::authenticated(edge.server.quota.limits());
        Ok(body.read(limit).await?)
    }
}

/// A body that was read.
pub(crate) struct Content<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<EdgeState>> for Content<T> {
    type Rejection = Refusal;

    async fn from_request(
        request: Request,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let body = Body::from_request(request, edge).await?;
        Ok(Self(body.decode()?))
    }
}

/// One item, or a list of at most `MAX`. Of a longer list one item more is kept, so that it can be refused: what a
/// client repeats in two bytes must not take hundreds here.
pub(crate) struct OneOrMany<T, const MAX: usize> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Whether it stood alone, outside of a list.
    pub(crate) is_alone: bool,
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for OneOrMany<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Items<T, const MAX: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Items<T, MAX> {
            type Value = OneOrMany<T, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one item or a list")
            }

            fn visit_str<E: serde::de::Error>(
                self,
                text: &str,
            ) -> std::result::Result<Self::Value, E> {
                T::deserialize(StrDeserializer::new(text)).map(alone)
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(alone)
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                list: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                Ok(OneOrMany {
                    items: first_items(list, MAX + 1)?,
                    is_alone: false,
                })
            }
        }

        fn alone<T, const MAX: usize>(item: T) -> OneOrMany<T, MAX> {
            OneOrMany {
                items: vec![item],
                is_alone: true,
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// The number of items in a list, or one that stands alone: a look at a body before what it says is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ItemCount(pub(crate) usize);

impl<'de> Deserialize<'de> for ItemCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Counted;

        impl<'de> Visitor<'de> for Counted {
            type Value = ItemCount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one item or a list")
            }

            fn visit_str<E>(self, _: &str) -> std::result::Result<ItemCount, E> {
                Ok(ItemCount(1))
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<ItemCount, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(ItemCount(1))
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> std::result::Result<ItemCount, A::Error> {
                let mut count = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(ItemCount(count))
            }
        }

        deserializer.deserialize_any(Counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted() {
        for (text, count) in [
            ("[]", 0),
            ("[{},[1],2]", 3),
            ("{\"a\":[1,2]}", 1),
            ("\"a\"", 1),
        ] {
            let read: ItemCount = serde_json::from_str(text).unwrap();
            assert_eq!(read, ItemCount(count), "{text}");
        }
    }

    #[test]
    fn lists_are_read_up_to_one_item_more_than_allowed() {
        let read = |text: &str| serde_json::from_str::<OneOrMany<String, 2>>(text).unwrap();
        assert_eq!(read("[\"a\"]").items, ["a"]);
        assert!(!read("[\"a\"]").is_alone);
        assert_eq!(read("\"a\"").items, ["a"]);
        assert!(read("\"a\"").is_alone);
        assert_eq!(read("[\"a\",\"b\",\"c\",\"d\"]").items.len(), 3);
        assert!(serde_json::from_str::<OneOrMany<String, 2>>("7").is_err());
        let packed = rmp_serde::to_vec(&["a", "b"]).unwrap();
        let read: OneOrMany<String, 2> = rmp_serde::from_slice(&packed).unwrap();
        assert_eq!(read.items, ["a", "b"]);
    }
}
