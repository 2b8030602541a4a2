// SPDX-License-Identifier: EUPL-1.2
// Runs a door of the guide in the browser: every form is answered here, by the rules that came
// with the page. What is answered stands in the fields of the page and nowhere else: nothing is
// sent, nothing is stored, nothing goes into the address or the history.

const main = document.getElementById("main");
const stuck = document.getElementById("stuck");
const root = document.documentElement;

let here = null; // the door that runs, once its rules and texts are there
let waiting = null; // a form that was sent before that
let pressed = null; // for browsers that do not tell which button sent a form

// Named one by one, so that they come side by side and not one after the other.
const scripts = Promise.all([
  import("./page.js"),
  import("./rules.js"),
  import("./dates.js"),
  import("./answers.js"),
  import("./settle.js"),
  import("./conditions.js"),
  import("./templates.js"),
]);

const load = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
};

/** Load what a door needs; `page` is its document, `address` where that stands. */
const open = async (page, address) => {
  const { rules, texts, more } = page.getElementById("guide").dataset;
  const at = (path) => new URL(path, address).href;
  const [[pages, judge, dates], data, said] = await Promise.all(
    [scripts, load(at(rules)), load(at(texts))]
  );
  const judged = new judge.Rules(data);
  let rest = null;
  const rested = () => {
    rest = rest || load(at(more)).catch((error) => {
      rest = null;
      throw error;
    });
    return rest;
  };
  const next = (fields) => pages.nextPage(
    judged, said, rested, fields, dates.todayIn(data.time_zone)
  );
  return { more: rested, next };
};

const put = (door, page) => {
  here = door;
  const title = document.createElement("textarea");
  title.innerHTML = page.title;
  document.title = title.value;
  main.innerHTML = page.main;
};

const show = async (door, fields, place) => {
  put(door, await door.next(fields));
  const target = (place && document.getElementById(place)) || main;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  if (place) target.scrollIntoView();
  else window.scrollTo(0, 0);
};

/** Say that something could not be loaded; what was answered stays on the page. */
const fail = () => {
  root.classList.remove("runs");
  root.classList.add("stuck");
  stuck.hidden = false;
  main.insertBefore(stuck, main.firstChild);
};

const fieldsIn = (form, button) => {
  const fields = Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
  if (button && button.name) fields.push([button.name, button.value]);
  return fields;
};

const answer = ([form, button]) => {
  const place = (form.getAttribute("action") || "").split("#")[1] || "";
  here.more().catch(() => {}); // a result will be asked for: have it at hand
  show(here, fieldsIn(form, button), place).catch(fail);
};

/** Go on in another language with the same answers. */
const translate = async (link, fields) => {
  const found = await fetch(link.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await found.text(), "text/html");
  const door = await open(page, link.href);
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  [".skip", ".head", ".foot"].forEach((part) => {
    document.querySelector(part).replaceWith(page.querySelector(part));
  });
  document.getElementById("leave").textContent = page.getElementById("leave").textContent;
  history.replaceState(null, "", link.href);
  await show(door, fields, "");
};

/** Take over from the first question that came with the page; it is another one when the law
 * has changed since the page was made. */
const begin = async (door) => {
  const page = await door.next([]);
  const came = document.getElementById("asks");
  const made = document.createElement("template");
  made.innerHTML = page.main;
  if (made.innerHTML.trim() !== came.innerHTML.trim()) put(door, page);
  here = door;
  if (waiting) answer(waiting);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  const button = event.submitter || (pressed && pressed.form === form ? pressed : null);
  if (here) answer([form, button]);
  else waiting = [form, button];
});

document.addEventListener("click", (event) => {
  const found = event.target.closest ? event.target.closest("button, a[hreflang]") : null;
  if (!found) return;
  if (found.tagName === "BUTTON") {
    pressed = found;
    return;
  }
  const carry = document.getElementById("carry");
  const fields = carry ? fieldsIn(carry, null) : [];
  if (!here || !fields.length) return;
  event.preventDefault();
  if (document.getElementById("by-need")) fields.push(["show", "1"]);
  translate(found, fields).catch(fail);
});

root.classList.add("runs");
open(document, document.baseURI).then(begin).catch(fail);
