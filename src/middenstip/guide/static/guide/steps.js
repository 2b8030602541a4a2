// SPDX-License-Identifier: EUPL-1.2
// One step after the other without filling the history: a form is sent in the background and
// its answer takes the place of this page. So the Back button of the browser leads out of the
// conversation, not to an old page that asks whether to send a form again. When anything goes
// wrong the form is sent the ordinary way.
(() => {
  const send = (form, button) => {
    const body = new URLSearchParams(new FormData(form));
    if (button && button.name) body.append(button.name, button.value);
    const address = (button && button.getAttribute("formaction")) || form.getAttribute("action");
    return fetch(address, { method: "POST", body, credentials: "omit", cache: "no-store" })
      .then((answer) => answer.text().then((text) => ({ text, address })));
  };

  const show = ({ text, address }) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.getElementById("main");
    if (!main) throw new Error("no page");
    const root = document.documentElement;
    root.lang = page.documentElement.lang;
    root.dir = page.documentElement.dir;
    document.title = page.title;
    ["#main", ".foot", ".head", ".skip"].forEach((part) => {
      document.querySelector(part).replaceWith(page.querySelector(part));
    });
    document.getElementById("leave").textContent = page.getElementById("leave").textContent;
    const [path, place] = address.split("#");
    history.replaceState(null, "", path);
    const target = (place && document.getElementById(place)) || document.getElementById("main");
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    if (place) target.scrollIntoView();
    else window.scrollTo(0, 0);
  };

  let busy = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // A paper is no page: the browser itself shows or saves it.
    if (form.target) return;
    if (form.method !== "post" || !window.fetch || !document.body.replaceChildren) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const button = event.submitter;
    send(form, button)
      .then(show)
      .catch(() => {
        if (button && button.name) {
          const field = document.createElement("input");
          field.type = "hidden";
          field.name = button.name;
          field.value = button.value;
          form.append(field);
        }
        const address = button && button.getAttribute("formaction");
        if (address) form.action = address;
        form.submit();
      })
      .finally(() => { busy = false; });
  });
})();
