//! The budget of what anybody may have the server keep: the apps that are created, and the memory of what they are
//! created with.

use std::sync::Arc;

use parking_lot::Mutex;

use super::limits::{MAX_APPS, MAX_APPS_SIZE};
use crate::chat_core::error::{ErrorInfo, Result};

/// The budget of the apps that are created in one server.
#[derive(Debug, Default)]
pub(crate) struct AppBudget(Mutex<AppsTotal>);

#[derive(Debug, Default)]
struct AppsTotal {
    count: usize,
    size: usize,
}

/// The share of one app, given back on drop: what an app was created with is gone only once the app is.
#[derive(Debug)]
pub(crate) struct AppShare {
    budget: Arc<AppBudget>,
    size: usize,
}

impl AppBudget {
    /// Takes the share of an app whose seed, rules and keys take `size` bytes.
    ///
    /// # Errors
    /// 40000 / 400 if there is not as much left.
    pub(crate) fn share(self: &Arc<Self>, size: usize) -> Result<AppShare> {
        let mut total = self.0.lock();
        let refuse = |what: &str| Err(ErrorInfo::new(40000, 400, what));
        if total.count >= MAX_APPS {
            return refuse("There are too many apps: delete some");
        }
        if total.size.saturating_add(size) > MAX_APPS_SIZE {
            return refuse("The apps were created with too much: delete some, or give them less");
        }
        total.count += 1;
        total.size += size;
        Ok(AppShare {
            budget: Arc::clone(self),
            size,
        })
    }
}

impl Drop for AppShare {
    fn drop(&mut self) {
        let mut total = self.budget.0.lock();
        total.count -= 1;
        total.size -= self.size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_given_back() {
        let budget = Arc::new(AppBudget::default());
        let half = budget.share(MAX_APPS_SIZE / 2 + 1).unwrap();
        assert_eq!(budget.share(MAX_APPS_SIZE / 2).unwrap_err().code, 40000);
        let small = budget.share(1).unwrap();
        drop(half);
        let other = budget.share(MAX_APPS_SIZE / 2).unwrap();
        drop((small, other));
        let all: Vec<AppShare> = (0..MAX_APPS).map(|_| budget.share(1).unwrap()).collect();
        assert_eq!(budget.share(1).unwrap_err().code, 40000);
        drop(all);
        assert!(budget.share(MAX_APPS_SIZE).is_ok());
    }
}
