//! Pushes what waits in the outbox to the carriers' own addresses, and looks at their receipts.
//!
//! - In: units of the outbox, and where and to whom they go from the registry. Out: a unit is gone
//!   from the outbox when the carrier has signed for every digest of it, and not before.
//! - Invariants: one unit of a carrier at a time, the oldest first; no carrier keeps another
//!   waiting; no more of an answer is read than a receipt has.

use super::{House, Known};
use crate::Desk;
use crate::as4::outbox::Unit;
use crate::listen::{Told, ending};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use oriel_ebms::{Content, Draft, Message, Posted, Rules};
use oriel_store::ChannelKind;
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_millis(500);

/// The first wait after a push that failed.
const SHORTEST: Duration = Duration::from_secs(1);

/// How long a carrier may take for one push.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of a carrier's answer.
const ANSWER: usize = 512 << 10;

/// Carriers that are pushed to at a time.
const AT_ONCE: usize = 64;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How a carrier stands that was pushed to.
struct Standing {
    busy: bool,
    next: Instant,
    wait: Duration,
}

/// Pushes until it is time to end; what is under way by then is pushed again after the next start.
pub(super) async fn run(house: Arc<House>, desk: Desk, mut told: Told) {
    let mut standing: HashMap<String, Standing> = HashMap::new();
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            () = ending(&mut told) => return,
            () = tokio::time::sleep(LOOK) => {}
            Some(done) = under_way.join_next() => {
                // A panic was reported when it happened; its carrier is tried again at the next start.
                let Ok((handle, pushed)) = done else { continue };
                settle(&house, standing.get_mut(&handle), pushed);
                continue;
            }
        }
        let due = tokio::task::block_in_place(|| house.due(&desk));
        for carrier in due {
            let now = Instant::now();
            let own = standing.entry(carrier.row.handle.clone());
            let own = own.or_insert(Standing {
                busy: false,
                next: now,
                wait: SHORTEST,
            });
            if own.busy || own.next > now || under_way.len() >= AT_ONCE {
                continue;
            }
            own.busy = true;
            let (house, desk) = (Arc::clone(&house), desk.clone());
            under_way.spawn(async move {
                let pushed = house.push_all(&desk, &carrier).await;
                (carrier.row.handle.clone(), pushed)
            });
        }
    }
}

fn settle(house: &House, own: Option<&mut Standing>, pushed: Result<(), Failed>) {
    let Some(own) = own else { return };
    own.busy = false;
    own.wait = match pushed {
        Ok(()) => SHORTEST,
        Err(why) => {
            let name = &*house.name;
            tracing::warn!(name, %why, "answers wait for a carrier");
            own.next = Instant::now() + own.wait;
            (own.wait * 2).min(house.longest)
        }
    };
}

impl House {
    /// Carriers for whom something waits, and who have an address.
    fn due(&self, desk: &Desk) -> Vec<Known> {
        let (registry, now) = (desk.registry(), desk.now());
        let has_address = |it: &&Known| it.values(ChannelKind::As4Endpoint, now).next().is_some();
        let mut due = Vec::new();
        for carrier in registry.all().filter(has_address) {
            let handle = &*carrier.row.handle;
            desk.notify(handle, &self.channel(handle), |one| {
                let unit = Unit::waiting(one);
                let id = self.message_id(&[&unit.action, handle, &unit.conversation]);
                self.outbox.leave(handle, &id, &unit)
            });
            match self.outbox.waiting(handle) {
                Ok(waiting) if waiting.is_empty() => {}
                Ok(_) => due.push(Arc::clone(carrier)),
                Err(why) => tracing::warn!(name = self.name, %why, "the outbox cannot be read"),
            }
        }
        due
    }

    /// Pushes what waits for a carrier, until one does not arrive.
    async fn push_all(&self, desk: &Desk, carrier: &Known) -> Result<(), Failed> {
        let handle = &*carrier.row.handle;
        let waiting = tokio::task::block_in_place(|| self.outbox.waiting(handle))?;
        for id in waiting {
            let unit = tokio::task::block_in_place(|| self.outbox.read(handle, &id))?;
            let now = desk.now();
            if unit.is_over(now) {
                let name = &*self.name;
                tracing::warn!(
                    name,
                    "what was asked of a carrier ended before it could be pushed"
                );
                tokio::task::block_in_place(|| self.outbox.done(handle, &id))?;
                continue;
            }
            let value = |kind| carrier.values(kind, now).last().map(|it| &*it.value);
            let Some(endpoint) = value(ChannelKind::As4Endpoint) else {
                return Ok(());
            };
            let to = value(ChannelKind::As4Party).unwrap_or(handle);
            let parts = unit.parts();
            let draft = Draft {
                id: &id,
                at: now,
                about: unit.about.as_deref(),
                conversation: &unit.conversation,
                from: &self.party,
                to,
                agreement: self.agreement.as_deref(),
                service: &self.service,
                action: &unit.action,
                parts: &parts,
            };
            let posted = draft.post(self.signer())?;
            let exchange = self.exchange(endpoint, &posted);
            let (content_type, body) = timeout(PATIENCE, exchange).await??;
            tokio::task::block_in_place(|| {
                self.settle(desk, carrier, &id, &posted, (&content_type, &body))
            })?;
        }
        Ok(())
    }

    /// Looks at what a carrier answered.
    fn settle(
        &self,
        desk: &Desk,
        carrier: &Known,
        id: &str,
        posted: &Posted,
        (content_type, body): (&str, &[u8]),
    ) -> Result<(), Failed> {
        let handle = &*carrier.row.handle;
        let rules = Rules {
            now: desk.now(),
            window: self.window,
            most: ANSWER,
            party: &self.party,
        };
        // Nobody signs for another.
        let known = |certificate: &_| {
            let known = self.known(desk, certificate);
            known.filter(|known| known.row.handle == handle)
        };
        let answer = Message::read(content_type, body, rules, known)?;
        if posted.is_acknowledged(&answer) {
            return Ok(self.outbox.done(handle, id)?);
        }
        match answer.content {
            Content::Error { about, code } if about.as_deref() == Some(id) => {
                let name = &*self.name;
                tracing::warn!(
                    name,
                    code,
                    "a carrier has refused an answer; it is put aside"
                );
                Ok(self.outbox.refused(handle, id)?)
            }
            _ => Err("the carrier signed for something else".into()),
        }
    }

    /// Sends a message to an address, and gives what comes back.
    async fn exchange(&self, endpoint: &str, posted: &Posted) -> Result<(String, Vec<u8>), Failed> {
        let uri: Uri = endpoint.parse()?;
        let host = uri.host().ok_or("the address names no host")?;
        let is_secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let bare = host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((bare, port)).await?;
        stream.set_nodelay(true)?;
        if !is_secure {
            return talk(stream, &uri, posted).await;
        }
        let connector = self.connector.as_ref();
        let connector = connector.ok_or("ca names no authorities of the carriers' addresses")?;
        let name = ServerName::try_from(bare.to_owned())?;
        talk(connector.connect(name, stream).await?, &uri, posted).await
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    uri: &Uri,
    posted: &Posted,
) -> Result<(String, Vec<u8>), Failed> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let host = uri.authority().map_or("", |it| it.as_str());
    let path = uri.path_and_query().map_or("/", |it| it.as_str());
    let request = Request::post(path)
        .header(HOST, host)
        .header(CONTENT_TYPE, &posted.content_type)
        .body(Full::new(Bytes::from(posted.body.clone())))?;
    let answer = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let content_type = answer.headers().get(CONTENT_TYPE);
        let content_type = content_type.map(HeaderValue::to_str).transpose()?;
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = Limited::new(answer.into_body(), ANSWER).collect().await?;
        let body = body.to_bytes().to_vec();
        match body.is_empty() {
            true => Err(format!("the carrier answered {status} and no receipt").into()),
            false => Ok((content_type, body)),
        }
    };
    tokio::pin!(answer);
    tokio::select! {
        answer = &mut answer => answer,
        ended = connection => {
            // What it has said by then is still read.
            ended?;
            answer.await
        }
    }
}
