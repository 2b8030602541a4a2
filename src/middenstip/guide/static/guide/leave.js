// SPDX-License-Identifier: EUPL-1.2
// Leaving at once: the page goes blank, then another page takes its place in the history.
// Without this script the link still leads there; then the page stays behind the Back button.
(() => {
  const link = document.getElementById("leave");
  if (!link) return;
  const WITHIN = 5000;
  let pressed = [];

  const leave = () => {
    document.title = " ";
    document.body.replaceChildren();
    document.documentElement.className = "blank";
    location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      pressed = [];
    } else if (!event.repeat) {
      const now = Date.now();
      pressed = pressed.filter((moment) => now - moment < WITHIN).concat(now);
      if (pressed.length === 3) leave();
    }
  });
})();
