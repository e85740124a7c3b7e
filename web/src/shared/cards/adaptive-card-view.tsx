/** The DOM that the Adaptive Cards library makes, inside React; made anew only when the card changes. */

import { useEffect, useEffectEvent, useRef } from "react";
import type { CardBody } from "@shared/wire/generated";
import { renderCard, type Answer } from "./render-card";
import "./card.css";

interface Props {
  readonly body: CardBody;
  readonly closed: boolean;
  readonly enabled: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

export function AdaptiveCardView({ body, closed, enabled, onAnswer }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const answered = useEffectEvent(onAnswer);
  useEffect(() => {
    const element = renderCard({
      card: body.card,
      secrets: body.secret_inputs ?? [],
      closed,
      onAnswer: (answer) => answered(answer),
    });
    host.current?.replaceChildren(element ?? body.fallback);
  }, [body, closed]);
  useEffect(() => {
    // A fieldset would do this, but the library's buttons keep their own tab order and labels.
    const controls = host.current?.querySelectorAll<HTMLInputElement>("button, input, select, textarea") ?? [];
    controls.forEach((control) => (control.disabled = !enabled && !closed));
  }, [enabled, closed, body]);
  return <div ref={host} className="el-adaptive" />;
}
