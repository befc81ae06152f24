//! A small OpenID Connect provider on the loopback interface, with knobs for what can go wrong.
//!
//! - Source: OpenID Connect Core 1.0, sections 2 and 3.1; RFC 7636 for PKCE; RFC 7518 for keys.
//! - Its people, keys and secrets are invented and live as long as the test.

use crate::base64url::encode;
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// What is wrong with the tokens it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoil {
    /// Nothing.
    Nothing,
    /// They are for another client.
    Audience,
    /// They name another provider.
    Issuer,
    /// They answer another request.
    Nonce,
    /// They have expired.
    Expired,
    /// `alg` is `none`.
    Unsigned,
    /// They are signed by a key that is not published.
    OtherKey,
    /// They are signed with HMAC under the public key, which everybody knows.
    SharedSecret,
    /// They do not say when the person was asked.
    Untimed,
    /// The person was asked an hour ago.
    Stale,
}

/// The provider, which serves until the test ends.
pub struct OpenId(Arc<Shared>);

struct Shared {
    issuer: String,
    client: String,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
    state: Mutex<State>,
}

struct State {
    spoil: Spoil,
    /// Codes that were given and not used: nonce, challenge and subject.
    codes: HashMap<String, (String, String, String)>,
    given: usize,
}

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
        .expect("ring makes keys");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
        .expect("ring reads what it made")
}

impl OpenId {
    /// Starts a provider that knows one client.
    #[track_caller]
    pub fn start(client: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has one");
        let shared = Arc::new(Shared {
            issuer: format!("http://{address}"),
            client: client.to_owned(),
            key: key(),
            other: key(),
            state: Mutex::new(State {
                spoil: Spoil::Nothing,
                codes: HashMap::new(),
                given: 0,
            }),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.serve(stream);
            }
        });
        Self(shared)
    }

    /// Its address, which tokens name.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// From now on, tokens are wrong in this way.
    pub fn spoil(&self, spoil: Spoil) {
        self.0.state().spoil = spoil;
    }

    /// Somebody opens the address, proves to be `subject`, and is sent back with code and state.
    #[track_caller]
    pub fn authorize(&self, url: &str, subject: &str) -> (String, String) {
        let query = url
            .split_once('?')
            .expect("the address asks for something")
            .1;
        let asked = fields(query);
        let of = |name: &str| match asked.get(name) {
            Some(value) => value.clone(),
            None => panic!("{name} is missing from {url}"),
        };
        assert_eq!(of("client_id"), self.0.client);
        assert_eq!(of("response_type"), "code");
        assert_eq!(of("code_challenge_method"), "S256");
        assert_eq!((of("prompt"), of("max_age")), ("login".into(), "0".into()));
        let mut state = self.0.state();
        state.given += 1;
        let code = format!("code-{}", state.given);
        let known = (of("nonce"), of("code_challenge"), subject.to_owned());
        state.codes.insert(code.clone(), known);
        (code, of("state"))
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(&stream);
        let (mut first, mut length) = (String::new(), 0);
        if reader.read_line(&mut first).is_err() {
            return;
        }
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let path = first.split(' ').nth(1).unwrap_or_default();
        let (status, answer) = self.answer(path, &String::from_utf8_lossy(&body));
        let answer = answer.to_string();
        // A client that has gone away asks again or fails its test.
        let _ = write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{answer}",
            answer.len()
        );
    }

    fn answer(&self, path: &str, body: &str) -> (&'static str, Value) {
        let at = |path: &str| format!("{}{path}", self.issuer);
        match path {
            "/.well-known/openid-configuration" => (
                "200 OK",
                json!({
                    "issuer": self.issuer,
                    "authorization_endpoint": at("/authorize"),
                    "token_endpoint": at("/token"),
                    "jwks_uri": at("/keys"),
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
                }),
            ),
            "/keys" => {
                let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
                let key = json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1",
                    "x": encode(x), "y": encode(y),
                });
                ("200 OK", json!({ "keys": [key] }))
            }
            "/token" => self.token(&fields(body)).map_or_else(
                || ("400 Bad Request", json!({ "error": "invalid_grant" })),
                |token| ("200 OK", token),
            ),
            _ => ("404 Not Found", json!({})),
        }
    }

    fn token(&self, asked: &HashMap<String, String>) -> Option<Value> {
        let mut state = self.state();
        let (nonce, challenge, subject) = state.codes.remove(asked.get("code")?)?;
        let verifier = asked.get("code_verifier")?;
        if encode(digest(&SHA256, verifier.as_bytes()).as_ref()) != challenge {
            return None;
        }
        let spoil = state.spoil;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let wrong = |of: Spoil, right: &str| match spoil == of {
            true => "https://elsewhere.example".to_owned(),
            false => right.to_owned(),
        };
        let expires = if spoil == Spoil::Expired {
            now - 3600
        } else {
            now + 300
        };
        let mut claims = json!({
            "iss": wrong(Spoil::Issuer, &self.issuer),
            "aud": wrong(Spoil::Audience, &self.client),
            "nonce": wrong(Spoil::Nonce, &nonce),
            "sub": subject,
            "iat": now - 10,
            "exp": expires,
        });
        match spoil {
            Spoil::Untimed => {}
            Spoil::Stale => claims["auth_time"] = json!(now - 3600),
            _ => claims["auth_time"] = json!(now),
        }
        Some(json!({
            "access_token": "unused",
            "token_type": "Bearer",
            "id_token": self.sign(&claims, spoil),
        }))
    }

    fn sign(&self, claims: &Value, spoil: Spoil) -> String {
        let algorithm = match spoil {
            Spoil::Unsigned => "none",
            Spoil::SharedSecret => "HS256",
            _ => "ES256",
        };
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": "1" }).to_string();
        let text = format!(
            "{}.{}",
            encode(header.as_bytes()),
            encode(claims.to_string().as_bytes())
        );
        let by = |key: &EcdsaKeyPair| {
            let signature = key.sign(&SystemRandom::new(), text.as_bytes());
            encode(signature.expect("ring signs").as_ref())
        };
        let signature = match spoil {
            Spoil::Unsigned => String::new(),
            Spoil::OtherKey => by(&self.other),
            Spoil::SharedSecret => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, self.key.public_key().as_ref());
                encode(hmac::sign(&secret, text.as_bytes()).as_ref())
            }
            _ => by(&self.key),
        };
        format!("{text}.{signature}")
    }
}

/// The fields of a form or query.
fn fields(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (unescape(name), unescape(value)))
        .collect()
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
