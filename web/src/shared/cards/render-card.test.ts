import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderCard, type Answer } from "./render-card";

const confirm = {
  type: "AdaptiveCard",
  version: "1.6",
  body: [
    { type: "TextBlock", text: "<b>500</b>" },
    { type: "Image", url: "https://elsewhere.example/track.png" },
    { type: "Input.Text", id: "code", label: "Code", isRequired: true, errorMessage: "?" },
  ],
  actions: [
    { type: "Action.Submit", title: "Confirm", data: { action: "confirm" } },
    { type: "Action.Submit", title: "Cancel", associatedInputs: "none", data: { action: "cancel" } },
    { type: "Action.OpenUrl", title: "Out", url: "https://elsewhere.example" },
  ],
};

function shown(closed = false) {
  const onAnswer = vi.fn<(answer: Answer) => void>();
  const element = renderCard({ card: confirm, secrets: ["code"], closed, onAnswer });
  if (!element) throw new Error("not rendered");
  document.body.replaceChildren(element);
  const button = (name: string) =>
    Array.from(document.querySelectorAll("button")).find((each) => each.textContent === name);
  const press = (name: string) => {
    const click = new MouseEvent("click");
    // The card library sets this, which browsers allow and happy-dom does not.
    Object.defineProperty(click, "cancelBubble", { value: false, writable: true });
    button(name)?.dispatchEvent(click);
  };
  return { onAnswer, button, press, code: document.querySelector("input") };
}

function type(input: HTMLInputElement | null, words: string): void {
  if (!input) throw new Error("no input");
  input.value = words;
  input.dispatchEvent(new Event("input"));
}

describe("renderCard", () => {
  beforeEach(() => document.body.replaceChildren());

  it("hides a secret and does not let the browser keep it", () => {
    const { code } = shown();
    expect(code?.type).toBe("password");
    expect(code?.inputMode).toBe("numeric");
    expect(code?.getAttribute("autocomplete")).toBe("one-time-code");
  });

  it("hands the values over once and clears the secret at once", () => {
    const { press, code, onAnswer } = shown();
    type(code, "123456");
    press("Confirm");
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith({ action: "confirm", values: { code: "123456" } });
    expect(code?.value).toBe("");
  });

  it("asks for a required value before it answers", () => {
    const { press, onAnswer } = shown();
    press("Confirm");
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it("cancels without a value", () => {
    const { press, onAnswer } = shown();
    press("Cancel");
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith({ action: "cancel", values: {} });
  });

  it("shows text as text, and nothing from elsewhere", () => {
    shown();
    expect(document.body.textContent).toContain("<b>500</b>");
    expect(document.querySelector("b, img")).toBeNull();
    expect(document.body.textContent).not.toContain("Out");
  });

  it("keeps the words of a closed card and takes its answers away", () => {
    const { button, code } = shown(true);
    expect(document.body.textContent).toContain("500");
    expect(code).toBeNull();
    expect(button("Confirm")).toBeUndefined();
  });
});
