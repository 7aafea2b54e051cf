// The what-if calculator: the report's arithmetic, done again in the page with any numbers.
// Every formula here has its twin in the package's models; what they print is the same.
/* Arithmetic: numbers by name, such as reading_1_value or lines_low, give the outputs' quantiles. */
const sum = (values) => values.reduce((total, value) => total + value, 0);
const logit = (part) => Math.log(part / (1 - part));
const expit = (odds) => 1 / (1 + Math.exp(-odds));
const PER_DEVIATION = Math.PI / Math.sqrt(3);

const readingOf = (model, number, name, kind) => {
  const part = number(name, "value") / 100, sample = number(name, "sample");
  const of = (column) => number(kind, column);
  const chance = sample ? 1 / (sample * part * (1 - part)) : 0;
  return {
    kind, freedom: of("freedom"),
    at: logit(part) + of("off") + number(name, "moved"),
    shared: Math.hypot(of("se"), of("between")),
    own: Math.sqrt(of("within") ** 2 + number(name, "doubt") ** 2 + chance),
  };
};

const leastSquares = (readings) => {
  const alike = (one) => readings.filter((other) => other.kind === one.kind);
  const pulls = readings.map((one) => {
    const same = alike(one);
    const a = sum(same.map((r) => r.shared / r.own ** 2)), b = sum(same.map((r) => (r.shared / r.own) ** 2));
    return 1 / one.own ** 2 - (one.shared / one.own ** 2) * (a / (1 + b));
  });
  const total = sum(pulls), weights = pulls.map((pull) => pull / total);
  const kinds = [...new Set(readings.map((r) => r.kind))].map((kind) => {
    const own = readings.map((r, i) => ({ ...r, weight: weights[i] })).filter((r) => r.kind === kind);
    const together = sum(own.map((r) => r.weight * r.shared)) ** 2;
    return { variance: together + sum(own.map((r) => (r.weight * r.own) ** 2)), freedom: own[0].freedom };
  });
  const variance = sum(kinds.map((kind) => kind.variance));
  return {
    center: sum(readings.map((r, i) => weights[i] * r.at)),
    spread: Math.sqrt(variance),
    freedom: variance ** 2 / sum(kinds.map((kind) => kind.variance ** 2 / kind.freedom)),
  };
};

const limitOf = ({ z95, grid }, number, name) => {
  const low = logit(number(name, "cap_low") / 100), high = logit(number(name, "cap_high") / 100);
  const own = Math.hypot((high - low) / (2 * z95), number(name, "doubt"));
  return { at: (low + high) / 2 + number(name, "moved"), own: Math.max(own, grid.step / 10) };
};

/* What is known of the share: chance[i] lies below the lower edge of cell i of the grid. */
const posterior = ({ grid }, readings, limits) => {
  const { center, spread, freedom } = leastSquares(readings);
  const density = Array.from({ length: grid.count }, (_, i) => {
    const x = grid.first + grid.step * i;
    const bell = (1 + ((x - center) / spread) ** 2 / freedom) ** (-(freedom + 1) / 2);
    return limits.reduce((d, limit) => d * expit((PER_DEVIATION * (limit.at - x)) / limit.own), bell);
  });
  const total = sum(density), chance = [0];
  for (const one of density) chance.push(chance.at(-1) + one / total);
  return (probability) => {
    let [first, last] = [0, grid.count];
    while (last - first > 1) {
      const middle = (first + last) >> 1;
      if (chance[middle] <= probability) first = middle; else last = middle;
    }
    const part = (probability - chance[first]) / (chance[last] - chance[first] || 1);
    return 100 * expit(grid.first - grid.step / 2 + grid.step * (first + Math.min(1, part)));
  };
};

const triangular = (low, mode, high) => (even) => {
  const width = high - low;
  return even * width < mode - low
    ? low + Math.sqrt(even * width * (mode - low))
    : high - Math.sqrt((1 - even) * width * (high - mode));
};

const pointsOf = (model, directions) => Array.from({ length: model.points }, (_, n) => {
  let whole = 0;
  directions.forEach((direction, digit) => { if ((n >> digit) & 1) whole ^= direction; });
  return (whole + 0.5) / model.points;
});

const SIGNS = { "*": (a, b) => a * b, "/": (a, b) => a / b, "-": (a, b) => a - b };
const follow = (steps, known) => {
  if (typeof steps === "number") return steps;
  if (typeof steps === "string") return known(steps);
  return SIGNS[steps[0]](follow(steps[1], known), follow(steps[2], known));
};

const quantileOf = (sorted) => (probability) => {
  const place = probability * (sorted.length - 1), first = Math.floor(place);
  return sorted[first] + (place - first) * ((sorted[first + 1] ?? sorted[first]) - sorted[first]);
};

/* For each output the function from probability to value; throws a message for a wrong number. */
const workedOut = (model, values) => {
  const number = (name, column) => values[`${name}_${column}`];
  const used = model.readings.filter(({ name }) => number(name, "use"));
  const readings = used.map(({ name, kind }) => readingOf(model, number, name, kind));
  if (values.further_use) readings.push(readingOf(model, number, "further", values.further_kind));
  if (!readings.length) throw new Error("One reading or more is needed.");
  const share = posterior(model, readings, model.limits.map(({ name }) => limitOf(model, number, name)));
  const points = { [model.share.name]: pointsOf(model, model.share.directions).map(share) };
  for (const { name, label, directions } of model.inputs) {
    const ends = ["low", "mode", "high"].map((column) => number(name, column));
    if (!(ends[0] <= ends[1] && ends[1] <= ends[2])) throw new Error(`${label}: expected lowest ≤ most likely ≤ highest.`);
    points[name] = pointsOf(model, directions).map(triangular(...ends));
  }
  const quantiles = {};
  for (const { name, steps } of model.outputs) {
    if (steps) {
      points[name] = Array.from({ length: model.points }, (_, n) =>
        follow(steps, (of) => points[of][n]));
    }
    quantiles[name] = steps ? quantileOf(Float64Array.from(points[name]).sort()) : share;
  }
  return quantiles;
};

/* Words: as the report prints them, a range rounded outwards. */
const digits = (value, step, scale) => {
  const decimals = Math.max(0, Math.round(Math.log10(scale / step)));
  return new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(value / scale);
};
const stepFor = ({ roundings }, high) => (roundings.find(([above]) => high > above) ?? roundings.at(-1))[1];
const printed = (output, low, high) => {
  const step = stepFor(output, high), whole = (value) => +(value / step).toFixed(9);
  const ends = [Math.floor(whole(low)) * step, Math.ceil(whole(high)) * step];
  const [first, last] = ends.map((end) => digits(end, step, output.scale));
  return first === last ? output.forms.other.replace("{n}", first)
    : output.forms.range.replace("{low}", first).replace("{high}", last);
};
const middleOf = (output, middle, high) => {
  const step = stepFor(output, high);
  return output.forms.other.replace("{n}", digits(Math.round(middle / step) * step, step, output.scale));
};

/* The page's part: controls, fifty dots, presets, a link that carries the numbers. */
const COLUMNS = { readings: ["value", "sample", "moved", "doubt"], limits: ["cap_low", "cap_high", "moved", "doubt"],
  inputs: ["low", "mode", "high"], kinds: ["off", "se", "between", "within", "freedom"] };
const startOf = (model) => {
  const values = { further_use: 0, further_value: 20, further_sample: null, further_moved: 0, further_doubt: 0,
    further_kind: model.possible[0].kind };
  for (const [part, columns] of Object.entries(COLUMNS)) {
    for (const row of model[part]) for (const column of columns) values[`${row.name}_${column}`] = row[column];
  }
  for (const { name } of model.readings) values[`${name}_use`] = 1;
  return values;
};
const SVG = "http://www.w3.org/2000/svg";
const draw = (tag, attributes, text = "") => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};

const DOTS = 50, HIGH = 150;
const dotPlot = (output, quantile, wide) => {
  const radius = Math.max(4, wide / 75);
  const values = Array.from({ length: DOTS }, (_, i) => quantile((i + 0.5) / DOTS));
  const most = values.at(-1), unit = 10 ** Math.floor(Math.log10(most / 3));
  const tick = [1, 2, 5, 10].map((n) => n * unit).find((n) => most / n <= 6);
  const end = Math.ceil(most / tick) * tick, x = (value) => 12 + (value / end) * (wide - 30);
  const picture = draw("svg", { viewBox: `0 0 ${wide} ${HIGH}`, "aria-hidden": "true" });
  for (let at = 0; at <= end * 1.0001; at += tick) {
    picture.append(draw("line", { x1: x(at), x2: x(at), y1: 8, y2: HIGH - 26, class: "grid" }),
      draw("text", { x: x(at), y: HIGH - 8, "text-anchor": "middle" },
        new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(at / output.scale)));
  }
  const stacks = {};
  for (const value of values) {
    const place = Math.round(x(value) / (2 * radius)), height = (stacks[place] = (stacks[place] ?? 0) + 1);
    const middle = { cx: place * 2 * radius, cy: HIGH - 26 - (2 * height - 1) * radius };
    picture.append(draw("circle", { ...middle, r: radius - 0.8 }));
  }
  return picture;
};

const calculator = (figure) => {
  const model = JSON.parse(figure.querySelector("script").textContent);
  const start = startOf(model), id = figure.id;
  const given = () => (location.hash.startsWith(`#${id}?`) ? new URLSearchParams(location.hash.slice(id.length + 2)) : []);
  let values;
  const restart = (changes = []) => {
    values = { ...start };
    for (const [name, text] of changes) {
      const usable = name === "further_kind" ? model.kinds.some((kind) => kind.name === text) : Number.isFinite(Number(text));
      if (Object.hasOwn(values, name) && usable) values[name] = name === "further_kind" ? text : Number(text);
    }
  };
  const changes = () => Object.entries(values).filter(([name, value]) => value !== start[name] && value !== null);
  const link = () => `${location.href.split("#")[0]}#${id}?${new URLSearchParams(changes())}`;

  const answer = make("div", { className: "answer" }), plot = make("div", { className: "dots" });
  const alert = make("p", { className: "wrong", hidden: true });
  alert.setAttribute("role", "alert");
  answer.setAttribute("role", "status");
  const shown = make("select", { id: `${id}-shown` }, ...model.outputs.map(({ name, label }) =>
    make("option", { value: name, textContent: label, selected: name === model.outputs.at(-1).name })));
  const key = make("p", { className: "source" });

  const fields = new Map();
  const update = () => {
    for (const [name, each] of fields) for (const field of each) {
      if (field === document.activeElement && field.type === "number") continue;
      if (field.type === "checkbox") field.checked = Boolean(values[name]); else field.value = values[name] === null ? "" : Number(values[name].toPrecision(7));
    }
    let quantiles;
    try { quantiles = workedOut(model, values); } catch (problem) {
      alert.hidden = false;
      alert.textContent = problem.message;
      return answer.classList.add("old");
    }
    alert.hidden = true;
    answer.classList.remove("old");
    answer.replaceChildren(...model.outputs.map((output) => {
      const of = quantiles[output.name], [low, middle, high] = [0.025, 0.5, 0.975].map(of);
      const line = make("p", {}, make("span", { textContent: `${output.label}: ` }),
        make("b", { className: "range", textContent: printed(output, low, high) }),
        make("span", { className: "middle", textContent: `, middle ${middleOf(output, middle, high)}` }));
      line.dataset.output = output.name;
      return line;
    }));
    const output = model.outputs.find(({ name }) => name === shown.value);
    plot.replaceChildren(dotPlot(output, quantiles[output.name], Math.min(640, figure.clientWidth || 640)));
    const unit = output.forms.other.replace("{n}", "").trim();
    key.textContent = `Each dot is one chance in fifty that the truth lies there. Scale: ${unit}.`;
  };
  const change = (name, value) => { values[name] = value; update(); };

  const field = (name, type, label, ends = {}) => {
    const input = make("input", { type, ...ends, ariaLabel: label });
    if (type !== "checkbox") input.step = "any";
    const event = type === "checkbox" ? "change" : "input";
    input.addEventListener(event, () => {
      const value = type === "checkbox" ? Number(input.checked) : input.valueAsNumber;
      if (!Number.isNaN(value)) change(name, value);
    });
    fields.set(name, [...(fields.get(name) ?? []), input]);
    return input;
  };
  const evidence = ({ reasoning = "", grade = "", basis }) => {
    const sources = [...new Map(basis.flatMap((line) => line.sources).map((one) => [one.url, one])).values()];
    const links = sources.slice(0, 6).flatMap((one, i) =>
      [i ? "; " : "", make("a", { href: one.url, textContent: one.credit })]);
    return make("details", {}, make("summary", { textContent: "Evidence" }),
      make("p", {}, reasoning ? `${reasoning}. ` : "", grade ? `Grade ${grade}. ` : "", "Source: ", ...links, "."));
  };
  const share = { min: 0.5, max: 95 };
  const group = (title, ...rows) => make("fieldset", {}, make("legend", { textContent: title }), ...rows);
  const row = (...parts) => make("div", { className: "row" }, ...parts);

  const readings = group("Readings of the share, in percent", ...model.readings.map((one) => row(
    make("label", {}, field(`${one.name}_use`, "checkbox", `Use ${one.label}`), ` ${one.label}`),
    field(`${one.name}_value`, "range", one.label, share), field(`${one.name}_value`, "number", `${one.label}, percent`, share),
    evidence(one))));
  const found = make("select", { ariaLabel: "What might be observed" },
    make("option", { value: "", textContent: "Choose an observation …" }),
    ...model.possible.map((one, i) => make("option", { value: i, textContent: `${one.label}: ${one.value}%` })));
  found.addEventListener("change", () => {
    const one = model.possible[found.value];
    Object.assign(values, one ? { further_use: 1, further_kind: one.kind, further_value: one.value, further_sample: one.sample }
      : { further_use: 0 });
    update();
  });
  const further = group("What if somebody found one reading more?", row(found,
    field("further_value", "range", "Share found", share), field("further_value", "number", "Share found, percent", share),
    make("label", {}, field("further_use", "checkbox", "Use it"), " use it")));
  const inputs = group("The other inputs: lowest, most likely, highest", ...model.inputs.map((one) => {
    const room = (one.high - one.low) / 2 || one.high / 10;
    const least = Math.max(0, one.low - room), most = one.unit === "percent" ? Math.min(100, one.high + room) : one.high + room;
    return row(make("span", { textContent: `${one.label}${one.unit === "percent" ? ", percent" : ""}` }),
      field(`${one.name}_mode`, "range", `${one.label}, most likely`, { min: least, max: most }),
      ...[["low", "lowest"], ["mode", "most likely"], ["high", "highest"]].map(([column, word]) =>
        field(`${one.name}_${column}`, "number", `${one.label}, ${word}`)), evidence(one));
  }));
  const errors = make("details", { className: "errors" },
    make("summary", { textContent: "What was learned of each kind of reading, in log-odds" }),
    ...model.kinds.map((kind) => row(make("span", { textContent: kind.label }), ...[["off", "mean"], ["se", "its error"],
      ["between", "between countries"], ["within", "within"]].map(([column, word]) =>
      make("label", {}, `${word} `, field(`${kind.name}_${column}`, "number", `${kind.label}: ${word}`))))));
  const reset = make("button", { type: "button", textContent: "Back to the report’s numbers" });
  reset.addEventListener("click", () => { found.value = ""; restart(); update(); });
  const copied = make("button", { type: "button", textContent: "Copy link with these numbers" });
  copied.addEventListener("click", async () => { await copy(link()); said.textContent = "Link copied"; });
  shown.addEventListener("change", update);

  figure.append(answer, alert, make("label", { htmlFor: shown.id, textContent: "Drawn: " }, ""), shown, plot, key,
    further, readings, inputs, errors, make("div", { className: "buttons" }, reset, copied));
  restart(given());
  update();
  const arrive = () => {
    if (!location.hash.startsWith(`#${id}?`)) return;
    restart(given());
    update();
    figure.scrollIntoView();
  };
  addEventListener("hashchange", arrive);
  addEventListener("resize", update);
  if (location.hash.startsWith(`#${id}?`)) figure.scrollIntoView();
};
each("figure.calculator", calculator);
