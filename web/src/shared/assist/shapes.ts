/** What the assist desk says over HTTP. */

export interface ServiceState {
  readonly case: string;
  readonly state: "none" | "waiting" | "serving" | "closed" | "bot";
  readonly agent: string;
  readonly agent_name: string;
  readonly position: number;
  readonly estimate_s: number | null;
  readonly open: boolean;
  readonly opens: number | null;
  readonly rate: boolean;
  readonly has_desk: boolean;
}

export type StaffStatus = "available" | "busy" | "away";

export interface OwnStatus {
  readonly status: StaffStatus;
  readonly since: number;
}

export interface QueueItem {
  readonly queue: string;
  readonly name: string;
  readonly waiting: number;
}

export interface DeskItem {
  readonly desk: string;
  readonly account: string;
  readonly account_name: string;
  readonly name: string;
  readonly role: "agent" | "supervisor" | "administrator";
  readonly open: boolean;
  readonly opens: number | null;
  readonly closes: number | null;
  readonly queues: readonly QueueItem[];
}

export type ClockName = "first_response" | "next_response" | "resolution";

export interface ClockItem {
  readonly name: ClockName;
  readonly due: number;
  readonly left_s: number;
  readonly state: "running" | "paused" | "warned" | "breached" | "met";
  /** Kept or missed, it no longer runs. */
  readonly ended: boolean;
}

export interface CaseItem {
  readonly case: string;
  readonly desk: string;
  readonly conv: string;
  readonly customer: string;
  readonly customer_name: string;
  readonly state: "waiting" | "serving" | "closed" | "bot";
  readonly queue: string;
  readonly queue_name: string;
  readonly agent: string;
  readonly agent_name: string;
  readonly urgent: boolean;
  readonly reason: string;
  readonly opened: number;
  readonly waiting_since: number;
  readonly position: number;
  readonly preview: string;
  readonly first_seq: number;
  readonly opened_seq: number;
  readonly why: string;
  readonly clocks: readonly ClockItem[];
  readonly breached: readonly string[];
  readonly rating: number;
  readonly comment: string;
  readonly reopened: number;
  readonly closed: number;
  readonly outcome: string;
  readonly version: number;
}

export interface NoteItem {
  readonly author: string;
  readonly author_name: string;
  readonly at: number;
  readonly text: string;
}

export interface CaseDetail {
  readonly case: CaseItem;
  readonly dialogue: { readonly stage: string; readonly cards: number };
  readonly history: readonly { readonly at: number; readonly kind: string; readonly actor: string; readonly actor_name: string }[];
  readonly notes: readonly NoteItem[];
  /** What canned replies may say here, by the name of the variable. */
  readonly canned: Readonly<Record<string, string>>;
}

export interface AgentItem {
  readonly user: string;
  readonly name: string;
  readonly role: string;
  readonly status: StaffStatus;
  readonly since: number;
  readonly serving: number;
  readonly capacity: number;
  readonly skills: readonly string[];
  readonly queues: readonly string[];
}

export interface ReplyItem {
  readonly reply: string;
  readonly shortcut: string;
  readonly title: string;
  readonly text: string;
}

export interface Figures {
  readonly waiting: number;
  readonly longest_wait_s: number;
  readonly serving: number;
  readonly closed_today: number;
  readonly breaches_today: number;
  readonly rating_average: number | null;
  readonly rating_count: number;
  readonly ratings: readonly number[];
  readonly queues: readonly (QueueItem & { readonly longest_wait_s: number })[];
  readonly alerts: readonly {
    readonly case: string;
    readonly customer_name: string;
    readonly clock: ClockName;
    readonly state: "warned" | "breached";
    readonly agent_name: string;
    readonly due: number;
  }[];
  readonly agents: readonly AgentItem[];
}

/** `["09:00", "18:00"]`. */
export type Span = readonly [string, string];

export interface DeskSettings {
  readonly version: number;
  readonly account: string;
  readonly name: string;
  readonly timezone: string;
  readonly week: readonly (readonly Span[])[];
  readonly calendar: string;
  readonly days: readonly { readonly day: string; readonly hours: readonly Span[] }[];
  readonly queues: readonly {
    readonly queue: string;
    readonly name: string;
    readonly skills: readonly string[];
    readonly language: string;
    readonly auto: boolean;
  }[];
  readonly staff: readonly {
    readonly user: string;
    readonly role: string;
    readonly skills: readonly string[];
    readonly queues: readonly string[];
    readonly capacity: number;
  }[];
  readonly targets: {
    readonly first_response_s: number;
    readonly next_response_s: number;
    readonly resolution_s: number;
    readonly warn_percent: number;
  };
  readonly reopen_s: number;
  readonly typical_s: number;
  readonly covers_managers: boolean;
  /** The last day that the statutory calendar knows; told, never changed. */
  readonly calendar_until?: string;
}

export interface LogLine {
  readonly seq: number;
  readonly from: string;
  readonly ts: number;
  readonly kind: string;
  readonly body: { readonly type: string };
}
