//! Connections that read, shared and bounded.
//!
//! Invariant: no more than [`MOST`] are open at once; who comes when all are taken waits. One that
//! was taken by work that panicked is closed, because nobody knows what it was in the middle of.

use super::Driver;
use crate::StoreError;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Connections at most.
const MOST: usize = 16;

/// Connections that wait for work, and how many there are in all.
#[derive(Default)]
pub(crate) struct Pool {
    held: Mutex<Held>,
    freed: Condvar,
}

#[derive(Default)]
struct Held {
    idle: Vec<Box<dyn Driver>>,
    open: usize,
}

/// A place in the pool; it is given back with the connection or, after a panic, without.
struct Place<'a> {
    pool: &'a Pool,
    driver: Option<Box<dyn Driver>>,
}

impl Pool {
    /// Does `work` with a connection, opening one by `connect` if all are taken and more may be.
    pub(crate) fn with<T, E: From<StoreError>>(
        &self,
        connect: impl FnOnce() -> Result<Box<dyn Driver>, StoreError>,
        work: impl FnOnce(&mut dyn Driver) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut place = self.place();
        let mut driver = match place.driver.take() {
            Some(driver) => driver,
            None => connect()?,
        };
        let done = work(driver.as_mut());
        place.driver = Some(driver);
        done
    }

    fn place(&self) -> Place<'_> {
        let mut held = self.lock();
        loop {
            let driver = held.idle.pop();
            if driver.is_none() && held.open == MOST {
                held = self
                    .freed
                    .wait(held)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            held.open += usize::from(driver.is_none());
            return Place { pool: self, driver };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut held = self.pool.lock();
        match self.driver.take() {
            Some(driver) => held.idle.push(driver),
            None => held.open -= 1,
        }
        self.pool.freed.notify_one();
    }
}
