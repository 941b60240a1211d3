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
for (const box of document.querySelectorAll("textarea[data-drop]")) {
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    file.text().then((text) => {
      box.value = text;
      const name = box.form.querySelector("[data-file-name]");
      if (name) name.value = file.name;
    });
  });
}
