/** What the assist desk says over HTTP: the generated shapes, with their words spelt out. */

import type * as wire from "@shared/wire/generated";

/** The same shape, some fields known more closely; a field the server does not have is an error. */
type Narrow<T, N extends { readonly [K in keyof N]: K extends keyof T ? unknown : never }> = Omit<T, keyof N> & N;

export type StaffStatus = "available" | "busy" | "away";
export type ClockName = "first_response" | "next_response" | "resolution";

export type ServiceState = Narrow<
  wire.ServicePlace,
  { readonly state: "none" | "waiting" | "serving" | "closed" | "bot" }
>;
export type OwnStatus = Narrow<wire.StatusItem, { readonly status: StaffStatus }>;
export type QueueItem = wire.QueueLine;
export type DeskItem = Narrow<wire.DeskItem, { readonly role: "agent" | "supervisor" | "administrator" }>;
export type ClockItem = Narrow<
  wire.ClockItem,
  { readonly name: ClockName; readonly state: "running" | "paused" | "warned" | "breached" | "met" }
>;
export type CaseItem = Narrow<
  wire.CaseItem,
  { readonly state: "waiting" | "serving" | "closed" | "bot"; readonly clocks: readonly ClockItem[] }
>;
export type NoteItem = wire.NoteItem;
export type CaseDetail = Narrow<wire.CaseDetail, { readonly case: CaseItem }>;
export type AgentItem = Narrow<wire.AgentItem, { readonly status: StaffStatus }>;
export type ReplyItem = wire.ReplyItem;
export type AlertItem = Narrow<wire.AlertItem, { readonly clock: ClockName; readonly state: "warned" | "breached" }>;
export type Figures = Narrow<
  wire.DeskFigures,
  { readonly alerts: readonly AlertItem[]; readonly agents: readonly AgentItem[] }
>;

/** `["09:00", "18:00"]`. */
export type Span = readonly [string, string];

/** Answered whole: what a draft may leave out is there. */
export type DeskSettings = Narrow<
  Required<Omit<wire.DeskSettings, "calendar_until">> & Pick<wire.DeskSettings, "calendar_until">,
  {
    readonly week: readonly (readonly Span[])[];
    readonly days: readonly Required<wire.DayShape>[];
    readonly queues: readonly Required<wire.QueueShape>[];
    readonly staff: readonly Required<wire.StaffShape>[];
    readonly targets: Required<wire.TargetsShape>;
  }
>;
export type LogLine = Narrow<wire.LogEvent, { readonly body: { readonly type: string } }>;
