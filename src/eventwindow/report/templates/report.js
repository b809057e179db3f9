(() => {
  const every = (selector) => [...document.querySelectorAll(selector)];

  // The statements: those that fit what is chosen, and how many they are.
  const form = document.querySelector("form.filters:not(.what-if)");
  const claims = every("details.claim"), groups = every("details.group");
  const before = groups.map((group) => group.open);
  const chosen = (name) => form.elements[name].value;
  const fits = (claim) =>
    (!chosen("article") || claim.dataset.article === chosen("article")) &&
    (!chosen("verdict") || claim.dataset.verdict === chosen("verdict")) &&
    (!chosen("security") || claim.dataset.security.split(" ").includes(chosen("security")));
  const show = () => {
    const output = form.querySelector("output"), any = chosen("article") || chosen("verdict") || chosen("security");
    const shown = claims.filter((claim) => !(claim.hidden = !fits(claim)));
    const words = shown.length ? output.dataset.text : output.dataset.none;
    output.textContent = words.replace("{n}", shown.length).replace("{all}", claims.length);
    form.querySelector("button").hidden = !any;
    groups.forEach((group, k) => {
      const held = shown.some((claim) => group.contains(claim));
      group.hidden = !held;
      group.open = any ? held : before[k];
    });
  };
  const clear = () => {
    form.reset();
    show();
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("change", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("button").addEventListener("click", clear);
    show();
  }

  // A link to a statement leads there, whatever is chosen or folded away.
  const arrive = (hash) => {
    const claim = claims.find((one) => "#" + one.id === decodeURIComponent(hash));
    if (!claim) return;
    if (claim.hidden) clear();
    for (let at = claim; at; at = at.parentElement.closest("details")) at.open = true;
    claim.querySelector("summary").focus({ preventScroll: true });
    claim.scrollIntoView();
  };
  addEventListener("hashchange", () => arrive(location.hash));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) arrive(link.hash);
  });
  arrive(location.hash);

  // What if: the specification that is chosen, beside the one that the report tells.
  every("form.what-if").forEach((panel) => {
    const held = JSON.parse(panel.querySelector("script").textContent), told = panel.querySelector("output");
    const figures = (s, w, k) => [held.estimate[s][w][k], held.reach[s][w][k], held.p[s][w][k]].map((one) => one / 1e6);
    const rows = held.estimate.flatMap((windows, s) => windows.flatMap((values, w) => held.specifications.flatMap((choices, k) => {
      const [value, reach, p] = figures(s, w, k);
      return values[k] === null ? [] : [[s, w, ...choices, value, value - reach, value + reach, p]];
    })));
    const selects = [...panel.querySelectorAll("select")], back = panel.querySelector("button");
    const reported = panel.dataset.reported.split(",").map(Number), n = selects.length;
    const per = (value) => (value < 0 ? "\u2212" : "+") + Math.abs(100 * value).toFixed(1) + told.dataset.zero.slice(1);
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const fits = (row, at) => at.every((place, k) => row[k] === place);
    const nearest = (k) => {  // the computed combination with this choice that keeps most of the others
      const at = selects.map((one) => Number(one.value)), kept = (row) => at.filter((place, j) => row[j] === place).length;
      if (rows.some((one) => fits(one, at))) return "";
      const row = rows.filter((one) => one[k] === at[k]).reduce((best, one) => (kept(one) > kept(best) ? one : best));
      selects.forEach((one, j) => (one.value = row[j]));
      return told.dataset.none;
    };
    const show = (moved) => {
      const at = selects.map((one) => Number(one.value)), row = rows.find((one) => fits(one, at));
      const peers = rows.filter((one) => one[0] === at[0] && one[1] === at[1]);
      const own = reported.every((place, k) => place === at[k]), words = [];
      const [value, low, high, p] = row.slice(n);
      words.push(fill(told.dataset.found, { value: per(value), low: per(low), high: per(high), p: p < 0.01 ? "<\u00a00.01" : "=\u00a0" + p.toFixed(3) }));
      const same = peers.filter((one) => Math.sign(one[n]) === Math.sign(value) && one[n + 3] < 0.05).length;
      const sizes = peers.map((one) => one[n]);
      words.push(fill(told.dataset.share, { same, all: peers.length, least: per(Math.min(...sizes)), most: per(Math.max(...sizes)) }));
      if (moved) words.unshift(moved);
      else if (own) words.unshift(told.dataset.reported);
      told.textContent = words.join(told.dataset.between);
      back.hidden = own;
    };
    const reset = () => (selects.forEach((one, k) => (one.value = reported[k])), show(""));
    selects.forEach((one, k) => (one.options[reported[k]].text += " \u25cf", (one.closest("label").hidden = one.options.length < 2)));
    panel.hidden = false;
    panel.addEventListener("change", (event) => show(nearest(selects.indexOf(event.target))));
    panel.addEventListener("submit", (event) => event.preventDefault());
    back.addEventListener("click", reset);
    reset();
  });

  // A mark of a figure says its name, value and interval: under the pointer, and by the arrow keys.
  every("figure").forEach((figure) => {
    const box = figure.querySelector(".drawing"), told = figure.querySelector(".mark-told");
    if (!box || !told) return;
    let at = -1;
    const marks = () => [...box.querySelectorAll("svg")].filter((svg) => svg.checkVisibility()).flatMap((svg) => [...svg.querySelectorAll(".mark")]);
    const tell = (mark) => {
      box.querySelectorAll(".mark.on").forEach((one) => one.classList.remove("on"));
      if (mark) mark.classList.add("on");
      told.textContent = mark ? mark.querySelector("title").textContent : "";
    };
    box.addEventListener("pointerover", (event) => tell(event.target.closest(".mark")));
    box.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], all = marks();
      if (!step || !all.length) return;
      event.preventDefault();
      at = at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length;
      tell(all[at]);
    });
    box.addEventListener("blur", () => tell(null));
  });

  // A formula that is wider than the page can be moved by the keyboard; within a fold its width is known once it opens.
  const reached = () => every("math").forEach((one) => one.scrollWidth > one.clientWidth && (one.tabIndex = 0));
  document.addEventListener("toggle", reached, true);
  reached();

  // Paper shows what the screen folds away.
  let folded = [];
  addEventListener("beforeprint", () => (folded = every("details:not([open])")).forEach((one) => (one.open = true)));
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
})();
