// SPDX-License-Identifier: EUPL-1.2
// The button "keep this guide on this phone", and the one that removes it again. Nothing is kept
// before somebody presses; what is kept are pages, never answers. A browser that refuses to
// keep anything is told so, and the guide works on.
(() => {
  "use strict";
  const block = document.querySelector("[data-keep]");
  if (!block) return;
  const part = (name) => block.querySelector(`[data-keep-${name}]`);
  const [add, wipe, status] = ["add", "wipe", "status"].map(part);
  const scope = new URL(block.dataset.keepScope, document.baseURI).href;
  const possible = "serviceWorker" in navigator && "caches" in window;

  // The words stand in the page, in its language: <template data-keep-says="kept">.
  const say = (what) => {
    const words = block.querySelector(`[data-keep-says="${what}"]`);
    status.textContent = words ? words.content.textContent.trim() : "";
  };

  const show = (kept) => {
    add.hidden = kept || !possible;
    wipe.hidden = !kept;
  };

  const own = async () => {
    const all = await navigator.serviceWorker.getRegistrations();
    return all.filter((one) => one.scope === scope);
  };

  const settled = (worker) => new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("refused"));
    };
    worker.addEventListener("statechange", look);
    look();
  });

  const remove = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(`guide ${scope} `))
      .map((name) => caches.delete(name)));
    await Promise.all((await own()).map((one) => one.unregister()));
  };

  const press = async (button, working, work, done, failed, kept) => {
    button.disabled = true;
    say(working);
    try {
      await work();
      show(kept);
      say(done);
    } catch (error) {
      show(!kept && button === wipe);
      say(failed);
    }
    button.disabled = false;
    const next = [wipe, add].find((one) => !one.hidden);
    if (next && document.activeElement === document.body) next.focus();
  };

  const keep = async () => {
    try {
      const found = await navigator.serviceWorker.register(block.dataset.keepWorker, { scope });
      await settled(found.installing || found.waiting || found.active);
    } catch (error) {
      await remove().catch(() => {});
      throw error;
    }
  };

  add.addEventListener("click", () => press(add, "busy", keep, "kept", "refused", true));
  wipe.addEventListener("click", () => press(wipe, "busy", remove, "removed", "stays", false));
  block.hidden = false;
  show(false);
  if (!possible) say("refused");
  else own().then((found) => show(found.length > 0), () => { add.hidden = true; say("refused"); });
})();
