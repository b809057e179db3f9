(() => {
  const form = document.querySelector("form.filters");
  if (!form) return;
  const claims = [...document.querySelectorAll("details.claim")];
  const groups = [...document.querySelectorAll("details.group")];
  const before = groups.map((group) => group.open);
  const output = form.querySelector("output");
  const words = output.dataset.text;
  const chosen = (name) => form.elements[name].value;
  const fits = (claim) =>
    (!chosen("article") || claim.dataset.article === chosen("article")) &&
    (!chosen("verdict") || claim.dataset.verdict === chosen("verdict")) &&
    (!chosen("security") || claim.dataset.security.split(" ").includes(chosen("security")));
  const show = () => {
    const shown = claims.filter((claim) => !(claim.hidden = !fits(claim)));
    output.textContent = words.replace("{n}", shown.length).replace("{all}", claims.length);
    const any = chosen("article") || chosen("verdict") || chosen("security");
    groups.forEach((group, k) => {
      const held = shown.some((claim) => group.contains(claim));
      group.hidden = !held;
      group.open = any ? held : before[k];
    });
  };
  form.hidden = false;
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
