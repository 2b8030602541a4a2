// SPDX-License-Identifier: EUPL-1.2
// Runs a door of the guide in the browser: every form is answered here, by the rules that came
// with the page. What is answered stands in the fields of the page and nowhere else: nothing is
// sent, nothing is stored, nothing goes into the address or the history.
import { todayIn } from "./dates.js";
import { nextPage } from "./page.js";
import { Rules } from "./rules.js";

const main = document.getElementById("main");
const stuck = document.getElementById("stuck");
let here = null; // what the page of a door says about itself, and what was loaded for it

const load = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
};

/** Load what a door needs; `page` is its document, `address` where that stands. */
const open = async (page, address) => {
  const { rules, texts, more } = page.getElementById("guide").dataset;
  const at = (path) => new URL(path, address).href;
  const [data, said] = await Promise.all([load(at(rules)), load(at(texts))]);
  let rest = null;
  return {
    rules: new Rules(data),
    texts: said,
    more: () => {
      rest = rest || load(at(more)).catch((error) => {
        rest = null;
        throw error;
      });
      return rest;
    },
  };
};

const show = async (door, fields, place) => {
  const page = await nextPage(
    door.rules, door.texts, door.more, fields, todayIn(door.rules.data.time_zone)
  );
  here = door;
  const title = document.createElement("textarea");
  title.innerHTML = page.title;
  document.title = title.value;
  main.innerHTML = page.main;
  document.documentElement.classList.add("runs");
  if (place === undefined) return;
  const target = (place && document.getElementById(place)) || main;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  if (place) target.scrollIntoView();
  else window.scrollTo(0, 0);
};

/** Say that something could not be loaded; what was answered stays on the page. */
const fail = () => {
  document.documentElement.classList.add("stuck");
  stuck.hidden = false;
  main.insertBefore(stuck, main.firstChild);
};

let pressed = null; // for browsers that do not tell which button sent a form

const fieldsIn = (form, button) => {
  const fields = Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
  if (button && button.name) fields.push([button.name, button.value]);
  return fields;
};

const answer = (event) => {
  const form = event.target;
  event.preventDefault();
  if (!here) return;
  const button = event.submitter || (pressed && pressed.form === form ? pressed : null);
  const place = (form.getAttribute("action") || "").split("#")[1] || "";
  here.more().catch(() => {}); // a result will be asked for: have it at hand
  show(here, fieldsIn(form, button), place).catch(fail);
};

/** Go on in another language with the same answers. */
const translate = async (link, fields) => {
  const found = await fetch(link.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await found.text(), "text/html");
  const door = await open(page, link.href);
  const root = document.documentElement;
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  [".skip", ".head", ".foot"].forEach((part) => {
    document.querySelector(part).replaceWith(page.querySelector(part));
  });
  document.getElementById("leave").textContent = page.getElementById("leave").textContent;
  history.replaceState(null, "", link.href);
  await show(door, fields, "");
};

document.addEventListener("submit", answer);
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

open(document, document.baseURI).then((door) => show(door, [])).catch(fail);
