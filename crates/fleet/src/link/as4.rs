//! AS4: pushed, signed for, and told in a unit that is pushed back.

use super::https::handshake;
use super::{Failed, Sent, Settled, Status, Told, Who};
use crate::Way;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode};
use jiff::SignedDuration;
use oriel_ebms::{Content, Draft, Message, Part, Rules, Signer};
use ring::rand::SystemRandom;
use tokio::task::JoinHandle;

/// Where to push, and the connection where it is still open.
pub(crate) struct As4 {
    way: Way,
    who: Who,
    line: Option<(SendRequest<Full<Bytes>>, JoinHandle<()>)>,
}

/// Bytes of an answer.
const ANSWER: usize = 1 << 20;

impl Drop for As4 {
    fn drop(&mut self) {
        self.close();
    }
}

impl As4 {
    pub(crate) fn open(way: &Way, who: &Who) -> Self {
        Self {
            way: way.clone(),
            who: who.clone(),
            line: None,
        }
    }

    fn close(&mut self) {
        if let Some((_, driver)) = self.line.take() {
            driver.abort();
        }
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let (random, own) = (SystemRandom::new(), &self.who.identity.as4);
        let id = format!("{}@{}.example", sent.name, self.who.handle);
        let parts = [Part {
            media: "application/EDIFACT".to_owned(),
            name: sent.name.to_owned(),
            bytes: sent.bytes.to_vec(),
        }];
        let draft = Draft {
            id: &id,
            at: self.who.now(),
            about: None,
            conversation: &id,
            from: &self.who.handle,
            to: &self.way.other,
            agreement: None,
            service: "PNRGOV",
            action: "push",
            parts: &parts,
        };
        let signer = Signer {
            own,
            random: &random,
        };
        let posted = draft.post(signer)?;
        let path = match &*self.way.path {
            "" => "/",
            path => path,
        };
        let request = Request::post(path)
            .header("host", format!("{}:{}", self.way.host, self.way.port))
            .header(CONTENT_TYPE, &posted.content_type)
            .body(Full::new(Bytes::from(posted.body.clone())))?;
        // Each push may come over a connection of its own; one that is still open is used.
        let is_open = self.line.as_ref().is_some_and(|(it, _)| !it.is_closed());
        if !is_open {
            self.close();
            self.line = Some(handshake(&self.way, &self.who).await?);
        }
        let Some((sender, _)) = &mut self.line else {
            return Err(Failed::Broken);
        };
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            return Ok(Told::Later);
        }
        let kind = answer.headers().get(CONTENT_TYPE).cloned();
        let kind = kind.as_ref().and_then(|it| it.to_str().ok());
        let body = answer.into_body().collect().await?.to_bytes();
        let rules = Rules {
            now: (self.who.clock)(),
            window: SignedDuration::from_hours(24),
            most: ANSWER,
            party: &self.who.handle,
        };
        // Whose certificate the window signs with is not asked here: what is played is the carrier's
        // side of the conversation, and its product asks.
        let answer = Message::read(kind.unwrap_or_default(), &body, rules, |_| Some(()));
        let answer = answer.map_err(|_| Failed::Broken)?;
        if posted.is_acknowledged(&answer) {
            let Some(mailbox) = &self.who.mailbox else {
                return Ok(Told::Settled(Settled::plain(Status::Signed, 0)));
            };
            return Ok(Told::Settled(mailbox.of(&id).await));
        }
        match answer.content {
            Content::Error { code, .. } if code == "EBMS:0101" => Err(Failed::Strange),
            Content::Error { code, .. } => {
                let mut settled = Settled::plain(Status::Refused, 0);
                settled.reasons.push(code);
                Ok(Told::Settled(settled))
            }
            _ => Err(Failed::Broken),
        }
    }
}
