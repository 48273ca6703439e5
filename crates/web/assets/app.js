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
        if (answer.ok && !answer.redirected) { panel.innerHTML = await answer.text(); draw(); }
        panel.removeAttribute("aria-busy");
      } catch (error) {
        if (error.name !== "AbortError") panel.removeAttribute("aria-busy");
      }
    };
    // What the panel says is marked in the fields themselves: a copy of the words lies behind each field.
    const inks = new Map();
    const ink = (field) => {
      if (inks.has(field)) return inks.get(field);
      const box = document.createElement("div");
      box.className = "inked";
      field.before(box);
      const layer = document.createElement("div");
      layer.className = field.tagName === "TEXTAREA" ? "ink" : "ink line";
      layer.setAttribute("aria-hidden", "true");
      const had = document.activeElement === field;
      box.append(layer, field);
      if (had) field.focus();
      const style = getComputedStyle(field);
      for (const name of ["font", "letterSpacing", "padding", "lineHeight"]) layer.style[name] = style[name];
      field.addEventListener("scroll", () => { layer.scrollTop = field.scrollTop; layer.scrollLeft = field.scrollLeft; });
      inks.set(field, layer);
      return layer;
    };
    const draw = () => {
      const found = new Map();
      for (const check of panel.querySelectorAll("[data-marks]")) {
        for (const mark of JSON.parse(check.dataset.marks || "[]")) {
          found.set(mark.field, [...(found.get(mark.field) ?? []), mark]);
        }
      }
      const order = ["ground", "unchecked", "warn", "block"];
      const names = new Set([...found.keys(), ...[...inks.keys()].map((field) => field.name)]);
      for (const name of names) {
        const field = form.elements[name];
        if (!field) continue;
        const marks = found.get(name) ?? [];
        const layer = ink(field);
        const text = field.value;
        const cuts = [...new Set([0, text.length, ...marks.flatMap((m) => [m.start, m.end])])]
          .filter((at) => at <= text.length).sort((a, b) => a - b);
        layer.replaceChildren(...cuts.slice(1).map((end, at) => {
          const start = cuts[at];
          const kinds = marks.filter((m) => m.start <= start && end <= m.end).map((m) => order.indexOf(m.kind));
          const piece = text.slice(start, end);
          if (kinds.length === 0) return document.createTextNode(piece);
          const mark = document.createElement("mark");
          mark.className = `m-${order[Math.max(...kinds)]}`;
          mark.textContent = piece;
          return mark;
        }));
        layer.scrollTop = field.scrollTop;
      }
    };
    draw();

    // A repair is made in the field, where it can be undone by typing; without this the form does the same.
    panel.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=mend]");
      if (!button) return;
      const change = JSON.parse(button.value);
      const field = form.elements[change.field];
      let at = change.start;
      if (!field.value.startsWith(change.was, at)) {
        at = field.value.indexOf(change.was);
        if (at < 0 || field.value.indexOf(change.was, at + 1) >= 0) return;
      }
      event.preventDefault();
      field.focus();
      let end = at + change.was.length;
      if (!change.by && field.value[end] === " ") end += 1;
      field.setRangeText(change.by, at, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });

    let dirty = false;
    form.addEventListener("input", () => {
      dirty = true;
      for (const layer of inks.values()) layer.replaceChildren();
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
