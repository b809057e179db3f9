(() => {
  const every = (selector) => [...document.querySelectorAll(selector)];

  // The statements: those that fit what is chosen, and how many they are.
  const form = document.querySelector("form.filters");
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

  // On a narrow screen a figure is shown whole; a tap shows it large, to be moved sideways.
  const narrow = matchMedia("(max-width: 640px)");
  every("button.larger").forEach((button) => {
    const box = button.parentElement.querySelector(".wide"), words = [button.textContent, button.dataset.whole];
    const turn = (large, part) => {
      box.classList.toggle("large", large);
      button.textContent = words[Number(large)];
      box.scrollLeft = part * box.scrollWidth - box.clientWidth / 2;
    };
    button.hidden = false;
    button.addEventListener("click", () => turn(!box.classList.contains("large"), 0));
    box.addEventListener("click", (event) => {
      const { left, width } = box.getBoundingClientRect();
      if (narrow.matches && !box.classList.contains("large")) turn(true, (event.clientX - left) / width);
    });
  });

  // Paper shows what the screen folds away.
  let folded = [];
  addEventListener("beforeprint", () => (folded = every("details:not([open])")).forEach((one) => (one.open = true)));
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
})();
