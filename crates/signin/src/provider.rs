//! Sign-in at a provider: OpenID Connect 1.0, authorization code with PKCE (RFC 7636) and nonce.
//!
//! - Invariants: only the subject of a token whose signature, issuer, audience, expiry and nonce
//!   hold is an [`Identity`]; signatures are public-key ones of a fixed set, never `none` and never
//!   a shared secret; what begins at one provider ends at the same one.
//! - What a provider vouches for is a proof given now, never one of this morning: it is asked to ask
//!   the person (`prompt=login`, `max_age=0`), and its token must say that it has (`auth_time`).
//!   Every provider must be able to (OpenID Connect Core 1.0, section 15.1).

use crate::Refused;
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse, http,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Longest answer of a provider, in bytes.
const ANSWER_LIMIT: usize = 1 << 20;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long what a provider says of itself is believed before signing in begins.
const KEPT: Duration = Duration::from_secs(600);

/// How far the clock of a provider may be behind ours, in seconds.
const BEHIND: i64 = 60;

/// Signatures that count.
const SIGNATURES: [CoreJwsSigningAlgorithm; 7] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A provider as configured.
#[derive(Clone)]
pub struct ProviderConfig {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its address; tokens must name it.
    pub issuer: String,
    /// What it calls this system.
    pub client_id: String,
    /// What this system proves itself with, where it must.
    pub client_secret: Option<String>,
}

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderConfig({} at {})", self.id, self.issuer)
    }
}

/// Who somebody is at a provider, proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    issuer: String,
    subject: String,
}

impl Identity {
    /// The provider's address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The provider's name for the person.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// A sign-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// For the server to keep.
    pub state: String,
}

/// What is kept between the two halves.
#[derive(Deserialize, Serialize)]
struct Kept {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    /// When it began, in seconds since 1970.
    begun: i64,
}

/// Seconds since 1970 by this machine's clock, which tokens are judged by too.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

#[derive(Debug)]
struct Provider {
    config: ProviderConfig,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// The providers of one installation.
#[derive(Debug)]
pub struct Providers {
    list: Vec<Provider>,
    public_url: String,
    client: reqwest::Client,
}

impl Providers {
    /// Providers for the workbench at `public_url`.
    pub fn new(public_url: &str, configs: Vec<ProviderConfig>) -> Result<Self, Refused> {
        // An error says that one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|fault| Refused::Provider(fault.to_string()))?;
        let list = configs.into_iter().map(|config| Provider {
            config,
            known: Mutex::new(None),
        });
        Ok(Self {
            list: list.collect(),
            public_url: public_url.to_owned(),
            client,
        })
    }

    /// Name in addresses and name for people, of each.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let configs = self.list.iter().map(|provider| &provider.config);
        configs.map(|config| (config.id.as_str(), config.name.as_str()))
    }

    /// The address that a provider is known by.
    pub fn issuer(&self, id: &str) -> Result<&str, Refused> {
        self.find(id)
            .map(|provider| provider.config.issuer.as_str())
    }

    fn find(&self, id: &str) -> Result<&Provider, Refused> {
        let found = self.list.iter().find(|provider| provider.config.id == id);
        found.ok_or(Refused::Unknown)
    }

    fn redirect(&self, id: &str) -> Result<RedirectUrl, Refused> {
        let url = format!("{}/api/v1/session/providers/{id}/callback", self.public_url);
        RedirectUrl::new(url).map_err(|fault| Refused::Provider(fault.to_string()))
    }

    async fn metadata(&self, provider: &Provider) -> Result<CoreProviderMetadata, Refused> {
        let issuer = IssuerUrl::new(provider.config.issuer.clone())
            .map_err(|fault| Refused::Provider(fault.to_string()))?;
        let http = |request| send(self.client.clone(), request);
        let metadata = CoreProviderMetadata::discover_async(issuer, &http)
            .await
            .map_err(|fault| Refused::Provider(fault.to_string()))?;
        *provider
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    /// Begins to sign in at a provider.
    pub async fn begin(&self, id: &str) -> Result<Begun, Refused> {
        let provider = self.find(id)?;
        let known = provider
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let metadata = match known {
            Some((at, metadata)) if at.elapsed() < KEPT => metadata,
            _ => self.metadata(provider).await?,
        };
        let config = &provider.config;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(config.client_id.clone()),
            config.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(self.redirect(id)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge)
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(Duration::ZERO)
            .url();
        let kept = Kept {
            provider: id.to_owned(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            begun: now(),
        };
        let state =
            serde_json::to_string(&kept).map_err(|fault| Refused::Provider(fault.to_string()))?;
        Ok(Begun {
            url: url.into(),
            state,
        })
    }

    /// Ends it: exchanges the code and checks the token. `issuer` is what the answer itself claims
    /// (RFC 9207), where the provider says it.
    pub async fn end(
        &self,
        id: &str,
        kept: &str,
        state: &str,
        code: &str,
        issuer: Option<&str>,
    ) -> Result<Identity, Refused> {
        let kept: Kept =
            serde_json::from_str(kept).map_err(|_| Refused::State("it was begun otherwise"))?;
        if kept.provider != id {
            return Err(Refused::State("it was begun at another provider"));
        }
        if kept.state != state {
            return Err(Refused::State("its state is another"));
        }
        let provider = self.find(id)?;
        let config = &provider.config;
        if issuer.is_some_and(|issuer| issuer != config.issuer) {
            return Err(Refused::State("it comes from another provider"));
        }
        // Asked anew, because keys are exchanged now and then.
        let metadata = self.metadata(provider).await?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(config.client_id.clone()),
            config.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(self.redirect(id)?);
        let http = |request| send(self.client.clone(), request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|fault| Refused::Provider(fault.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(kept.verifier))
            .request_async(&http)
            .await
            .map_err(|fault| Refused::Provider(fault.to_string()))?;
        let token = answer
            .id_token()
            .ok_or_else(|| Refused::Token("there is none".to_owned()))?;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_auth_time_verifier_fn(|at| match at {
                Some(at) if at.timestamp() >= kept.begun - BEHIND => Ok(()),
                Some(_) => Err("the person was not asked anew".to_owned()),
                None => Err("it does not say when the person was asked".to_owned()),
            });
        let claims = token
            .claims(&verifier, &Nonce::new(kept.nonce))
            .map_err(|fault| Refused::Token(fault.to_string()))?;
        Ok(Identity {
            issuer: config.issuer.clone(),
            subject: claims.subject().to_string(),
        })
    }
}

/// A provider that cannot be reached, or says too much.
#[derive(Debug, thiserror::Error)]
enum Unreachable {
    #[error("it cannot be reached")]
    Http(#[from] reqwest::Error),
    #[error("it says more than {ANSWER_LIMIT} bytes")]
    Long,
    #[error("its answer cannot be read")]
    Answer(#[from] http::Error),
}

async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut builder = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_LIMIT {
            return Err(Unreachable::Long);
        }
    }
    Ok(builder.body(body)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_testkit::{OpenId, Spoil};

    const HERE: &str = "https://oriel.example";

    fn providers(of: &[(&str, &OpenId)]) -> Providers {
        let configs = of.iter().map(|(id, provider)| ProviderConfig {
            id: (*id).to_owned(),
            name: (*id).to_owned(),
            issuer: provider.issuer().to_owned(),
            client_id: "oriel".to_owned(),
            client_secret: Some("not much of one".to_owned()),
        });
        Providers::new(HERE, configs.collect()).unwrap()
    }

    /// One sign-in at a provider that goes wrong in one way.
    async fn check(spoil: Spoil, expect: &str) {
        let provider = OpenId::start("oriel");
        let providers = providers(&[("ministry", &provider)]);
        let begun = providers.begin("ministry").await.unwrap();
        provider.spoil(spoil);
        let (code, state) = provider.authorize(&begun.url, "subject-1");
        let end = providers.end("ministry", &begun.state, &state, &code, None);
        match end.await {
            Ok(identity) => {
                assert_eq!(expect, "", "{spoil:?}");
                assert_eq!(identity.subject(), "subject-1");
                assert_eq!(identity.issuer(), provider.issuer());
            }
            Err(refused) => {
                let said = refused.to_string();
                assert!(
                    !expect.is_empty() && said.contains(expect),
                    "{spoil:?}: {said}"
                );
            }
        }
    }

    #[tokio::test]
    async fn only_a_token_that_holds_in_every_part_is_an_identity() {
        check(Spoil::Nothing, "").await;
        for spoil in [
            Spoil::Audience,
            Spoil::Issuer,
            Spoil::Nonce,
            Spoil::Expired,
            Spoil::Unsigned,
            Spoil::OtherKey,
            Spoil::SharedSecret,
        ] {
            check(spoil, "token does not hold").await;
        }
        check(Spoil::Untimed, "does not say when").await;
        check(Spoil::Stale, "not asked anew").await;
    }

    #[tokio::test]
    async fn what_was_begun_ends_where_it_began() {
        let (one, two) = (OpenId::start("oriel"), OpenId::start("oriel"));
        let providers = providers(&[("one", &one), ("two", &two)]);
        let begun = providers.begin("one").await.unwrap();
        let other = providers.begin("one").await.unwrap();
        let (code, state) = one.authorize(&begun.url, "subject-1");
        for (id, kept, said, issuer) in [
            ("two", &begun.state, state.as_str(), None),
            ("one", &begun.state, "another", None),
            ("one", &other.state, state.as_str(), None),
            ("one", &begun.state, state.as_str(), Some(two.issuer())),
            ("three", &begun.state, state.as_str(), None),
        ] {
            let end = providers.end(id, kept, said, &code, issuer).await;
            assert!(
                matches!(end, Err(Refused::State(_))),
                "{id} {said}: {end:?}"
            );
        }
        let issuer = Some(one.issuer());
        let end = providers.end("one", &begun.state, &state, &code, issuer);
        assert!(end.await.is_ok());
        let again = providers.end("one", &begun.state, &state, &code, None);
        assert!(again.await.is_err(), "a code works once");
    }

    #[tokio::test]
    async fn a_code_of_somebody_else_does_not_fit_the_verifier() {
        let provider = OpenId::start("oriel");
        let providers = providers(&[("one", &provider)]);
        let (mine, theirs) = (
            providers.begin("one").await.unwrap(),
            providers.begin("one").await.unwrap(),
        );
        let (_, state) = provider.authorize(&mine.url, "subject-1");
        let (stolen, _) = provider.authorize(&theirs.url, "subject-2");
        let end = providers.end("one", &mine.state, &state, &stolen, None);
        assert!(matches!(end.await, Err(Refused::Provider(_))));
    }
}
