// The service worker: keeps the shell, and nothing else. SHELL = {version, page, files} stands above (field/views/shell.py).
// Never an authenticated page, never /api/: what is not in the list goes to the network as if this were not here.

const NAME = `cnscd-shell-${SHELL.version}`;
const KEPT = new Set(SHELL.files);

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      // Without cookies: what is kept is what a stranger gets. One failure, and the former shell stays.
      .then((cache) => cache.addAll(SHELL.files.map((url) => new Request(url, { credentials: "omit", cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("cnscd-shell-") && name !== NAME))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = url.pathname;
  if (event.request.mode === "navigate" ? path !== SHELL.page : !KEPT.has(path)) return;
  event.respondWith(
    caches
      .open(NAME)
      .then((cache) => cache.match(path))
      .then((kept) => kept || fetch(event.request)),
  );
});
