//! Tells every open page that cases or the inbox changed: ids only, never content.

use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// News that wait for a slow page; one that falls further behind asks for everything again.
const WAITING: usize = 64;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// This case, for whoever works for its recipient.
    Case {
        /// Its id.
        id: String,
        /// The recipient.
        recipient: String,
    },
    /// Something; which is not known.
    Queue,
    /// The inbox of oversight.
    Oversight,
}

/// Where news go out. Closed when the server ends, so that no page keeps it alive.
pub(crate) struct Hub(Mutex<Option<broadcast::Sender<News>>>);

impl Hub {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(broadcast::Sender::new(WAITING))))
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, news: News) {
        if let Some(sender) = &*self.lock() {
            // An error means that nobody listens.
            let _ = sender.send(news);
        }
    }

    /// Listens from now on; nothing once the hub is closed.
    pub(crate) fn listen(&self) -> Option<broadcast::Receiver<News>> {
        self.lock().as_ref().map(broadcast::Sender::subscribe)
    }

    /// Whether anybody listens.
    pub(crate) fn is_heard(&self) -> bool {
        self.lock().as_ref().is_some_and(|s| s.receiver_count() > 0)
    }

    /// Ends every stream.
    pub(crate) fn close(&self) {
        self.lock().take();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<broadcast::Sender<News>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_listener_hears_and_closing_ends_all() {
        let hub = Hub::new();
        let (mut a, mut b) = (hub.listen().unwrap(), hub.listen().unwrap());
        let news = News::Case {
            id: "case_1".to_owned(),
            recipient: "piu".to_owned(),
        };
        hub.tell(news.clone());
        assert_eq!(a.recv().await, Ok(news.clone()));
        assert_eq!(b.recv().await, Ok(news));
        hub.close();
        assert!(a.recv().await.is_err() && hub.listen().is_none() && !hub.is_heard());
    }
}
