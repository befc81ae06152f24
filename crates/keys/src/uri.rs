//! Reads the address of a key in a token.
//!
//! Source: RFC 7512. Of its attributes only those are taken that name one key of one token, the
//! library and the file with the PIN; a PIN in the address itself is refused, because addresses are
//! seen by others.

use crate::{KeyError, Lock, Secret, TokenKey};
use std::path::PathBuf;

/// The lock that `uri` names.
pub(crate) fn token(uri: &str) -> Result<Lock, KeyError> {
    let (key, pin) = read(uri)?;
    let what = "pin-source is missing";
    let pin = pin.ok_or(KeyError::TokenUri { what })?;
    // The RFC lets a bare path and a file address stand for the same.
    let pin = PathBuf::from(pin.strip_prefix("file:").unwrap_or(&pin));
    Ok(key.with(Secret::read(&pin)?))
}

/// The key that `uri` names, whose PIN is somebody else's to give.
pub(crate) fn key(uri: &str) -> Result<TokenKey, KeyError> {
    match read(uri)? {
        (key, None) => Ok(key),
        (_, Some(_)) => Err(KeyError::TokenUri {
            what: "the PIN is given by a person here: leave pin-source out",
        }),
    }
}

/// The key, and the file with its PIN where one is named.
fn read(uri: &str) -> Result<(TokenKey, Option<String>), KeyError> {
    let wrong = |what| KeyError::TokenUri { what };
    let rest = uri
        .strip_prefix("pkcs11:")
        .ok_or(wrong("it starts with pkcs11:"))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (mut token, mut key, mut module, mut pin) = (None, None, None, None);
    let parts = path.split(';').chain(query.split('&'));
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) = part
            .split_once('=')
            .ok_or(wrong("an attribute has a value"))?;
        let value = decode(value).ok_or(wrong("a percent sign stands before two digits"))?;
        let place = match name {
            "token" => &mut token,
            "object" => &mut key,
            "module-path" => &mut module,
            "pin-source" => &mut pin,
            "pin-value" => return Err(wrong("the PIN belongs into a file: pin-source")),
            "type" if value == "secret-key" => continue,
            _ => return Err(wrong("other attributes are not known here")),
        };
        if place.replace(value).is_some() {
            return Err(wrong("an attribute is given once"));
        }
    }
    let key = TokenKey {
        module: module.ok_or(wrong("module-path is missing"))?.into(),
        token: token.ok_or(wrong("token is missing"))?,
        key: key.ok_or(wrong("object is missing"))?,
    };
    Ok((key, pin))
}

/// Takes percent signs away; `None` where they do not stand before two hexadecimal digits of UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || (rest.next()? as char).to_digit(16);
                (digit()? << 4 | digit()?) as u8
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_testkit::TempDir;
    use std::os::unix::fs::PermissionsExt;

    #[track_caller]
    fn check(uri: &str, expect: &str) {
        let got = match token(uri) {
            Ok(Lock::Token {
                module, token, key, ..
            }) => format!("{} / {token} / {key}", module.display()),
            Ok(other) => panic!("{other:?}"),
            Err(KeyError::TokenUri { what }) => what.to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expect);
    }

    #[test]
    fn an_address_names_library_token_and_key() {
        let dir = TempDir::new("uri");
        let pin = dir.path().join("pin");
        std::fs::write(&pin, "1234\n").unwrap();
        std::fs::set_permissions(&pin, PermissionsExt::from_mode(0o600)).unwrap();
        let pin = pin.display();
        for scheme in ["", "file:"] {
            check(
                &format!(
                    "pkcs11:token=unit%20a;object=oriel;type=secret-key?module-path=/l.so&pin-source={scheme}{pin}"
                ),
                "/l.so / unit a / oriel",
            );
        }
        for (uri, expect) in [
            ("token=a", "it starts with pkcs11:"),
            ("pkcs11:token", "an attribute has a value"),
            ("pkcs11:token=%4", "a percent sign stands before two digits"),
            ("pkcs11:token=a;token=b", "an attribute is given once"),
            ("pkcs11:serial=1", "other attributes are not known here"),
            (
                "pkcs11:token=a?pin-value=1",
                "the PIN belongs into a file: pin-source",
            ),
            (
                "pkcs11:token=a;object=b?module-path=/l.so",
                "pin-source is missing",
            ),
        ] {
            check(uri, expect);
        }
        check(
            &format!("pkcs11:token=a;object=b?pin-source={pin}"),
            "module-path is missing",
        );
        check(
            &format!("pkcs11:token=a?module-path=/l.so&pin-source={pin}"),
            "object is missing",
        );
        check(
            &format!("pkcs11:object=b?module-path=/l.so&pin-source={pin}"),
            "token is missing",
        );
    }
}
