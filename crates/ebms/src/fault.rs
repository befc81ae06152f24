//! Why a message is refused: a sentence for people, and the error code of ebMS 3.0 for machines.

/// A fault, its code, and what the standard calls that.
macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident $code:literal $short:literal $says:literal;)+) => {
        /// Why a message is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[doc = $doc])+ #[error($says)] $name,)+
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its code, as `EBMS:0101`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => concat!("EBMS:", $code),)+ }
            }

            /// What the standard calls the code.
            pub fn short(self) -> &'static str {
                match self { $(Self::$name => $short,)+ }
            }
        }
    };
}

faults! {
    /// MIME.
    Parts "0007" "MimeInconsistency"
        "the parts of the message cannot be told apart, or do not fit its content type";
    /// XML, or SOAP.
    Envelope "0009" "InvalidHeader"
        "the envelope is not well-formed, or not SOAP 1.2";
    /// A document type declaration.
    DocumentType "0009" "InvalidHeader"
        "the envelope declares a document type, by which XML can be made to grow or to fetch";
    /// Bounds.
    TooMuch "0009" "InvalidHeader"
        "the envelope has more elements, attributes, references or depth than is read";
    /// What must be there once.
    Header "0009" "InvalidHeader"
        "a header that must be there once is missing, doubled, or has no value that can be used";
    /// Identifiers.
    Identifiers "0009" "InvalidHeader"
        "an identifier stands on two elements, so that a signature could mean either";
    /// Something of the standard that is not done here.
    Feature "0002" "FeatureNotSupported"
        "the message asks for what is not done here: a payload in the body, a pull, or several units";
    /// Encryption.
    Encrypted "0102" "FailedDecryption"
        "the message is encrypted; send it signed, and encrypted by TLS alone";
    /// No certificate, or one that cannot be used.
    Token "0101" "FailedAuthentication"
        "the signature names no certificate as a binary security token, or one that cannot be used";
    /// A certificate that is nobody's.
    Stranger "0101" "FailedAuthentication"
        "the certificate is not enrolled, or not any more";
    /// Out of its period.
    Expired "0101" "FailedAuthentication"
        "the certificate has expired, or does not hold yet";
    /// The signature.
    Signature "0101" "FailedAuthentication"
        "the signature does not hold";
    /// A digest.
    Digest "0101" "FailedAuthentication"
        "what arrived differs from what was signed: a digest does not hold";
    /// Something that the signature does not cover.
    Unsigned "0103" "PolicyNoncompliance"
        "the messaging header, the body or a part is not covered by the signature";
    /// An algorithm or transform.
    Algorithm "0103" "PolicyNoncompliance"
        "an algorithm or transform is not accepted";
    /// For somebody else.
    Recipient "0010" "ProcessingModeMismatch"
        "the message is for another party";
    /// From a party that is not the certificate's.
    Sender "0010" "ProcessingModeMismatch"
        "the message names a sender that is not the one who was enrolled with the certificate";
    /// Time.
    Stale "0003" "ValueInconsistent"
        "the message is older than is taken, or from a time to come";
    /// Other content under a known identifier.
    Reused "0003" "ValueInconsistent"
        "another message came under this identifier before";
    /// Nothing of it can be read, and its sender has no address for answers.
    Unread "0004" "Other"
        "nothing of the payload can be read; have an address for answers enrolled to be told why";
    /// Payload and header do not fit.
    Payload "0011" "ExternalPayloadError"
        "the payloads that the header names are not those that came";
    /// Decompression.
    Compressed "0303" "DecompressionFailure"
        "a payload cannot be unpacked, or more comes out of it than is taken";
}
