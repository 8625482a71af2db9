//! The time that an operation has, and whether it is tried again: the one place where the client waits for better.
//!
//! An operation gets one [`Deadline`], which is handed down to all that it needs: a token, other hosts, other attempts.
//! Reconnecting a realtime connection is not an operation: its waits are the state machine's (RTB1).

use std::time::Duration;

use tokio::time::Instant;

use super::error::Error;

/// The wait before the first retry; it doubles up to the last one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LAST_WAIT: Duration = Duration::from_secs(2);

/// The shortest time for an attempt that others may follow: less would give up on hosts that are merely far away.
const MIN_ATTEMPT: Duration = Duration::from_secs(1);

/// The moment at which an operation is given up, with all its attempts.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Instant,
    span: Duration,
}

impl Deadline {
    /// The deadline of an operation that begins now and may take `span`.
    pub fn within(span: Duration) -> Self {
        Self {
            at: Instant::now() + span,
            span,
        }
    }

    /// The moment.
    pub fn at(self) -> Instant {
        self.at
    }

    /// The time that there was from its beginning, for messages.
    pub fn span(self) -> Duration {
        self.span
    }

    /// The deadline of one attempt. Where others may follow it gets half of what is left, so that a host that accepts
    /// and never answers does not use up the time of those that would.
    pub(super) fn attempt(self, others_follow: bool) -> Self {
        let left = self.at.saturating_duration_since(Instant::now());
        if !others_follow || left <= MIN_ATTEMPT {
            return self;
        }
        // To the tenth of a second, as it is said in messages.
        let tenths = u64::try_from((left / 2).as_millis().div_ceil(100)).unwrap_or(u64::MAX);
        Self::within(
            Duration::from_millis(100 * tenths)
                .max(MIN_ATTEMPT)
                .min(left),
        )
    }
}

/// The failures that an operation is tried again after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryPolicy {
    /// A lost answer, once.
    Once,
    /// Lost answers, as long as there is time. A service that can't be reached, or is in trouble, fails at once.
    Answers,
    /// A service that can't be reached, does not answer or is in trouble too, as long as there is time.
    Service,
}

impl RetryPolicy {
    fn is_transient(self, error: &Error) -> bool {
        match error {
            Error::Unanswered { .. } => true,
            Error::TimedOut { .. } | Error::Unreachable { .. } => self == Self::Service,
            Error::Refused(error) => {
                self == Self::Service && (error.status_code >= 500 || error.status_code == 429)
            }
            Error::NotUnderstood { .. } => false,
        }
    }
}

/// The retries of one operation.
pub(super) struct Retry {
    policy: RetryPolicy,
    deadline: Deadline,
    retries: u32,
}

impl Retry {
    /// An operation that has not been tried yet.
    pub(super) fn new(policy: RetryPolicy, deadline: Deadline) -> Self {
        Self {
            policy,
            deadline,
            retries: 0,
        }
    }

    /// The deadline of the next attempt.
    pub(super) fn attempt(&self) -> Deadline {
        self.deadline.attempt(self.policy == RetryPolicy::Service)
    }

    /// Waits and returns true where the operation is to be tried again after `error`.
    pub(super) async fn again(&mut self, error: &Error) -> bool {
        let is_spent = self.policy == RetryPolicy::Once && self.retries > 0;
        let wait = (FIRST_WAIT * 2_u32.saturating_pow(self.retries)).min(LAST_WAIT);
        let next = Instant::now() + wait;
        if is_spent || !self.policy.is_transient(error) || next >= self.deadline.at {
            return false;
        }
        tracing::info!(%error, "trying again");
        tokio::time::sleep_until(next).await;
        self.retries = self.retries.saturating_add(1).min(16);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> Error {
        Error::Unanswered {
            address: String::new(),
            reason: String::new(),
        }
    }

    fn unreachable() -> Error {
        Error::Unreachable {
            address: String::new(),
            reason: String::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn retries_wait_longer_each_time_and_end_before_the_deadline() {
        let began = Instant::now();
        let mut retry = Retry::new(
            RetryPolicy::Service,
            Deadline::within(Duration::from_secs(10)),
        );
        let mut waits = Vec::new();
        loop {
            let before = Instant::now();
            if !retry.again(&unreachable()).await {
                break;
            }
            waits.push(before.elapsed().as_millis());
        }
        assert_eq!(waits[..6], [100, 200, 400, 800, 1600, 2000]);
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_says_what_is_tried_again() {
        let again = async |policy, error| {
            let deadline = Deadline::within(Duration::from_secs(1));
            Retry::new(policy, deadline).again(&error).await
        };
        assert!(again(RetryPolicy::Answers, lost()).await);
        assert!(!again(RetryPolicy::Answers, unreachable()).await);
        assert!(again(RetryPolicy::Service, unreachable()).await);
        let mut once = Retry::new(RetryPolicy::Once, Deadline::within(Duration::from_secs(9)));
        assert!(once.again(&lost()).await && !once.again(&lost()).await);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_leaves_time_for_others() {
        let whole = Deadline::within(Duration::from_secs(10));
        assert_eq!(whole.attempt(false).span(), Duration::from_secs(10));
        assert_eq!(whole.attempt(true).span(), Duration::from_secs(5));
        tokio::time::advance(Duration::from_millis(8_500)).await;
        assert_eq!(whole.attempt(true).span(), Duration::from_secs(1));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(whole.attempt(true).at(), whole.at(), "never past the end");
    }
}
