// Makes forms quicker; no page needs it for reading.
"use strict";
for (const table of document.querySelectorAll("form table")) {
  const boxes = table.querySelectorAll("input[type=checkbox][name=id]");
  const head = table.querySelector("thead th");
  if (boxes.length > 1 && head) {
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", "Kies alles op deze bladzijde");
    all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
    head.append(" ", all);
  }
}
