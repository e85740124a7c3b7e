import { describe, expect, it } from "vitest";
import { audienceOf, draftOf } from "./campaign-draft";

describe("a campaign's form", () => {
  it("submits what is filled in, and the rest as empty", () => {
    const draft = draftOf({ name: " 五一 ", texts: [" 满减 "], branches: ["haidian"], at: 5, title: "去看看" });
    expect(draft).toEqual({
      name: "五一",
      audience: audienceOf({ branches: ["haidian"] }),
      texts: ["满减"],
      hold_out: 0,
      service: false,
      at: 5,
      button: null, // without an address it leads nowhere
      window_days: 7,
      over_minutes: 0,
      steps: [],
    });
  });

  it("narrows by a campaign once one is chosen, and by a score once there is one", () => {
    const line = { deed: "read_campaign", subject: "", days: 7, did: false } as const;
    expect(audienceOf({ behaviours: [line, undefined], product: "fund" })).toEqual(audienceOf({}));
    const whole = { ...line, subject: "c1" };
    const audience = audienceOf({ behaviours: [whole], product: "fund", at_least: 30, top: null });
    expect(audience.behaviours).toEqual([whole]);
    expect(audience.likely).toEqual({ product: "fund", at_least: 0.3, top: 0 });
  });

  it("has an audience of everybody while nothing is chosen", () => {
    expect(Object.values(audienceOf({})).flat()).toEqual([null]);
  });
});
