// SPDX-License-Identifier: EUPL-1.2
// Lets the guide work without a network, once somebody asked for that with a button. It keeps
// the files in KEPT (filled in when the guide is written) and nothing else: what is fetched
// later is never added, and answers never come here. One language is kept: that of ?lang=.
"use strict";

const KEPT = /* the files */ { version: "", root: "", shared: [], languages: {} };

const scope = self.registration.scope;
const lang = new URL(self.location.href).searchParams.get("lang") || "";
const mine = `guide ${scope} `;
const name = `${mine}${KEPT.version} ${lang}`;
const patience = 5000; // milliseconds that a page may take before the kept one is shown

const address = (path) => new URL(KEPT.root + path, scope).href;
const files = () => KEPT.shared.concat(KEPT.languages[lang] || []);

const keep = async () => {
  const cache = await caches.open(name);
  try {
    await cache.addAll(files().map((path) => new Request(address(path), { cache: "no-store" })));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
};

const dropOlder = async () => {
  const names = await caches.keys();
  const older = names.filter((one) => one.startsWith(mine) && one !== name);
  await Promise.all(older.map((one) => caches.delete(one)));
};

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOlder().then(() => self.clients.claim()));
});

/** The kept page for an address below the scope: itself, or the nearest one above it. */
const keptPage = (url) => {
  const path = url.pathname.slice(new URL(scope).pathname.length);
  const inside = path.startsWith(KEPT.root) ? path.slice(KEPT.root.length) : path;
  const known = files();
  const steps = inside.replace(/index\.html$/, "").split("/").filter(Boolean);
  for (let length = steps.length; length > 0; length -= 1) {
    const page = `${steps.slice(0, length).join("/")}/index.html`;
    if (known.indexOf(page) >= 0) return page;
  }
  return `${lang}/index.html`;
};

const inTime = (promise) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("slow")), patience);
  promise.then(resolve, reject);
});

const visit = async (request) => {
  try {
    return await inTime(fetch(request));
  } catch (error) {
    const url = new URL(request.url);
    const page = address(keptPage(url));
    const plain = url.origin + url.pathname;
    if (page === plain || page === `${plain}index.html`) {
      const found = await caches.match(page, { cacheName: name });
      if (found) return found;
    }
    return (await caches.match(page, { cacheName: name }))
      ? Response.redirect(page, 303) : Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (!request.url.startsWith(scope)) return;
  if (request.mode === "navigate") {
    event.respondWith(visit(request));
  } else if (request.method === "GET") {
    event.respondWith(
      caches.match(request, { cacheName: name }).then((found) => found || fetch(request))
    );
  }
});
