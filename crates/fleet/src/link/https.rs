//! HTTPS push with the key or the certificate of the carrier's machine, over a connection that is kept.

use super::{Failed, Sent, Settled, Stream, Told, Who, connect, connect_securely, secured};
use crate::Way;
use crate::paper::refusal;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a window takes at most to refuse a certificate.
const REFUSES: Duration = Duration::from_secs(5);

/// A connection.
pub(crate) struct Https {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
    host: String,
    token: Option<String>,
}

impl Drop for Https {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Https {
    pub(crate) async fn open(way: &Way, who: &Who) -> Result<Self, Failed> {
        Ok(Self::over(handshake(way, who).await?, way, who))
    }

    fn over((sender, driver): Line, way: &Way, who: &Who) -> Self {
        Self {
            sender,
            driver,
            host: format!("{}:{}", way.host, way.port),
            token: who.identity.bearer().map(str::to_owned),
        }
    }

    /// Shows a certificate that must not count, and sends where TLS takes it. Gives who said no and
    /// why, or nothing where it came in; a fault is neither.
    pub(crate) async fn show(
        way: &Way,
        who: &Who,
        sent: Sent<'_>,
    ) -> Result<Option<&'static str>, Failed> {
        let mut stream = match secured(way, who, connect(way, who).await?).await? {
            Ok(stream) => stream,
            Err(why) => return refusal(&why).map(Some).ok_or(Failed::Broken),
        };
        // In TLS 1.3 the window looks at it when the carrier believes to be through; who writes
        // first may find the connection closed before the reason is read.
        if !who.identity.shows_both {
            match timeout(REFUSES, stream.read_u8()).await {
                Ok(Ok(_)) => return Err(Failed::Broken),
                Ok(Err(why)) => return refusal(&why).map(Some).ok_or(Failed::Broken),
                Err(_) => {}
            }
        }
        let mut link = Self::over(begin(stream).await?, way, who);
        match link.send(sent).await {
            Ok(Told::Settled(_)) => Ok(None),
            Err(Failed::Strange) => Ok(Some("no session")),
            Ok(Told::Later) | Err(Failed::Broken) => Err(Failed::Broken),
        }
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let mut request = Request::post("/api/v1/messages")
            .header("host", &self.host)
            .header("content-type", "application/octet-stream");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(sent.bytes)))?;
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
type Line = (SendRequest<Full<Bytes>>, JoinHandle<()>);

pub(super) async fn handshake(way: &Way, who: &Who) -> Result<Line, Failed> {
    begin(connect_securely(way, who).await?).await
}

async fn begin(stream: impl Stream + 'static) -> Result<Line, Failed> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(async {
        // Whoever sends learns of it.
        let _ = connection.await;
    });
    Ok((sender, driver))
}
