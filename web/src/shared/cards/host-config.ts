import { HostConfig } from "adaptivecards";

const plain = (colour: string) => ({ default: colour, subtle: "#6f6764" });

const foregroundColors = {
  default: plain("#1f1b1a"),
  dark: plain("#1f1b1a"),
  light: plain("#968e8b"),
  accent: plain("#b5121b"),
  good: plain("#16794a"),
  warning: plain("#a8792a"),
  attention: plain("#b5121b"),
};

/** How Adaptive Cards look here; the rest is in `card.css`. */
export const hostConfig = new HostConfig({
  fontFamily: "inherit",
  fontSizes: { small: 12, default: 15, medium: 17, large: 21, extraLarge: 30 },
  fontWeights: { lighter: 300, default: 400, bolder: 600 },
  lineHeights: { small: 18, default: 22, medium: 25, large: 29, extraLarge: 40 },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: "#ebe6e3" },
  supportsInteractivity: true,
  containerStyles: {
    default: { backgroundColor: "transparent", foregroundColors },
    emphasis: { backgroundColor: "#f8f5f3", foregroundColors },
    accent: { backgroundColor: "#fbe9e7", foregroundColors },
    good: { backgroundColor: "#e9f4ee", foregroundColors },
    warning: { backgroundColor: "#f8f0e0", foregroundColors },
    attention: { backgroundColor: "#fbe9e7", foregroundColors },
  },
  factSet: {
    title: { color: "default", isSubtle: true, weight: "default", wrap: true, maxWidth: 110 },
    value: { color: "default", weight: "default", wrap: true },
    spacing: 14,
  },
  actions: {
    maxActions: 6,
    spacing: "default",
    buttonSpacing: 10,
    actionsOrientation: "horizontal",
    actionAlignment: "stretch",
    showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
  },
  inputs: {
    label: { requiredInputs: { suffix: "" }, optionalInputs: {} },
    errorMessage: { color: "attention", size: "small", spacing: "small" },
  },
});
