import { afterEach, expect, it, vi } from "vitest";
import { bytes, text, withDeviceKey } from "./device-key";

const asked = { challenge: "AAEC", site: "localhost", user: "AQ", user_name: "张伟", keys: ["_-8"], makes_key: false };
const buffer = (...parts: number[]) => Uint8Array.from(parts).buffer;

function withCredentials(credentials: Partial<CredentialsContainer>): void {
  vi.stubGlobal("navigator", { credentials });
}

afterEach(() => vi.unstubAllGlobals());

it("passes on what asks for no key", async () => {
  expect(await withDeviceKey({ code: "123456" })).toEqual({ code: "123456" });
});

it("sends a signature in parts, and the question no more", async () => {
  const response = { clientDataJSON: buffer(1), authenticatorData: buffer(2), signature: buffer(255, 239) };
  const get = vi.fn().mockResolvedValue({ id: "_-8", response });
  withCredentials({ get });
  const values = await withDeviceKey({ webauthn: JSON.stringify(asked) });
  expect(values).toEqual({ webauthn_id: "_-8", webauthn_client: "AQ", webauthn_data: "Ag", webauthn_signature: "_-8" });
  const [{ publicKey }] = get.mock.calls[0] as [{ publicKey: PublicKeyCredentialRequestOptions }];
  expect(publicKey.userVerification).toBe("required");
  expect(publicKey.challenge).toEqual(bytes("AAEC"));
});

it("makes a key beside the code that was typed", async () => {
  const response = { clientDataJSON: buffer(1), attestationObject: buffer(3) };
  withCredentials({ create: vi.fn().mockResolvedValue({ id: "new", response }) });
  const values = await withDeviceKey({ code: "123456", webauthn: JSON.stringify({ ...asked, makes_key: true }) });
  expect(values).toEqual({ code: "123456", webauthn_id: "new", webauthn_client: "AQ", webauthn_data: "Aw" });
});

it("refuses where the device gives nothing", async () => {
  withCredentials({ get: vi.fn().mockResolvedValue(null) });
  await expect(withDeviceKey({ webauthn: JSON.stringify(asked) })).rejects.toThrow();
});

it("reads what it writes", () => {
  expect(text(bytes("_-8").buffer)).toBe("_-8");
});
