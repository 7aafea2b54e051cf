// What the page does beyond being read; without this script nothing is missing from it.
"use strict";

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const each = (selector, action) => document.querySelectorAll(selector).forEach(action);
const said = make("p", { className: "hidden" });
said.setAttribute("role", "status");
document.querySelector("main").append(said);

/* Light, dark, or as the machine is set; remembered where the browser keeps anything. */
const KEPT = "report-colours";
const keep = (value) => { try { localStorage.setItem(KEPT, value); } catch { /* not allowed */ } };
const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
const paint = (scheme) => {
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
  else delete document.documentElement.dataset.scheme;
};
const colours = make("select", { id: "colours" },
  ...["auto", "light", "dark"].map((name) => make("option", { value: name, textContent: name })));
colours.value = ["light", "dark"].includes(kept()) ? kept() : "auto";
colours.addEventListener("change", () => { paint(colours.value); keep(colours.value); });
paint(colours.value);
document.querySelector(".tools").append(
  make("label", { htmlFor: "colours", textContent: "Colours" }), colours);

/* The contents mark the chapter that is being read. */
const chapters = [...document.querySelectorAll("h2.chapter")];
let marked = null;
const markChapter = () => {
  const passed = chapters.filter((one) => one.getBoundingClientRect().top < innerHeight / 3);
  const current = passed.at(-1)?.id;
  if (current === marked) return;
  marked = current;
  each(".contents a", (link) => {
    if (link.hash !== `#${current}`) return link.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    const side = link.closest(".side");
    if (!side || !side.offsetHeight) return;
    const [box, frame] = [link.getBoundingClientRect(), side.getBoundingClientRect()];
    if (box.top < frame.top || box.bottom > frame.bottom) side.scrollTop += box.top - frame.top - 120;
  });
};
let waiting = false;
const soon = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; markChapter(); });
};
addEventListener("scroll", soon, { passive: true });
addEventListener("resize", soon);
markChapter();

/* Each exhibit's address and citation, to be pasted elsewhere. */
const copy = async (text) => {
  try { return await navigator.clipboard.writeText(text); } catch { /* the older way, below */ }
  const area = make("textarea", { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
};
const copyButton = (words, exhibit, text) => {
  const of = make("span", { className: "hidden", textContent: ` of ${exhibit}` });
  const shown = make("span", { textContent: words });
  const button = make("button", { type: "button", className: "copy" }, shown, of);
  button.addEventListener("click", async () => {
    await copy(text());
    shown.textContent = "Copied";
    said.textContent = `${words}: copied`;
    setTimeout(() => { shown.textContent = words; said.textContent = ""; }, 2000);
  });
  return button;
};
const about = document.querySelector("main").dataset;
each("figure.exhibit", (figure) => {
  const title = figure.querySelector(".title").textContent;
  const label = figure.querySelector(".label").textContent;
  const link = () => `${location.href.split("#")[0]}#${figure.id}`;
  const whole = about.edition ? `“${about.title}”, edition ${about.edition}` : `“${about.title}”`;
  figure.querySelector(".data").append(
    copyButton("Copy link", title, link),
    copyButton("Copy citation", title, () => `“${title}”, ${label} of ${whole}. ${link()}`));
});

/* Tables sort by a click on a column's name: up, down, as published. */
const EMPTY = "–";
const number = (text) => parseFloat(text.replaceAll(",", "").replace("−", "-").replace(/^[^\d.-]+/, ""));
const compare = (numeric) => (a, b) => {
  if (a === EMPTY || b === EMPTY) return 0;
  return numeric ? number(a) - number(b) : a.localeCompare(b, "en", { numeric: true });
};
const sortable = (table) => {
  const body = table.tBodies[0], published = [...body.rows];
  const sort = (column, way, numeric) => {
    const rows = [...published], text = (row) => row.cells[column].textContent.trim();
    const by = compare(numeric);
    if (way) rows.sort((a, b) => (text(a) === EMPTY) - (text(b) === EMPTY) || way * by(text(a), text(b)));
    body.append(...rows);
  };
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = make("button", { type: "button" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = { ascending: "descending", descending: "none" }[head.ariaSort] ?? "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (now !== "none") head.setAttribute("aria-sort", now);
      sort(column, { ascending: 1, descending: -1, none: 0 }[now], head.classList.contains("n"));
    });
  });
};

/* Charts tell the row nearest to the pointer, or step through the rows with the arrow keys.
   Where each row is was worked out, and checked against the data, when the page was written. */
const MOST_VALUES = 8;
const readable = (chart) => {
  const figure = chart.closest("figure"), table = figure.querySelector(".data table");
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  const along = chart.dataset.along, places = chart.dataset.places.split(" ").map(Number);
  const tip = make("div", { className: "tip", hidden: true });
  const ruler = make("div", { className: `ruler ${along}`, hidden: true });
  const slider = make("div", { className: "slider", tabIndex: 0 });
  const frame = make("div", { className: `frame ${[...chart.classList].filter((c) => c !== "chart").join(" ")}` });
  const values = (row) => row.slice(1).map((value, i) => [names[i + 1], value])
    .filter(([, value]) => value !== EMPTY).slice(0, MOST_VALUES);
  let current = 0;
  const hide = () => { tip.hidden = ruler.hidden = true; };
  const show = (at) => {
    current = Math.max(0, Math.min(places.length - 1, at));
    const row = rows[current], place = places[current] / 100;
    tip.replaceChildren(make("b", { textContent: row[0] }), ...values(row).map(([name, value]) =>
      make("div", {}, make("span", { textContent: name }), " ", make("span", { textContent: value }))));
    slider.setAttribute("aria-valuenow", current + 1);
    slider.setAttribute("aria-valuetext",
      `${row[0]}: ${values(row).map(([name, value]) => `${name} ${value}`).join("; ")}`);
    tip.hidden = ruler.hidden = false;
    const [wide, high] = [frame.clientWidth, frame.clientHeight];
    if (along === "x") {
      ruler.style.left = `${place}%`;
      const x = (place / 100) * wide, beyond = x + 14 + tip.offsetWidth > wide;
      tip.style.left = `${Math.max(0, beyond ? x - 14 - tip.offsetWidth : x + 14)}px`;
      tip.style.top = "0";
    } else {
      ruler.style.top = `${place}%`;
      const y = (place / 100) * high, beyond = y + 14 + tip.offsetHeight > high;
      tip.style.left = `${Math.max(0, wide - tip.offsetWidth)}px`;
      tip.style.top = `${beyond ? y - 14 - tip.offsetHeight : y + 14}px`;
    }
  };
  const nearest = (event) => {
    const box = frame.getBoundingClientRect();
    const part = along === "x" ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
    const far = places.map((place) => Math.abs(place - part * 10000));
    return far.indexOf(Math.min(...far));
  };
  frame.addEventListener("pointermove", (event) => show(nearest(event)));
  frame.addEventListener("pointerdown", (event) => show(nearest(event)));
  frame.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
  document.addEventListener("pointerdown", (event) => { if (!frame.contains(event.target)) hide(); });
  slider.addEventListener("focus", () => show(current));
  slider.addEventListener("blur", hide);
  slider.addEventListener("keydown", (event) => {
    const steps = {
      ArrowRight: current + 1, ArrowLeft: current - 1, PageUp: current + 12, PageDown: current - 12,
      ArrowDown: current + (along === "y" ? 1 : -1), ArrowUp: current + (along === "y" ? -1 : 1),
      Home: 0, End: places.length - 1,
    };
    if (event.key === "Escape") return hide();
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(steps[event.key]);
  });
  slider.setAttribute("role", "slider");
  slider.setAttribute("aria-label", `Values of ${figure.querySelector(".title").textContent}`);
  slider.setAttribute("aria-valuemin", 1);
  slider.setAttribute("aria-valuemax", places.length);
  slider.setAttribute("aria-valuenow", 1);
  slider.setAttribute("aria-valuetext", rows[0][0]);
  chart.replaceWith(frame);
  frame.append(chart, ruler, slider, tip);
};

/* On a narrow screen a table that does not fit is stacked: each row a card of named values. */
const narrow = matchMedia("(max-width: 600px)");
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TH: "columnheader", TD: "cell" };
const stack = (table) => {
  table.classList.remove("stacked");
  if (!narrow.matches || table.closest("details:not([open])")) return;
  if (table.offsetWidth <= table.parentElement.clientWidth) return;
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  for (const part of [table, ...table.querySelectorAll("*")]) {
    if (part.tagName in ROLES) part.setAttribute("role", ROLES[part.tagName]); // display: block takes it
    if (part.tagName === "TD" && part.cellIndex) part.dataset.label = names[part.cellIndex];
  }
  table.classList.add("stacked");
};
let fitted = 0;
const stackAll = () => {
  if (fitted === innerWidth) return;
  fitted = innerWidth;
  each(".exhibit table", stack);
};

each(".chart[data-places]", readable); // before any row is moved by sorting
each(".exhibit table", sortable);
each(".exhibit details", (details) => details.addEventListener("toggle", () => stack(details.querySelector("table"))));
addEventListener("resize", stackAll);
document.fonts.ready.then(stackAll);
