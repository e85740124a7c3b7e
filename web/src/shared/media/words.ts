/** What words are sent as: an address that stands alone is a link, where no bot reads. */

import type { ClientBody } from "@shared/wire/generated";

const ADDRESS = /^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/;
const LONGEST_ADDRESS = 2048;
const LONGEST_TITLE = 200;

export function bodyOfWords(words: string, kind: string | undefined): ClientBody {
  const link = kind !== "service" && words.length <= LONGEST_ADDRESS && ADDRESS.test(words) && URL.canParse(words);
  if (!link) return { type: "text", text: words };
  const title = words.replace(/^https?:\/\//, "").replace(/\/$/, "");
  return { type: "link", url: words, title: title.slice(0, LONGEST_TITLE) };
}
