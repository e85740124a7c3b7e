/**
 * What the browser runs when a push comes and no page is open: shows it, and opens its
 * conversation when it is pressed. It stores nothing and asks nothing of the server.
 */

/** One after the other, so that an older push never takes the place of a newer one. */
let turn = Promise.resolve();
const SHOWN = { icon: "/mark.svg", badge: "/mark.svg" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const told = read(event.data);
  if (!told) return;
  turn = turn.then(() => show(told)).catch(() => undefined);
  event.waitUntil(turn);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(Promise.all([open(event.notification.data.conv), clearBadge()]));
});

function read(data) {
  try {
    const { title, body, conv, seq } = data.json();
    return typeof title === "string" && typeof conv === "string" ? { title, body, conv, seq } : null;
  } catch {
    return null;
  }
}

/** One notification for each conversation; the same message again does not ring again. */
async function show({ title, body, conv, seq }) {
  const before = await self.registration.getNotifications({ tag: conv });
  const again = before.some(({ data }) => data.seq >= seq);
  if (again) return;
  await self.registration.showNotification(title, { ...SHOWN, body, tag: conv, renotify: true, data: { conv, seq } });
  await self.navigator.setAppBadge?.();
}

async function open(conv) {
  const address = `/#/open/${encodeURIComponent(conv)}`;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname === "/");
  if (!page) return self.clients.openWindow(address);
  page.postMessage({ open: conv });
  return page.focus();
}

function clearBadge() {
  return self.navigator.clearAppBadge?.();
}
