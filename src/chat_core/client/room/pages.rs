//! Lists that are read page by page.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::chat_core::client::error::{Error, Result};
use crate::chat_core::client::rest::{Call, Rest, parameters};

/// The first wait before a page is asked for again; it doubles up to the last one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LAST_WAIT: Duration = Duration::from_secs(2);

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

    /// The next page; `None` behind the last one. A link that breaks is made again for as long as an operation may take.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached; the same page can be asked for again then.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>> {
        let Some(call) = &mut self.call else {
            return Ok(None);
        };
        let started = Instant::now();
        let mut wait = FIRST_WAIT;
        let answer = loop {
            match self.rest.call(call).await {
                Ok(answer) => break answer,
                Err(error)
                    if is_transient(&error, self.is_patient)
                        && started.elapsed() + wait < self.rest.options().timeout =>
                {
                    tracing::info!(%error, "asking for the page again");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LAST_WAIT);
                }
                Err(error) => return Err(error),
            }
        };
        self.is_patient = true;
        let page = answer.read()?;
        match answer.next {
            Some(query) => call.query = parameters(&query),
            None => self.call = None,
        }
        Ok(Some(page))
    }

    /// What is left, at most `limit` items.
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

fn is_transient(error: &Error, is_patient: bool) -> bool {
    match error {
        Error::Unanswered { .. } => true,
        Error::Unreachable { .. } | Error::TimedOut { .. } => is_patient,
        Error::Refused(error) => {
            is_patient && (error.status_code >= 500 || error.status_code == 429)
        }
        Error::NotUnderstood { .. } => false,
    }
}
