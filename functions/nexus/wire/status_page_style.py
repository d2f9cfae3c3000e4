"""How the status page looks, and the script that keeps an open one up to date.

The page is written when something changes, and nothing changes while nobody chats: the script shows
what has been written since, and withdraws a headline whose time is up.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --paper: light-dark(#fbfbf9, #141618); --raised: light-dark(#fff, #1b1e21);
  --ink: light-dark(#1b1e20, #e4e6e7); --soft: light-dark(#575d62, #a3aab0);
  --line: light-dark(#dadedb, #30353a); --accent: light-dark(#0b6558, #72d2bf);
  --well: light-dark(#3f9c86, #3c8f7d); --warn: light-dark(#e0a100, #f0b93a);
  --bad: light-dark(#b3261e, #ff6f61); --none: light-dark(#e3e6e3, #2b3035); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: clamp(1rem, 4vw, 2rem); background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere; }
a { color: var(--accent); }
h1, h2, h3, p, ol, ul { margin: 0; padding: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.125rem; }
h3 { font-size: 1rem; }
ol, ul { list-style: none; }
header { margin-bottom: 1rem; }
.now { --state: var(--well); padding: 1.25rem; border: 1px solid var(--line);
  border-inline-start: 0.5rem solid var(--state); border-radius: 0.75rem;
  background: var(--raised); }
.now.warn { --state: var(--warn); }
.now.bad { --state: var(--bad); }
.written { margin-top: 0.5rem; }
.soft { color: var(--soft); font-size: 0.875rem; }
.track, .incident { padding: 1rem 0; border-top: 1px solid var(--line); }
.head, .caption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.strip { display: flex; gap: 1px; height: 2rem; margin-top: 0.5rem; forced-color-adjust: none; }
.strip i { flex: 1; min-width: 1px; border-radius: 1px; background: var(--well); }
.strip .none { background: var(--none); }
.w, .w1, .w2, .w3, .w4 { --out: var(--warn); }
.b, .b1, .b2, .b3, .b4 { --out: var(--bad); }
.strip .w1, .strip .b1 { background: linear-gradient(to top, var(--out) 25%, var(--well) 25%); }
.strip .w2, .strip .b2 { background: linear-gradient(to top, var(--out) 50%, var(--well) 50%); }
.strip .w3, .strip .b3 { background: linear-gradient(to top, var(--out) 75%, var(--well) 75%); }
.strip .w4, .strip .b4 { background: var(--out); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem;
  margin-bottom: 1rem; }
.legend i { display: inline-block; width: 0.75rem; height: 0.75rem; margin-inline-end: 0.375rem;
  border-radius: 2px; background: var(--out, var(--well)); forced-color-adjust: none; }
.legend .none { background: var(--none); }
summary { padding: 0.75rem 0; color: var(--accent); cursor: pointer; }
footer { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; margin-top: 2.5rem;
  padding-top: 1rem; border-top: 1px solid var(--line); }
@media print { .strip, .legend { print-color-adjust: exact; } }
"""

SCRIPT = """
const main = document.querySelector("main");
let shown = main.innerHTML;
const retire = () => {
  const past = main.querySelector("[data-until]");
  if (!past || Date.now() < Date.parse(past.dataset.until)) return;
  const due = past.nextElementSibling;
  past.hidden = true;
  due.hidden = false;
  const [before, after] = [past, due].map((each) => each.querySelector("h1").textContent);
  document.title = document.title.replace(before, after);
};
retire();
setInterval(async () => {
  if (document.hidden) return;
  const reply = await fetch(location.href, { cache: "no-cache" }).catch(() => null);
  if (reply?.ok) {
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const now = page.querySelector("main");
    if (now && now.innerHTML !== shown) {
      shown = now.innerHTML;
      main.replaceChildren(...now.childNodes);
      document.title = page.title;
    }
  }
  retire();
}, 60_000);
"""
