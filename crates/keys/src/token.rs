//! A key that never leaves a token (PKCS#11) wraps the key of a key store.
//!
//! - In: library, token, PIN, label of an AES key, 32 bytes.  Out: those bytes under AES-256-GCM of
//!   the token.
//! - Invariant: a library is loaded and initialised once in a process, and one thread at a time
//!   speaks with it: PKCS#11 counts both by process.

use crate::KeyError;
use crate::secret::{Key, Secret, random};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// Libraries in use by this process.
static MODULES: Mutex<Option<HashMap<PathBuf, Pkcs11>>> = Mutex::new(None);

/// Bound to what is wrapped.
const USE: &[u8] = b"oriel keys 1";
const TAG_BITS: u64 = 128;

/// Wraps `secret` under the token's key of this label, which is made if there is none. Gives nonce
/// and wrapped bytes.
pub(crate) fn wrap(
    module: &Path,
    token: &str,
    pin: &Secret,
    label: &str,
    secret: &Key,
) -> Result<([u8; 12], Vec<u8>), KeyError> {
    let mut nonce = *random::<12>()?;
    let wrapped = with_session(module, token, pin, |session| {
        let key = match find(session, label)? {
            Some(key) => key,
            None => session.generate_key(&Mechanism::AesKeyGen, &made(label))?,
        };
        // Some tokens write the nonce they used into the place they were given.
        let gcm = GcmParams::new(&mut nonce, USE, TAG_BITS.into())?;
        session.encrypt(&Mechanism::AesGcm(gcm), key, &**secret)
    })?;
    Ok((nonce, wrapped))
}

/// The reverse of [`wrap`].
pub(crate) fn unwrap(
    module: &Path,
    token: &str,
    pin: &Secret,
    label: &str,
    nonce: &[u8],
    wrapped: &[u8],
    what: &'static str,
) -> Result<Key, KeyError> {
    let mut nonce = nonce.to_vec();
    let other = || KeyError::TokenKey {
        token: token.to_owned(),
        key: label.to_owned(),
        what,
    };
    let secret = with_session(module, token, pin, |session| {
        let Some(key) = find(session, label)? else {
            return Ok(None);
        };
        let gcm = GcmParams::new(&mut nonce, USE, TAG_BITS.into())?;
        match session.decrypt(&Mechanism::AesGcm(gcm), key, wrapped) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            // What tokens say of a tag that does not hold.
            Err(Error::Pkcs11(
                RvError::EncryptedDataInvalid
                | RvError::EncryptedDataLenRange
                | RvError::GeneralError,
                _,
            )) => Ok(None),
            Err(error) => Err(error),
        }
    })?;
    let secret = secret.ok_or_else(other)?;
    let secret = secret.as_slice().try_into().map_err(|_| other())?;
    Ok(Zeroizing::new(secret))
}

/// A secret key for wrapping that nobody can read out.
fn made(label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::ValueLen(32.into()),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
    ]
}

fn find(session: &Session, label: &str) -> Result<Option<ObjectHandle>, Error> {
    let wanted = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    Ok(session.find_objects(&wanted)?.into_iter().next())
}

/// Signs in to the token, acts, and signs out.
fn with_session<T>(
    module: &Path,
    token: &str,
    pin: &Secret,
    act: impl FnOnce(&Session) -> Result<T, Error>,
) -> Result<T, KeyError> {
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let modules = modules.get_or_insert_default();
    if !modules.contains_key(module) {
        let loaded = load(module).map_err(|source| KeyError::TokenModule {
            module: module.into(),
            source: source.into(),
        })?;
        modules.insert(module.into(), loaded);
    }
    let fault = |source: Error| match source {
        Error::Pkcs11(
            RvError::PinIncorrect
            | RvError::PinInvalid
            | RvError::PinLenRange
            | RvError::PinLocked
            | RvError::PinExpired,
            _,
        ) => KeyError::WrongPin {
            token: token.to_owned(),
        },
        source => KeyError::Token {
            token: token.to_owned(),
            source: source.into(),
        },
    };
    let missing = || KeyError::TokenMissing {
        token: token.to_owned(),
    };
    let library = &modules[module];
    let slots = library.get_slots_with_initialized_token().map_err(fault)?;
    let slot = slots.into_iter().find(|slot| {
        let label = library.get_token_info(*slot);
        label.is_ok_and(|token_has| token_has.label().trim_end() == token)
    });
    let session = library
        .open_rw_session(slot.ok_or_else(missing)?)
        .map_err(fault)?;
    let pin = std::str::from_utf8(pin.bytes()).map_err(|_| KeyError::WrongPin {
        token: token.to_owned(),
    })?;
    session
        .login(UserType::User, Some(&AuthPin::new(pin.into())))
        .map_err(fault)?;
    let done = act(&session).map_err(fault);
    session.logout().map_err(fault)?;
    done
}

fn load(module: &Path) -> Result<Pkcs11, Error> {
    let library = Pkcs11::new(module)?;
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // By another part of this process.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(library),
        Err(error) => Err(error),
    }
}
