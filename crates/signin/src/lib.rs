//! Sign-in that needs heavy libraries: passkeys and OpenID Connect.
