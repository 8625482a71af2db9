//! The failures that the checks found, and whether to go on after the first.

use crate::chat_core::error::{ErrorInfo, Result};

/// Failures, in the order of the checks.
#[derive(Debug, Default)]
pub(super) struct Failures {
    all: Vec<ErrorInfo>,
    first_only: bool,
}

/// The first failure was found, and no other is asked for.
#[derive(Debug)]
pub(super) struct FirstFailure;

/// A check's outcome.
pub(super) type Checked<T> = Result<T, FirstFailure>;

impl Failures {
    pub(super) fn first_only() -> Self {
        Self {
            all: Vec::new(),
            first_only: true,
        }
    }

    pub(super) fn add(&mut self, failure: ErrorInfo) -> Checked<()> {
        self.all.push(failure);
        if self.first_only {
            Err(FirstFailure)
        } else {
            Ok(())
        }
    }

    /// The value of a check that passed; nothing where it failed and the others go on.
    pub(super) fn check<T>(&mut self, result: Result<T>) -> Checked<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(failure) => self.add(failure).map(|()| None),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn into_all(self) -> Vec<ErrorInfo> {
        self.all
    }

    pub(super) fn into_first(self) -> ErrorInfo {
        self.all
            .into_iter()
            .next()
            .unwrap_or_else(|| ErrorInfo::new(40140, 401, "the token could not be checked"))
    }
}
