//! A queue of a broker that speaks AMQP 1.0, and the queue in which answers lie.

use super::{Failed, Sent, Settled, Told, Who, connect_securely};
use crate::Way;
use fe2o3_amqp::connection::ConnectionHandle;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::types::messaging::{Body, Data, Header, Message, MessageId, Outcome, Properties};
use fe2o3_amqp::types::primitives::{Binary, Value};
use fe2o3_amqp::{Connection, Receiver, Sender, Session};

/// A connection with its queues.
pub(crate) struct Queue {
    sender: Sender,
    receiver: Receiver,
    // Links end with them.
    _session: SessionHandle<()>,
    _connection: ConnectionHandle<()>,
}

impl Queue {
    pub(crate) async fn open(way: &Way, who: &Who) -> Result<Self, Failed> {
        let stream = connect_securely(way, who).await?;
        let connection = Connection::builder()
            .container_id(format!("carrier-{}", who.handle))
            .hostname(&*way.host)
            .scheme("amqp")
            .sasl_profile(SaslProfile::Plain {
                username: way.user.clone(),
                password: who.identity.password.clone(),
            })
            .open_with_stream(stream)
            .await;
        // It does not say why in a way that could be told apart: a broker that is there and does not
        // open a connection does not know who asks.
        let mut connection = connection.map_err(|_| Failed::Strange)?;
        let mut session = Session::begin(&mut connection).await?;
        let sender = Sender::attach(&mut session, "carrier-out", &*way.path).await?;
        let receiver = Receiver::attach(&mut session, "carrier-in", &*way.other).await?;
        Ok(Self {
            sender,
            receiver,
            _session: session,
            _connection: connection,
        })
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let id = MessageId::from(sent.name.to_owned());
        let message = Message::builder()
            .header(Header {
                durable: true,
                ..Header::default()
            })
            .properties(Properties::builder().message_id(id.clone()).build())
            .body(Body::Data(vec![Data(Binary::from(sent.bytes))].into()))
            .build();
        let message: Message<Body<Value>> = message;
        match self.sender.send(message).await? {
            Outcome::Accepted(_) => {}
            _ => return Ok(Told::Later),
        }
        let mut answers = 0;
        loop {
            let next = self.receiver.recv::<Body<Value>>().await?;
            self.receiver.accept(&next).await?;
            let message = next.into_message();
            let properties = message.properties.unwrap_or_default();
            // Of an earlier try, or a notice.
            if properties.correlation_id.as_ref() != Some(&id) {
                continue;
            }
            let is_receipt = properties.content_type.as_ref().map(|it| it.as_str());
            if is_receipt != Some("application/json") {
                answers += 1;
                continue;
            }
            let pieces = message.body.try_into_data().map_err(|_| Failed::Broken)?;
            let bytes: Vec<u8> = pieces.flat_map(Binary::into_vec).collect();
            let settled = Settled::of(&serde_json::from_slice(&bytes)?, answers);
            return Ok(settled.map_or(Told::Later, Told::Settled));
        }
    }
}
