/** This browser's own push subscription: made when a person asks for it, and only then. */

import type { NotificationState, PushSubscription as Address } from "@shared/wire/generated";
import type { Api } from "../http/api";

const WORKER = "/push-worker.js";

/** `no`: this browser cannot. `denied`: the person refused it in the browser itself. */
export type Permission = "no" | "denied" | "default" | "granted";

export function permission(): Permission {
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  return can ? Notification.permission : "no";
}

/** Asks the person, then the browser's push service, then tells the server. */
export async function startPushes(api: Api, state: NotificationState): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("push_denied");
  const registration = await navigator.serviceWorker.register(WORKER);
  const ready = await waitFor(registration);
  const key = bytesOf(state.public_key);
  const held = await ready.pushManager.getSubscription();
  if (held && !sameKey(held, key)) await held.unsubscribe();
  const subscription = await ready.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: key })
    .catch(() => {
      throw new Error("push_unreachable");
    });
  await api.put("/v1/notifications/device", addressOf(subscription));
}

export async function stopPushes(api: Api): Promise<void> {
  await api.delete("/v1/notifications/device");
  await forgetPushes();
}

/** After a log-out: the server forgot this device with its session; the browser should as well. */
export async function forgetPushes(): Promise<void> {
  if (permission() === "no") return;
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** As the worker shows a push: one notification for each conversation. */
export async function showNotice(title: string, body: string, conv: string, seq: number): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  await registration?.showNotification(title, { body, tag: conv, icon: "/mark.svg", data: { conv, seq } });
}

/** Pressing a notification while a page is open: which conversation to show. */
export function onPressed(show: (conv: string) => void): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined;
  const heard = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "object" && data && "open" in data && typeof data.open === "string") show(data.open);
  };
  navigator.serviceWorker.addEventListener("message", heard);
  return () => navigator.serviceWorker.removeEventListener("message", heard);
}

async function waitFor(registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> {
  return registration.active ? registration : navigator.serviceWorker.ready;
}

export function addressOf(subscription: Pick<PushSubscription, "endpoint" | "getKey">): Address {
  const text = (name: PushEncryptionKeyName) => textOf(new Uint8Array(subscription.getKey(name) ?? []));
  return { endpoint: subscription.endpoint, kind: "web", key: text("p256dh"), secret: text("auth") };
}

function sameKey(subscription: PushSubscription, key: Uint8Array): boolean {
  const held = subscription.options.applicationServerKey;
  return held !== null && textOf(new Uint8Array(held)) === textOf(key);
}

/** Base64url without padding, as RFC 8292 has keys. */
export function textOf(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
