import { describe, expect, it } from "vitest";
import { addressOf, bytesOf, textOf } from "./browser-push";

describe("a push address", () => {
  it("is what the server reads: base64url without padding", () => {
    const keys = { p256dh: Uint8Array.of(4, 251, 255, 254), auth: Uint8Array.of(0, 1) };
    const address = addressOf({
      endpoint: "https://push.example/1",
      getKey: (name: PushEncryptionKeyName) => keys[name].buffer,
    });
    expect(address).toEqual({ endpoint: "https://push.example/1", kind: "web", key: "BPv__g", secret: "AAE" });
  });

  it("keys come back as they were", () => {
    for (const bytes of [[], [255], [251, 239, 190], [0, 0, 0, 0]]) {
      const given = Uint8Array.from(bytes);
      expect([...bytesOf(textOf(given))]).toEqual(bytes);
    }
  });
});
