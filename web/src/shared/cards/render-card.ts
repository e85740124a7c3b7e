/** Adaptive Card JSON → DOM, with secret inputs made secure. No markdown, so no HTML from texts. */

import { AdaptiveCard, Input, SubmitAction, TextInput } from "adaptivecards";
import { hostConfig } from "./host-config";
import { safeCard } from "./safe-card";

export interface Answer {
  readonly action: string;
  readonly values: Record<string, string>;
}

interface Wanted {
  readonly card: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  readonly closed: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

AdaptiveCard.onProcessMarkdown = (_text, result) => {
  result.didProcess = false;
};

/** Null if the card cannot be shown. */
export function renderCard({ card, secrets, closed, onAnswer }: Wanted): HTMLElement | null {
  const view = new AdaptiveCard();
  view.hostConfig = hostConfig;
  view.parse(safeCard(card, closed));
  const secretInputs = () => view.getAllInputs(true).filter((input) => input.id !== undefined && secrets.includes(input.id));
  view.onExecuteAction = (action) => {
    if (!(action instanceof SubmitAction)) return;
    const answer = answerOf(action.data);
    secretInputs().forEach(clear);
    if (answer) onAnswer(answer);
  };
  const element = view.render();
  secretInputs().forEach(secure);
  return element ?? null;
}

/** A submit action carries `data: {action}`; the library adds what the inputs hold. */
function answerOf(data: unknown): Answer | null {
  if (typeof data !== "object" || data === null || !("action" in data)) return null;
  const { action, ...rest } = data;
  if (typeof action !== "string") return null;
  const filled = Object.entries(rest).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return { action, values: Object.fromEntries(filled.map(([name, value]) => [name, String(value)])) };
}

function controlOf(input: Input): HTMLInputElement | null {
  return input.renderedElement?.querySelector("input") ?? null;
}

function secure(input: Input): void {
  const control = controlOf(input);
  if (!control) return;
  control.type = "password";
  control.inputMode = "numeric";
  control.autocomplete = "one-time-code";
  control.dataset.testid = "secure-code";
  control.classList.add("el-secure");
}

function clear(input: Input): void {
  const control = controlOf(input);
  if (control) control.value = "";
  if (input instanceof TextInput) input.defaultValue = "";
}
