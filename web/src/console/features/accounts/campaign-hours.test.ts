import { describe, expect, it } from "vitest";
import { byHour } from "./campaign-hours";

const HOUR = 3_600_000;

describe("byHour", () => {
  it("has a row for every hour, also for those in which nothing happened", () => {
    const rows = byHour([
      { hour: 5 * HOUR, step: "sent", count: 7, revenue: 0 },
      { hour: 8 * HOUR, step: "converted", count: 2, revenue: 900 },
    ]);
    expect(rows.map((row) => row.hour / HOUR)).toEqual([5, 6, 7, 8]);
    expect(rows.map((row) => [row.counts.sent, row.counts.converted])).toEqual([
      [7, 0],
      [0, 0],
      [0, 0],
      [0, 2],
    ]);
  });

  it("is empty before anything was sent, and never longer than a week", () => {
    expect(byHour([])).toEqual([]);
    const far = [0, 10_000 * HOUR].map((hour) => ({ hour, step: "read", count: 1, revenue: 0 }));
    expect(byHour(far)).toHaveLength(168);
  });
});
