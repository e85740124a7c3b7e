/** The card is behind the `#`, so that no server on the way writes it into a log. */
export function cardAddress(card: string): string {
  return `${location.origin}/#/card/${encodeURIComponent(card)}`;
}

/** The card in a link that somebody pasted, or in the bare word; empty for what is neither. */
export function cardOf(text: string): string {
  const found = /(?:#\/card\/|^)([A-Za-z0-9_-]{20,128})$/.exec(text.trim());
  return found?.[1] ?? "";
}
