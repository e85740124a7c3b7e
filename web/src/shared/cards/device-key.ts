/**
 * The device's own key, as WebAuthn has it: made for a card, or signing what a card says.
 * A card's button carries the question as JSON under `webauthn`; each part of the device's reply
 * goes back as a value of its own, since one value is short.
 */

export const ASKED = "webauthn";

interface Asked {
  readonly challenge: string;
  readonly site: string;
  readonly user: string;
  readonly user_name: string;
  readonly keys: readonly string[];
  readonly makes_key: boolean;
}

type Values = Record<string, string>;

const ES256 = -7;
const RS256 = -257;
const TIMEOUT_MS = 120_000;

/** The values to send instead; rejects when the person or the device refuses. */
export async function withDeviceKey({ [ASKED]: question, ...values }: Values): Promise<Values> {
  if (question === undefined) return values;
  const asked = JSON.parse(question) as Asked;
  return { ...values, ...(asked.makes_key ? await made(asked) : await signed(asked)) };
}

async function made(asked: Asked): Promise<Values> {
  const credential = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(asked.challenge),
      rp: { id: asked.site, name: document.title || asked.site },
      user: { id: bytes(asked.user), name: asked.user_name, displayName: asked.user_name },
      pubKeyCredParams: [ES256, RS256].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { userVerification: "required", residentKey: "discouraged" },
      excludeCredentials: asked.keys.map(descriptor),
      attestation: "none",
      timeout: TIMEOUT_MS,
    },
  });
  const { id, response } = publicKey(credential);
  return {
    webauthn_id: id,
    webauthn_client: text(response.clientDataJSON),
    webauthn_data: text((response as AuthenticatorAttestationResponse).attestationObject),
  };
}

async function signed(asked: Asked): Promise<Values> {
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(asked.challenge),
      rpId: asked.site,
      allowCredentials: asked.keys.map(descriptor),
      userVerification: "required",
      timeout: TIMEOUT_MS,
    },
  });
  const { id, response } = publicKey(credential);
  const given = response as AuthenticatorAssertionResponse;
  return {
    webauthn_id: id,
    webauthn_client: text(given.clientDataJSON),
    webauthn_data: text(given.authenticatorData),
    webauthn_signature: text(given.signature),
  };
}

function publicKey(credential: Credential | null): PublicKeyCredential {
  if (credential === null) throw new Error("no credential");
  return credential as PublicKeyCredential;
}

function descriptor(id: string): PublicKeyCredentialDescriptor {
  return { type: "public-key", id: bytes(id) };
}

/** base64url without padding, both ways. */
export function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

export function text(buffer: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
