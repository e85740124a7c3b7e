/** People are their initial on a quiet colour; public accounts carry the mark of the house. */

import { Mark } from "./mark";

const COLOURS = ["#8c5a5e", "#5f7a8a", "#7a6f9b", "#6d8a6b", "#a07d52", "#6b7f9e", "#93707f"];

interface Props {
  readonly name: string;
  readonly account?: boolean;
  readonly size?: number;
}

export function Avatar({ name, account = false, size = 44 }: Props) {
  const hash = Array.from(name).reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7);
  const style = { width: size, height: size, fontSize: size * 0.42, background: COLOURS[hash % COLOURS.length] };
  return (
    <span className="el-avatar" style={style} aria-hidden="true">
      {account ? <Mark /> : initial(name)}
    </span>
  );
}

/** 张伟 → 伟: two people of one family are told apart by the given name. */
function initial(name: string): string {
  const letters = Array.from(name.trim());
  const chinese = /^\p{Script=Han}+$/u.test(name);
  return ((chinese ? letters.at(-1) : letters[0]) ?? "?").toUpperCase();
}
