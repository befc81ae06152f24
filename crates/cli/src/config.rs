//! The configuration file of `oriel serve`: TOML, each table with its own type.
//!
//! - Invariants: an unknown key is an error, so that a misspelt one is not silently without effect;
//!   secrets stand in files of their own, which the configuration names.

use crate::commands::profile;
use crate::output::{Exit, fail};
use oriel_app::Compartment;
use oriel_keys::TokenKey;
use oriel_messages::Conventions;
use oriel_messages::reply::{Agreement, Agreements, Codes, Manner};
use oriel_policy::CheckMode;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Everything that can be said in the file. What is not said has the value that the command line
/// gives, or none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Address to listen on.
    pub(crate) listen: Option<SocketAddr>,
    /// Address at which browsers see the workbench, such as `https://oriel.example`.
    pub(crate) public_url: Option<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub(crate) proxies: Vec<IpAddr>,
    /// The server's own TLS.
    pub(crate) tls: Option<TlsFiles>,
    /// Providers at which people sign in (OpenID Connect); they need `public_url`.
    pub(crate) providers: Vec<Provider>,
    /// Key in a token that opens the vault, without its PIN, which whoever may unmask gives:
    /// `pkcs11:token=NAME;object=KEY?module-path=LIBRARY`.
    pub(crate) vault_token: Option<String>,
    /// Invented passengers only.
    pub(crate) demo: bool,
    /// Who receives, each under its own law; the first one is the default. Without any, the store's
    /// own, or one unit.
    #[serde(rename = "recipient")]
    recipients: Vec<Recipient>,
    /// What was agreed with senders about answers.
    #[serde(rename = "carrier")]
    carriers: Vec<Carrier>,
    /// How PNRGOV in XML is read where no public source settles it.
    pnrgov_xml: PnrgovXml,
    /// Ways in beside HTTP, each with a `kind` and the settings of that kind.
    #[serde(rename = "transport")]
    pub(crate) transports: Vec<toml::Table>,
}

/// What was agreed with a sender about answers: `receipt`, `syntax` or `silent` for each kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Carrier {
    /// Its identification in UNB or, in XML, its airline code.
    sender: String,
    /// Answer to bookings.
    pushes: Option<String>,
    /// Answer to lists of passengers and crew.
    lists: Option<String>,
    /// Answer to what was refused.
    refusals: Option<String>,
    /// Codes of ACKRES that differ from the usual ones.
    #[serde(default)]
    codes: AnswerCodes,
}

/// What is agreed with carriers about PNRGOV in XML; what is not said is as usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PnrgovXml {
    /// `TransactionStatusCode` and the function it stands for: 22 or 141.
    statuses: Option<BTreeMap<String, String>>,
    /// Elements and attributes as they are sent, and the names by which they are read.
    names: BTreeMap<String, String>,
    /// Whether a booking with neither passenger nor point of sale was cancelled.
    bare_is_cancelled: Option<bool>,
}

impl PnrgovXml {
    fn check(&self) -> Result<(), String> {
        for function in self.statuses.iter().flat_map(BTreeMap::values) {
            if !matches!(function.as_str(), "22" | "141") {
                return Err(format!(
                    "pnrgov_xml.statuses names the function {function:?}; it is 22 (every booking) \
                     or 141 (the changed ones)"
                ));
            }
        }
        Ok(())
    }

    fn conventions(&self) -> Conventions {
        let rows = |of: &BTreeMap<String, String>| {
            let rows = of.iter();
            rows.map(|(sent, read)| (sent.into(), read.into()))
                .collect()
        };
        let usual = Conventions::default();
        Conventions {
            statuses: self.statuses.as_ref().map_or(usual.statuses, rows),
            names: rows(&self.names),
            bare_is_cancelled: self.bare_is_cancelled.unwrap_or(usual.bare_is_cancelled),
        }
    }
}

/// Codes of ACKRES, which states and carriers agree on: no public source settles them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AnswerCodes {
    /// PADIS 1225.
    acknowledgement: Option<String>,
    /// PADIS 4343: taken.
    processed: Option<String>,
    /// Taken in part.
    partly: Option<String>,
    /// Not taken.
    not_processed: Option<String>,
}

impl AnswerCodes {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        let own = [&self.processed, &self.partly, &self.not_processed];
        for (code, own) in codes.outcomes.iter_mut().zip(own) {
            if let Some(own) = own {
                *code = own.as_str().into();
            }
        }
        if let Some(own) = &self.acknowledgement {
            codes.acknowledgement = own.as_str().into();
        }
        codes
    }
}

impl Carrier {
    fn agreement(&self) -> Result<Agreement, String> {
        let manner = |name: &Option<String>, otherwise: Manner| {
            match name {
            None => Ok(otherwise),
            Some(name) => Manner::named(name).ok_or_else(|| {
                format!(
                    "the carrier {:?} is answered by {name:?}; it is receipt, verdicts, syntax or silent",
                    self.sender
                )
            }),
        }
        };
        let usual = Agreement::default();
        Ok(Agreement {
            pushes: manner(&self.pushes, usual.pushes)?,
            lists: manner(&self.lists, usual.lists)?,
            refusals: manner(&self.refusals, usual.refusals)?,
            codes: self.codes.codes(),
        })
    }
}

/// Somebody who receives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipient {
    /// Short name; it stands in every record and never changes.
    id: String,
    /// Name for people.
    title: String,
    /// Legal profile of its first start: a name that comes with the program, or a file.
    profile: String,
}

/// PEM files of the server's own TLS.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsFiles {
    /// The server's certificate and those between it and its authority.
    pub(crate) certificate: PathBuf,
    /// Its key.
    pub(crate) key: PathBuf,
    /// Authority of the certificates that machines show.
    pub(crate) client_ca: Option<PathBuf>,
}

/// A provider at which people sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    /// Its name in addresses: lower-case letters, digits and hyphens.
    pub(crate) id: String,
    /// Its name on the button.
    pub(crate) name: String,
    /// Its address, as its tokens name it.
    pub(crate) issuer: String,
    /// What it calls this system.
    pub(crate) client_id: String,
    /// File whose first line is what this system proves itself with.
    pub(crate) client_secret_file: Option<PathBuf>,
}

impl Provider {
    fn check(&self) -> Result<(), String> {
        let named = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.id.is_empty() || !self.id.bytes().all(named) {
            return Err(format!(
                "the provider {:?} needs an id of lower-case letters, digits and hyphens",
                self.id
            ));
        }
        if !self.issuer.starts_with("https://") {
            return Err(format!(
                "the provider {} is at {:?}; only https is safe for signing in",
                self.id, self.issuer
            ));
        }
        Ok(())
    }
}

impl Config {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|fault| {
            fail(
                Exit::Configuration,
                format!("cannot read the configuration {} ({fault})", path.display()),
            )
        })?;
        Self::parse(&text).map_err(|fault| {
            fail(
                Exit::Configuration,
                format!(
                    "the configuration {} does not hold: {fault}",
                    path.display()
                ),
            )
        })
    }

    /// The recipients it names, with their profiles; nothing where it names none.
    pub(crate) fn recipients(&self, mode: CheckMode) -> anyhow::Result<Option<Vec<Compartment>>> {
        if self.recipients.is_empty() {
            return Ok(None);
        }
        let read = self.recipients.iter().map(|named| {
            let profile = profile::fitting(&named.profile, mode)?;
            Ok(Compartment::new(&named.id, &named.title, profile)?)
        });
        read.collect::<anyhow::Result<_>>().map(Some)
    }

    /// What was agreed with senders about answers.
    pub(crate) fn agreements(&self) -> Agreements {
        let mut agreements = Agreements::default();
        let agreed = self.carriers.iter();
        for (carrier, agreement) in agreed.filter_map(|row| Some((row, row.agreement().ok()?))) {
            agreements.add(&carrier.sender, agreement);
        }
        agreements
    }

    /// How messages are read where their formats leave it open.
    pub(crate) fn conventions(&self) -> Conventions {
        self.pnrgov_xml.conventions()
    }

    /// The key in a token that opens the vault.
    pub(crate) fn vault_token(&self) -> Result<Option<TokenKey>, String> {
        let named = self.vault_token.as_deref().map(TokenKey::parse);
        let named = named.transpose();
        named.map_err(|fault| format!("vault_token: {fault}"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|fault| fault.to_string())?;
        for (at, named) in config.carriers.iter().enumerate() {
            named.agreement()?;
            if config.carriers[..at]
                .iter()
                .any(|known| known.sender == named.sender)
            {
                return Err(format!("two carriers have the sender {:?}", named.sender));
            }
        }
        for (at, named) in config.recipients.iter().enumerate() {
            if config.recipients[..at]
                .iter()
                .any(|known| known.id == named.id)
            {
                return Err(format!("two recipients have the id {:?}", named.id));
            }
        }
        if let Some(url) = &config.public_url {
            check_public_url(url)?;
        }
        config.vault_token()?;
        config.pnrgov_xml.check()?;
        config.providers.iter().try_for_each(Provider::check)?;
        Ok(config)
    }
}

/// An origin: scheme and host, perhaps a port, and nothing behind it.
pub(crate) fn check_public_url(url: &str) -> Result<(), String> {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://").filter(|host| is_local(host)))
        .filter(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
    match host {
        Some(_) => Ok(()),
        None => Err(format!(
            "public_url is {url:?}; it is the address of the workbench without a path, such as \
             https://oriel.example"
        )),
    }
}

/// Browsers treat this machine as they treat TLS.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.starts_with("localhost:")
}

/// A secret from its file: the first line.
pub(crate) fn secret(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).map_err(|fault| {
        fail(
            Exit::Configuration,
            format!("cannot read the secret in {} ({fault})", path.display()),
        )
    })?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => Err(fail(
            Exit::Configuration,
            format!(
                "{} holds no secret: its first line is blank",
                path.display()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[track_caller]
    fn check(text: &str, fault: &str) {
        match Config::parse(text) {
            Ok(_) => assert_eq!(fault, ""),
            Err(said) => assert!(!fault.is_empty() && said.contains(fault), "{said}"),
        }
    }

    #[test]
    fn what_is_not_known_is_not_ignored() {
        check("", "");
        check(
            "listen = \"0.0.0.0:8443\"\nproxies = [\"10.0.0.1\", \"::1\"]",
            "",
        );
        check("lisen = \"0.0.0.0:8443\"", "unknown field");
        check("proxies = [\"proxy.example\"]", "invalid");
    }

    #[test]
    fn what_no_source_settles_about_xml_is_said_here() {
        let said = "[pnrgov_xml]\nstatuses = { U = \"141\" }\nnames = { Log = \"History\" }\n";
        check(said, "");
        check(
            "[pnrgov_xml.statuses]\nU = \"12\"",
            "names the function \"12\"",
        );
        let conventions = Config::parse(said).unwrap().conventions();
        assert_eq!(conventions.statuses, [("U".into(), "141".into())]);
        assert_eq!(conventions.names, [("Log".into(), "History".into())]);
        assert!(conventions.bare_is_cancelled);
    }

    #[test]
    fn a_recipient_has_an_id_of_its_own() {
        let one = "[[recipient]]\nid = \"piu\"\ntitle = \"Unit\"\nprofile = \"eu-2022\"\n";
        let two = one.replace("piu", "border").replace("eu-2022", "api-only");
        check(&format!("demo = true\n{one}{two}"), "");
        check(&format!("{one}{one}"), "two recipients");
        check(&format!("{one}keys = 1"), "unknown field");
    }

    #[test]
    fn a_provider_is_named_and_speaks_tls() {
        let provider = |id: &str, issuer: &str| {
            format!(
                "[[providers]]\nid = \"{id}\"\nname = \"Ministry\"\nissuer = \"{issuer}\"\n\
                 client_id = \"oriel\"\n"
            )
        };
        check(&provider("ministry", "https://id.example"), "");
        check(&provider("Ministry 1", "https://id.example"), "lower-case");
        check(&provider("ministry", "http://id.example"), "only https");
        let secret = "client_secret = \"here\"";
        check(
            &(provider("ministry", "https://id.example") + secret),
            "unknown field",
        );
    }

    #[test]
    fn a_public_address_is_an_origin_over_tls() {
        check("public_url = \"https://oriel.example\"", "");
        check("public_url = \"https://oriel.example:8443\"", "");
        check("public_url = \"http://localhost:8480\"", "");
        let token = "pkcs11:token=a;object=vault?module-path=/l.so";
        check(&format!("vault_token = \"{token}\""), "");
        check(
            &format!("vault_token = \"{token}&pin-source=/p\""),
            "leave pin-source out",
        );
        check("public_url = \"http://oriel.example\"", "without a path");
        check(
            "public_url = \"https://oriel.example/app\"",
            "without a path",
        );
        check(
            "public_url = \"https://ada@oriel.example\"",
            "without a path",
        );
    }
}
