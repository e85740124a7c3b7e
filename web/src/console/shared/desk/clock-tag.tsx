import { clockWords, nextClock } from "../../../shared/assist/clocks";
import type { CaseItem } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { useNow } from "../../../shared/ui/use-now";

interface Props {
  readonly item: CaseItem;
  /** When the server said so. */
  readonly toldAt: number;
}

/** The clock that runs out first, in its colour: quiet, soon, late, standing still. */
export function ClockTag({ item, toldAt }: Props) {
  const { t } = useText();
  const face = nextClock(item, Math.max(0, useNow(1000) - toldAt));
  if (!face) return null;
  return (
    <span className={`el-clock el-clock-${face.tone}`} data-testid="clock" data-tone={face.tone} title={t(`clock.${face.name}`)}>
      {clockWords(face, t)}
    </span>
  );
}
