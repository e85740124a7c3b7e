/** A time to come, in milliseconds; 0 while none is chosen. A form that is reset makes it anew. */

import { DatePicker } from "antd";

const DAY_MS = 86_400_000;

interface Props {
  readonly placeholder: string;
  readonly testId?: string;
  readonly onChange?: (at: number) => void;
}

export function TimeField({ placeholder, testId, onChange }: Props) {
  return (
    <DatePicker
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      placeholder={placeholder}
      data-testid={testId}
      disabledDate={(day) => day.valueOf() < Date.now() - DAY_MS}
      onChange={(picked) => onChange?.(picked ? picked.valueOf() : 0)}
    />
  );
}
