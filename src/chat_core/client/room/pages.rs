//! Lists that are read page by page.

use serde::de::DeserializeOwned;

use crate::chat_core::client::call::{Call, parameters};
use crate::chat_core::client::error::Result;
use crate::chat_core::client::rest::Rest;
use crate::chat_core::client::retry::RetryPolicy;

/// A list that is read page by page.
pub struct Pages<'a> {
    rest: &'a Rest,
    call: Option<Call>,
    /// Whether a service that can't be reached is waited for.
    is_patient: bool,
}

impl<'a> Pages<'a> {
    /// The list whose first page `call` asks for.
    pub(super) fn new(rest: &'a Rest, call: Call) -> Self {
        let call = Some(call);
        Self {
            rest,
            call,
            is_patient: false,
        }
    }

    /// The same for somebody who knows that the service is there: what may pass is waited for, as it is by everybody
    /// once a page has come.
    pub fn patient(mut self) -> Self {
        self.is_patient = true;
        self
    }

    /// The next page; `None` behind the last one. A page is one operation: a connection that breaks is made again for
    /// as long as one may take.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached; the same page can be asked for again then.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>> {
        let Some(call) = &mut self.call else {
            return Ok(None);
        };
        let policy = if self.is_patient {
            RetryPolicy::Service
        } else {
            RetryPolicy::Answers
        };
        let deadline = self.rest.deadline();
        let answer = self.rest.call_with(call, policy, deadline).await?;
        self.is_patient = true;
        let page = answer.read()?;
        match answer.next {
            Some(query) => call.query = parameters(&query),
            None => self.call = None,
        }
        Ok(Some(page))
    }

    /// Reads the remaining items, at most `limit`.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub(super) async fn all<T: DeserializeOwned>(mut self, limit: Option<usize>) -> Result<Vec<T>> {
        let mut items: Vec<T> = Vec::new();
        while let Some(mut page) = self.next().await? {
            items.append(&mut page);
            if let Some(limit) = limit
                && items.len() >= limit
            {
                items.truncate(limit);
                break;
            }
        }
        Ok(items)
    }
}
