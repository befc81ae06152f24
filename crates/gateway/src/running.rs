//! Ways in at work: a thread each, until the program ends.

use crate::{Desk, Transport};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Tells transports when to end.
#[derive(Default)]
pub struct Ends {
    told: Mutex<bool>,
    changed: Condvar,
}

impl Ends {
    /// Whether it is time to end.
    pub fn told(&self) -> bool {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `time`, or until it is time to end; says which.
    pub fn wait(&self, time: Duration) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(told, time, |told| !*told);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Says that it is.
    pub fn tell(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

/// Ways in at work. Dropped, it ends them, each when what it has begun is done.
pub struct Gateway {
    ends: Arc<Ends>,
    threads: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Starts each in a thread of its own.
    pub fn start(desk: Desk, transports: Vec<Box<dyn Transport>>) -> Self {
        let ends = Arc::new(Ends::default());
        let start = |mut transport: Box<dyn Transport>| {
            let (desk, ends) = (desk.clone(), Arc::clone(&ends));
            std::thread::Builder::new()
                .name(format!("oriel-{}", transport.name()))
                .spawn(move || transport.run(&desk, &ends))
                .expect("a program that starts can start a thread")
        };
        let threads = transports.into_iter().map(start).collect();
        Self { ends, threads }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.ends.tell();
        for thread in self.threads.drain(..) {
            // A panic was reported by the panic hook when it happened.
            let _ = thread.join();
        }
    }
}
