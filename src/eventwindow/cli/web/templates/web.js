"use strict";
// Completion of symbols: the last word that is being written, against the list of names.
const box = document.getElementById("symbols"), known = document.getElementById("known");
let wait;
if (box) box.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(async () => {
    const words = box.value.split(/[\s,]+/), last = words.pop();
    const found = last ? await (await fetch("/complete?q=" + encodeURIComponent(last))).json() : [];
    known.replaceChildren(...found.map(one => {
      const option = document.createElement("option");
      option.value = [...words, one.symbol].join(" ");
      option.textContent = one.name + " · " + one.exchange;
      return option;
    }));
  }, 150);
});
// A file that the server would not take is told before it is sent.
for (const box of document.querySelectorAll("[data-limit]")) box.addEventListener("change", () =>
  box.setCustomValidity([...box.files].some(file => file.size > box.dataset.limit) ? box.dataset.large : ""));
// A run in progress: its state and step, until it has ended.
const state = document.getElementById("state");
if (state && state.dataset.watch) {
  const look = async () => {
    try {
      const now = await (await fetch(state.dataset.watch)).json();
      state.querySelector("strong").textContent = now.state;
      document.getElementById("step").textContent = now.step;
      if (now.ended) return location.reload();
    } catch { /* the server may be starting again */ }
    setTimeout(look, 700);
  };
  look();
}
