//! Where carriers take what is pushed to them over AS4: one address on this machine, with a path for
//! each.
//!
//! - Invariant: what is signed for is noted first.

use crate::link::{Settled, Status};
use crate::{Clock, Fault, Identity};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use oriel_ebms::{Content, Message, Posted, Rules, Signer, receipt};
use ring::rand::SystemRandom;
use serde_json::Value;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Bytes of what is pushed.
const MOST: usize = 16 << 20;

/// An address for answers.
pub struct Mailbox {
    address: SocketAddr,
    /// Those whose answers come here, by short name.
    known: Mutex<HashMap<String, Identity>>,
    /// What was told, by conversation.
    told: Mutex<HashMap<String, Settled>>,
    came: Notify,
    notices: AtomicU64,
    clock: Clock,
}

impl Mailbox {
    /// Listens; it needs the threads of a runtime.
    pub async fn open(address: SocketAddr, clock: Clock) -> Result<Arc<Self>, Fault> {
        let failed = |error| Fault::Address { address, error };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let mailbox = Arc::new(Self {
            address: listener.local_addr().map_err(failed)?,
            known: Mutex::default(),
            told: Mutex::default(),
            came: Notify::new(),
            notices: AtomicU64::new(0),
            clock,
        });
        let of_all = Arc::clone(&mailbox);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mailbox = Arc::clone(&of_all);
                tokio::spawn(async move {
                    let visit = service_fn(|request| {
                        let mailbox = Arc::clone(&mailbox);
                        async move { Ok::<_, Infallible>(mailbox.take(request).await) }
                    });
                    let http = http1::Builder::new();
                    // Who goes in the middle asks again.
                    let _ = http.serve_connection(TokioIo::new(stream), visit).await;
                });
            }
        });
        Ok(mailbox)
    }

    /// Lets a carrier take its answers here; gives its address, as it is enrolled.
    pub fn let_in(&self, handle: &str, identity: &Identity) -> String {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(handle.to_owned(), identity.clone());
        format!("http://{}/{handle}", self.address)
    }

    /// Notices that came.
    pub(crate) fn notices(&self) -> u64 {
        self.notices.load(Ordering::Relaxed)
    }

    /// What a conversation was told, once it is.
    pub(crate) async fn of(&self, conversation: &str) -> Settled {
        loop {
            let came = self.came.notified();
            if let Some(settled) = self.told_of(conversation) {
                return settled;
            }
            came.await;
        }
    }

    fn told_of(&self, conversation: &str) -> Option<Settled> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(conversation).cloned()
    }

    fn identity(&self, handle: &str) -> Option<Identity> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(handle).cloned()
    }

    async fn take(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        match self.signed(request).await {
            Some(posted) => {
                let mut response = Response::new(Full::from(posted.body));
                if let Ok(kind) = posted.content_type.parse() {
                    response.headers_mut().insert(CONTENT_TYPE, kind);
                }
                response
            }
            None => {
                let mut response = Response::new(Full::default());
                *response.status_mut() = StatusCode::BAD_REQUEST;
                response
            }
        }
    }

    async fn signed(&self, request: Request<Incoming>) -> Option<Posted> {
        let handle = request.uri().path().trim_start_matches('/').to_owned();
        let identity = self.identity(&handle)?;
        let kind = request
            .headers()
            .get(CONTENT_TYPE)?
            .to_str()
            .ok()?
            .to_owned();
        let body = Limited::new(request.into_body(), MOST).collect().await;
        let body = body.ok()?.to_bytes();
        let now = (self.clock)();
        let rules = Rules {
            now,
            window: SignedDuration::from_hours(24),
            most: MOST,
            party: &handle,
        };
        let message = Message::read(&kind, &body, rules, |_| Some(())).ok()?;
        self.note(&message.content);
        let random = SystemRandom::new();
        let signer = Signer {
            own: &identity.as4,
            random: &random,
        };
        let id = format!("r{}@{handle}.example", now.as_nanosecond());
        receipt(&message, &id, now, signer).ok()
    }

    fn note(&self, content: &Content) {
        let Content::User(unit) = content else { return };
        let (mut answers, mut said) = (0, Vec::new());
        for payload in &unit.payloads {
            match serde_json::from_slice::<Value>(payload) {
                Ok(one) if one["schema"] == "oriel.notice/1" => {
                    self.notices.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Ok(one) => said.extend(one["messages"].as_array().cloned().unwrap_or_default()),
                Err(_) => answers += 1,
            }
        }
        let all = serde_json::json!({ "messages": said });
        let settled = Settled::of(&all, answers);
        let settled = settled.unwrap_or_else(|| Settled::plain(Status::Signed, answers));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(unit.conversation.clone(), settled);
        drop(told);
        self.came.notify_waiters();
    }
}
