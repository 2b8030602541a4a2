// SPDX-License-Identifier: EUPL-1.2
// Watches the session of an open page: asks before it ends, covers the page when it has ended,
// and keeps what was typed on the page until somebody is logged in again. Stores nothing in the
// browser. The server refuses by itself; this is so that nobody loses work or shows a screen.
(() => {
  "use strict";
  const watch = document.getElementById("session-watch");
  const warning = document.getElementById("session-warning");
  const ended = document.getElementById("session-ended");
  if (!watch || !warning || !ended || !warning.showModal) return;

  const settings = watch.dataset;
  const SECOND = 1000;
  const warnBefore = Number(settings.warning) * SECOND;
  const lookEvery = Number(settings.look) * SECOND;
  const title = document.title;
  const state = {
    endsAt: Date.now() + Number(settings.seconds) * SECOND,
    lookedAt: Date.now(),
    covered: false,
    typed: false,
    timer: 0,
    before: null,
    last: false,
  };

  // A fetch that fails (no network) says nothing about the session: null.
  const ask = async (address, options = {}) => {
    try {
      const answer = await fetch(address, {
        credentials: "same-origin", cache: "no-store", redirect: "error", ...options,
      });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const take = (found) => {
    if (!found) return;
    state.lookedAt = Date.now();
    state.endsAt = found.who === settings.who ? Date.now() + found.seconds * SECOND : 0;
  };

  const look = async () => {
    take(await ask(settings.lookUrl));
    show();
  };

  const keep = async () => {
    const token = watch.querySelector("input").value;
    const found = await ask(settings.keepUrl, { method: "POST", headers: { "X-CSRFToken": token } });
    take(found);
    if (!found) await look();
    // Ten hours after logging in the end does not move any more: say so instead of asking again.
    state.last = state.endsAt - Date.now() <= warnBefore;
    show();
  };

  const show = () => {
    clearTimeout(state.timer);
    if (state.covered) return;
    const left = state.endsAt - Date.now();
    if (left <= 0) {
      cover();
      return;
    }
    if (left > warnBefore) {
      state.last = false;
      if (warning.open) warning.close();
    } else {
      ask_whether_working();
    }
    const next = left > warnBefore ? Math.min(lookEvery, left - warnBefore) : Math.min(lookEvery, left);
    // A second later than needed, so that the server agrees that the moment has come.
    state.timer = setTimeout(look, Math.max(next, 0) + SECOND);
  };

  const ask_whether_working = () => {
    const time = new Date(state.endsAt).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit",
    });
    warning.querySelectorAll("[data-end]").forEach((place) => { place.textContent = time; });
    document.getElementById("session-warning-text").hidden = state.last;
    document.getElementById("session-last-text").hidden = !state.last;
    warning.querySelector("[data-keep]").hidden = state.last;
    warning.querySelector("[data-close]").hidden = !state.last;
    if (warning.open || state.told === state.endsAt) return;
    if (state.last) state.told = state.endsAt;
    state.before = document.activeElement;
    warning.showModal();
  };

  const cover = () => {
    clearTimeout(state.timer);
    if (state.covered) return;
    if (!warning.open) state.before = document.activeElement;
    state.covered = true;
    if (warning.open) warning.close();
    document.body.classList.add("access-covered");
    document.title = settings.title;
    ended.querySelector("[data-typed]").hidden = !state.typed;
    ended.querySelector("[data-untyped]").hidden = state.typed;
    const here = encodeURIComponent(location.pathname + location.search);
    ended.querySelector("[data-again]").href = `${settings.loginUrl}?next=${here}`;
    ended.showModal();
  };

  const uncover = async () => {
    const found = await ask(`${settings.lookUrl}?token=1`);
    const same = Boolean(found) && found.who === settings.who && found.seconds > 0;
    ended.querySelector("[data-refused]").hidden = same;
    if (!same) return;
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => {
      field.value = found.token;
    });
    take(found);
    state.covered = false;
    document.title = title;
    document.body.classList.remove("access-covered");
    ended.close();
    if (state.before && state.before.isConnected) state.before.focus();
    show();
  };

  // A form that is sent to a session that has ended would lose what was typed: look first.
  const check_before_sending = (event) => {
    const form = event.target;
    const sure = Date.now() - state.lookedAt < 5 * SECOND;
    if (form.method !== "post" || event.defaultPrevented || sure || form.closest("dialog")) return;
    event.preventDefault();
    const button = event.submitter;
    look().then(() => {
      state.lookedAt = Date.now();
      if (state.covered) state.typed = true;
      if (!state.covered) form.requestSubmit(button);
      else mark_typed();
    });
  };

  const mark_typed = () => {
    ended.querySelector("[data-typed]").hidden = false;
    ended.querySelector("[data-untyped]").hidden = true;
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest("main")) state.typed = true;
  });
  document.addEventListener("submit", check_before_sending);
  // A partial request that is sent on to the login page would throw the page away: look first.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const target = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (target && target.startsWith(settings.loginUrl)) {
      event.preventDefault();
      look();
    }
  });
  warning.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (state.last) warning.close();
    else keep();
  });
  warning.addEventListener("close", () => {
    if (!state.covered && state.before && state.before.isConnected) state.before.focus();
  });
  warning.querySelector("[data-keep]").addEventListener("click", keep);
  warning.querySelector("[data-close]").addEventListener("click", () => warning.close());
  ended.addEventListener("cancel", (event) => event.preventDefault());
  ended.addEventListener("close", () => { if (state.covered) ended.showModal(); });
  ended.querySelector("[data-continue]").addEventListener("click", uncover);
  const back = () => {
    if (document.visibilityState === "visible" && Date.now() - state.lookedAt > 10 * SECOND) look();
  };
  window.addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
  // A page taken from the browser's memory is as old as it is.
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  show();
})();
