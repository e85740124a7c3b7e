/** Words of the server about a case, as people read them; unknown ones as they are. */

import { isTextKey, type Translate } from "../../../shared/text/language";

export function wordOf(prefix: string, word: string, t: Translate): string {
  const key = `${prefix}.${word}`;
  return isTextKey(key) ? t(key) : word;
}
