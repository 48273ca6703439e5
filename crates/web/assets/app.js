// Candor: conveniences only. Every page works without this file.
(() => {
  "use strict";

  // The panel beside the compose form follows what is typed.
  const form = document.getElementById("compose");
  const panel = document.getElementById("panel");
  if (form && panel) {
    let timer = 0;
    let flight = null;
    const check = async () => {
      flight?.abort();
      flight = new AbortController();
      panel.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(form.dataset.check, {
          method: "POST",
          body: new URLSearchParams(new FormData(form)),
          signal: flight.signal,
          headers: { Accept: "text/html" },
        });
        if (answer.ok && !answer.redirected) panel.innerHTML = await answer.text();
        panel.removeAttribute("aria-busy");
      } catch (error) {
        if (error.name !== "AbortError") panel.removeAttribute("aria-busy");
      }
    };
    let dirty = false;
    form.addEventListener("input", () => {
      dirty = true;
      clearTimeout(timer);
      timer = setTimeout(check, 450);
    });
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  }

  // A running campaign's figures refresh by themselves, unless somebody is reading a table or using the keyboard in it.
  const refresh = async () => {
    const live = document.getElementById("live");
    if (!live?.dataset.live) return;
    const busy = document.hidden || live.contains(document.activeElement) || live.querySelector("details[open]");
    if (!busy) {
      try {
        const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) {
          const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
          if (next && next.innerHTML !== live.innerHTML) {
            live.replaceWith(document.adoptNode(next));
          }
        }
      } catch { /* the next try may work */ }
    }
    setTimeout(refresh, 2000);
  };
  if (document.getElementById("live")?.dataset.live) setTimeout(refresh, 2000);

  // Colours change without a new page.
  document.addEventListener("submit", (event) => {
    const chosen = event.target;
    if (!chosen.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const value = event.submitter.value;
    document.documentElement.dataset.theme = value;
    for (const button of chosen.querySelectorAll("button")) {
      if (button === event.submitter) button.setAttribute("aria-pressed", "true");
      else button.removeAttribute("aria-pressed");
    }
    fetch(chosen.action, { method: "POST", body: new URLSearchParams({ value, back: "/" }), redirect: "manual" });
  });

  // A file is read into the field that would be pasted into.
  for (const row of document.querySelectorAll("[data-file-for]")) {
    row.hidden = false;
    row.querySelector("input").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (file) document.getElementById(row.dataset.fileFor).value = await file.text();
    });
  }

  // What cannot be undone asks first.
  document.addEventListener("submit", (event) => {
    const asked = event.target;
    if (!asked.dataset.confirm || asked.dataset.sure) return;
    event.preventDefault();
    const dialog = document.createElement("dialog");
    const words = document.createElement("p");
    words.textContent = asked.dataset.confirm;
    const yes = document.createElement("button");
    yes.textContent = asked.dataset.yes;
    yes.className = "button primary";
    const no = document.createElement("button");
    no.textContent = asked.dataset.no;
    no.className = "button";
    const row = document.createElement("div");
    row.className = "buttons";
    row.append(no, yes);
    dialog.append(words, row);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => { asked.dataset.sure = "1"; dialog.close(); asked.submit(); });
    dialog.showModal();
    no.focus();
  });
})();
