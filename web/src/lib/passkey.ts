// Passkeys: what the server offers goes to the authenticator, its answer goes back as JSON. The
// browser itself turns base64url into bytes and back.

/** Whether this browser can. */
export const canPasskey = () =>
  typeof PublicKeyCredential !== 'undefined' &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential;

type Options = Record<string, unknown>;

function answered(credential: Credential | null): Record<string, never> {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey was given');
  return credential.toJSON() as Record<string, never>;
}

/** Asks the authenticator for a new passkey. */
export async function makePasskey(options: Options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options.publicKey as PublicKeyCredentialCreationOptionsJSON,
  );
  return answered(await navigator.credentials.create({ publicKey }));
}

/** Asks the authenticator to sign in. */
export async function usePasskey(options: Options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options.publicKey as PublicKeyCredentialRequestOptionsJSON,
  );
  return answered(await navigator.credentials.get({ publicKey }));
}
