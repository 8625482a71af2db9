//! Chance, as it is handed in from the top: ids, nonces, secrets and retry jitter.
//!
//! The generator is cryptographically strong whether it is seeded by the system or by a test.

use std::sync::{Arc, OnceLock};

use parking_lot::{Mutex, MutexGuard};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng, RngExt, SeedableRng};

/// A source of random values that clones share.
#[derive(Clone)]
pub struct Random {
    /// Seeded when it is first asked, which many commands never do: looking at the processor takes its time.
    generator: Arc<OnceLock<Mutex<StdRng>>>,
}

impl Random {
    /// Seeded by the operating system.
    pub fn from_system() -> Self {
        Self {
            generator: Arc::default(),
        }
    }

    /// Seeded by a number: the same seed gives the same values.
    pub fn seeded(seed: u64) -> Self {
        let generator = Mutex::new(StdRng::seed_from_u64(seed));
        Self {
            generator: Arc::new(OnceLock::from(generator)),
        }
    }

    /// `len` characters of `[A-Za-z0-9_-]`, six bits each.
    pub fn token(&self, len: usize) -> String {
        let mut bytes = vec![0; len];
        self.fill(&mut bytes);
        bytes
            .into_iter()
            .map(|byte| char::from(URL_SAFE[usize::from(byte & 63)]))
            .collect()
    }

    /// `len` characters of `[A-Za-z0-9]`, as in ids that stand inside other texts.
    pub fn alphanumeric(&self, len: usize) -> String {
        let mut generator = self.lock();
        (0..len)
            .map(|_| char::from(URL_SAFE[generator.random_range(0..62)]))
            .collect()
    }

    /// `len` decimal digits, as SDKs make nonces (RSA9c).
    pub fn digits(&self, len: usize) -> String {
        let mut generator = self.lock();
        (0..len)
            .map(|_| char::from(b'0' + generator.random_range(0..10u8)))
            .collect()
    }

    /// A number from 0 up to, but not including, 1.
    pub fn fraction(&self) -> f64 {
        self.lock().random()
    }

    /// Puts `items` into an order that nobody foresees.
    pub fn shuffle<T>(&self, items: &mut [T]) {
        items.shuffle(&mut *self.lock());
    }

    /// Fills `bytes`.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.lock().fill_bytes(bytes);
    }

    fn lock(&self) -> MutexGuard<'_, StdRng> {
        self.generator
            .get_or_init(|| Mutex::new(rand::make_rng()))
            .lock()
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_values() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(a.token(43), b.token(43));
        assert_eq!(a.digits(16), b.digits(16));
        assert_ne!(a.token(43), Random::seeded(8).token(43));
    }

    #[test]
    fn lengths_and_alphabets_hold() {
        let random = Random::from_system();
        let token = random.token(43);
        assert_eq!(token.len(), 43);
        assert!(token.bytes().all(|byte| URL_SAFE.contains(&byte)));
        assert!(random.digits(16).bytes().all(|byte| byte.is_ascii_digit()));
        assert!(
            random
                .alphanumeric(200)
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
        );
    }
}
