//! HTTPS push with the key of the carrier's machine, over a connection that is kept.

use super::{Failed, Sent, Settled, Told, Who, connect_securely};
use crate::Way;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::task::JoinHandle;

/// A connection.
pub(crate) struct Https {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
    host: String,
    token: String,
}

impl Drop for Https {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Https {
    pub(crate) async fn open(way: &Way, who: &Who) -> Result<Self, Failed> {
        let (sender, driver) = handshake(way, who).await?;
        Ok(Self {
            sender,
            driver,
            host: format!("{}:{}", way.host, way.port),
            token: who.identity.token.clone(),
        })
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let request = Request::post("/api/v1/messages")
            .header("host", &self.host)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/octet-stream")
            .body(Full::new(Bytes::copy_from_slice(sent.bytes)))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        match status {
            StatusCode::OK | StatusCode::CREATED | StatusCode::UNPROCESSABLE_ENTITY => {
                let receipt: Value = serde_json::from_slice(&body)?;
                let messages = receipt["messages"].as_array();
                let replies = messages.into_iter().flatten();
                let answers = replies.filter(|it| it["reply"].is_string()).count();
                let settled = Settled::of(&receipt, answers as u64);
                Ok(settled.map_or(Told::Later, Told::Settled))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failed::Strange),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Ok(Told::Later),
            _ => Err(Failed::Broken),
        }
    }
}

/// A connection of HTTP/1.1, and what drives it.
pub(super) async fn handshake(
    way: &Way,
    who: &Who,
) -> Result<(SendRequest<Full<Bytes>>, JoinHandle<()>), Failed> {
    let stream = connect_securely(way, who).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(async {
        // Whoever sends learns of it.
        let _ = connection.await;
    });
    Ok((sender, driver))
}
