//! Slows down whoever guesses passwords, and nobody else.
//!
//! - Counted by account and address together: five tries are free, then each waits twice as long as
//!   the one before, up to five minutes. Whoever owns the account and comes from elsewhere, or has
//!   a session, or signs in by passkey, provider or link, is not concerned.
//! - Counted by address over all accounts too, far more generously, because one password may be
//!   tried on many accounts; who has signed in from there before is let through.
//! - A try counts when it begins, so that many at once count as many.
//! - Invariant: memory is bounded. Kept by the digest of what was typed, because what was typed may
//!   be a password in the wrong field.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Tries of one account from one address that cost nothing.
const FREE: u32 = 5;

/// Tries from one address over all accounts that cost nothing.
const FREE_ADDRESS: u32 = 60;

/// Longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(300);

/// How long a failure is remembered.
const MEMORY: Duration = Duration::from_secs(3600);

/// Entries of each table; beyond it the oldest is forgotten.
const REMEMBERED: usize = 10_000;

type Pair = [u8; 32];

#[derive(Clone, Copy)]
struct Tries {
    count: u32,
    last: Instant,
}

/// Failed tries, in tables of bounded size.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Known>);

#[derive(Default)]
struct Known {
    pairs: HashMap<Pair, Tries>,
    addresses: HashMap<IpAddr, Tries>,
    /// Who has signed in from where; `count` means nothing.
    welcome: HashMap<Pair, Tries>,
}

impl Attempts {
    /// Begins a try. It may not begin before so many seconds have passed (`Err`); when it may, tells
    /// how many seconds the next one has to wait if that is news.
    pub(crate) fn begin(
        &self,
        login: &str,
        address: IpAddr,
        now: Instant,
    ) -> Result<Option<u64>, u64> {
        let address = network(address);
        let pair = pair(login, address);
        let mut known = self.lock();
        let mut wait = left(known.pairs.get(&pair), FREE, now);
        // Behind a proxy that is not said to be one, everybody has the loopback address.
        let counted = !address.is_loopback() && !known.welcome.contains_key(&pair);
        if counted {
            wait = wait.max(left(known.addresses.get(&address), FREE_ADDRESS, now));
        }
        if !wait.is_zero() {
            return Err(wait.as_millis().div_ceil(1000) as u64);
        }
        if counted {
            count(&mut known.addresses, address, now);
        }
        let tries = count(&mut known.pairs, pair, now);
        Ok((tries == FREE).then(|| delay(tries, FREE).as_secs()))
    }

    /// Notes that a try was good.
    pub(crate) fn good(&self, login: &str, address: IpAddr, now: Instant) {
        let address = network(address);
        let pair = pair(login, address);
        let mut known = self.lock();
        known.pairs.remove(&pair);
        count(&mut known.welcome, pair, now);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One IPv4 address; of IPv6 the network, because one machine has as many addresses as it likes.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if !six.is_loopback() => {
            IpAddr::V6((u128::from(six) & (u128::MAX << 64)).into())
        }
        canonical => canonical,
    }
}

fn pair(login: &str, address: IpAddr) -> Pair {
    let mut digest = Sha256::new();
    digest.update(address.to_string());
    digest.update([0]);
    digest.update(login);
    digest.finalize().into()
}

fn delay(count: u32, free: u32) -> Duration {
    match count.checked_sub(free) {
        None => Duration::ZERO,
        Some(over) => Duration::from_secs(1 << over.min(20)).min(LONGEST),
    }
}

fn left(tries: Option<&Tries>, free: u32, now: Instant) -> Duration {
    tries.map_or(Duration::ZERO, |tries| {
        delay(tries.count, free).saturating_sub(now.duration_since(tries.last))
    })
}

fn count<K: Copy + Eq + Hash>(table: &mut HashMap<K, Tries>, key: K, now: Instant) -> u32 {
    if table.len() >= REMEMBERED && !table.contains_key(&key) {
        table.retain(|_, tries| now.duration_since(tries.last) < MEMORY);
        let oldest = table.iter().min_by_key(|(_, tries)| tries.last);
        let oldest = oldest.map(|(key, _)| *key);
        if let Some(oldest) = oldest.filter(|_| table.len() >= REMEMBERED) {
            table.remove(&oldest);
        }
    }
    let tries = table.entry(key).or_insert(Tries {
        count: 0,
        last: now,
    });
    if now.duration_since(tries.last) >= MEMORY {
        tries.count = 0;
    }
    tries.count = tries.count.saturating_add(1);
    tries.last = now;
    tries.count
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "192.0.2.1";
    const THERE: &str = "198.51.100.7";

    /// Tries until one has to wait; gives how many were let through, and the wait.
    fn exhaust(
        attempts: &Attempts,
        logins: impl Fn(u32) -> String,
        from: &str,
        now: Instant,
    ) -> (u32, u64) {
        let from: IpAddr = from.parse().unwrap();
        for tried in 0.. {
            if let Err(wait) = attempts.begin(&logins(tried), from, now) {
                return (tried, wait);
            }
        }
        unreachable!("tries end")
    }

    fn ada(_: u32) -> String {
        "ada".to_owned()
    }

    #[test]
    fn guessing_waits_longer_and_longer_and_only_there() {
        let attempts = Attempts::default();
        let mut now = Instant::now();
        assert_eq!(exhaust(&attempts, ada, HERE, now), (FREE, 1));
        assert_eq!(attempts.begin("ada", THERE.parse().unwrap(), now), Ok(None));
        assert_eq!(
            attempts.begin("boris", HERE.parse().unwrap(), now),
            Ok(None)
        );
        let mut waits = Vec::new();
        for _ in 0..12 {
            let (_, wait) = exhaust(&attempts, ada, HERE, now);
            waits.push(wait);
            now += Duration::from_secs(wait);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        now += MEMORY;
        assert_eq!(exhaust(&attempts, ada, HERE, now), (FREE, 1));
    }

    #[test]
    fn the_beginning_of_a_wait_is_told_once() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let told: Vec<_> = (0..FREE)
            .map(|_| attempts.begin("ada", HERE.parse().unwrap(), now).unwrap())
            .collect();
        assert_eq!(told, [None, None, None, None, Some(1)]);
    }

    #[test]
    fn signing_in_forgets_the_failures() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..FREE - 1 {
            attempts.begin("ada", HERE.parse().unwrap(), now).unwrap();
        }
        attempts.good("ada", HERE.parse().unwrap(), now);
        assert_eq!(exhaust(&attempts, ada, HERE, now).0, FREE);
    }

    #[test]
    fn one_password_on_many_accounts_is_slowed_but_not_for_those_known_there() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let here: IpAddr = HERE.parse().unwrap();
        attempts.begin("boris", here, now).unwrap();
        attempts.good("boris", here, now);
        let many = |n: u32| format!("user{n}");
        let (let_through, _) = exhaust(&attempts, many, HERE, now);
        assert_eq!(let_through, FREE_ADDRESS - 1);
        assert_eq!(attempts.begin("boris", here, now), Ok(None));
        assert!(attempts.begin("clara", here, now).is_err());
        let everybody = IpAddr::from([127, 0, 0, 1]);
        for n in 0..2 * FREE_ADDRESS {
            assert!(attempts.begin(&many(n), everybody, now).is_ok());
        }
    }

    #[test]
    fn a_network_is_one_address_in_ipv6() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(of("::1"), "::1");
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut table = HashMap::new();
        let start = Instant::now();
        for n in 0..REMEMBERED as u64 + 100 {
            count(&mut table, n, start + Duration::from_millis(n));
        }
        assert_eq!(table.len(), REMEMBERED);
        assert!(!table.contains_key(&99) && table.contains_key(&100));
    }
}
