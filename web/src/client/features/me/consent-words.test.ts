import { expect, it } from "vitest";
import { wordsIn } from "../../../shared/text/language";
import { consentWords, hashOf, PURPOSES } from "./consent-words";

it("hashes exactly the words shown, so that each purpose and language has a hash of its own", async () => {
  const shown = (["zh-CN", "en"] as const).flatMap((language) =>
    PURPOSES.map((purpose) => consentWords(purpose, wordsIn(language).t)),
  );
  const hashes = await Promise.all(shown.map(hashOf));
  expect(new Set(hashes).size).toBe(6);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  for (const words of shown) expect(words.parts).toHaveLength(4);
});
