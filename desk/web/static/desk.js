// Keys for those who are quicker with them; every act is a link or a button without this file too.
"use strict";

const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;

function go(step) {
  if (!rows.length) return;
  if (at >= 0) rows[at].closest(".row").classList.remove("at");
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  const row = rows[at].closest(".row");
  row.classList.add("at");
  rows[at].focus();
  row.scrollIntoView({ block: "nearest" });
}

function typing(place) {
  return place.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(place.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "?") document.getElementById("help-link")?.click();
  else {
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (typing(target)) target.focus();
    else target.click();
  }
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
