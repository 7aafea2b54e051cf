// Live numbers in prose: a JupyterLab extension, written as the module-federation container that
// JupyterLab loads, so that it needs no build.
//
// {eval}`expression` in a text cell, headings included, shows what `str` makes of the expression
// in the kernel; [Exhibit](#id) reads as the exhibit's name and leads to it. As in the report, a
// cell tagged "optional" loses the lines that name a result which is not there, and is left out
// when no other is left. The notebook's file stays as it is: only what is seen on screen changes.
(() => {
  "use strict";

  const EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json";
  const EVAL = /\{eval\}$/;
  const CANCELED = { content: { status: "aborted" } }; // as a kernel answers that is restarted
  const LINES = "p, li, h1, h2, h3, h4, h5, h6"; // of prose, which a line of Markdown becomes
  const STYLE = `
    .graymarket-left-out { display: none !important; }
    .graymarket-result { font-variant-numeric: tabular-nums; }
    .graymarket-result.pending { opacity: 0.6; font-style: italic; }
    .graymarket-result.error { color: var(--jp-error-color1); font-family: monospace; }`;

  // What one open notebook shows in place of its expressions.
  class LiveProse {
    constructor(panel) {
      this.panel = panel;
      this.answers = new Map(); // expression → { text, kind }
      const repaint = soon(() => this.paint());
      this.refresh = soon(() => this.ask());
      const observer = new MutationObserver(repaint);
      observer.observe(panel.content.node, { childList: true, subtree: true });
      panel.disposed.connect(() => observer.disconnect());
      panel.node.addEventListener("click", (event) => this.follow(event), true);
      panel.sessionContext.ready.then(this.refresh);
    }

    cells(type) {
      return this.panel.content.widgets.filter((cell) => cell.model.type === type);
    }

    // The expressions of all text cells, asked of the kernel in one request. It comes after the
    // cells that wait to run, so a title may stand before the code that it needs.
    async ask() {
      if (this.panel.isDisposed) return;
      const kernel = this.panel.sessionContext.session?.kernel;
      const sources = this.cells("markdown").map((cell) => cell.model.sharedModel.getSource());
      const found = sources.join("\n").matchAll(/\{eval\}`([^`]+)`/g);
      const expressions = [...new Set([...found].map((match) => match[1]))];
      if (!kernel || expressions.length === 0) return;
      const wrapped = expressions.map((expression, i) => [
        `e${i}`,
        `__import__("IPython.display").display.Markdown(str(${expression}))`,
      ]);
      const request = {
        code: "",
        silent: true,
        store_history: false,
        user_expressions: Object.fromEntries(wrapped),
      };
      const { content } = await kernel.requestExecute(request, true).done.catch(() => CANCELED);
      if (content.status !== "ok") return;
      this.answers = new Map(
        expressions.map((expression, i) => [
          expression,
          answer(content.user_expressions[`e${i}`]),
        ]),
      );
      this.paint();
    }

    paint() {
      if (this.panel.isDisposed) return;
      const exhibits = this.exhibits();
      for (const cell of this.cells("markdown")) {
        for (const code of cell.node.querySelectorAll(".jp-RenderedMarkdown code")) {
          const before = code.previousSibling;
          if (before?.nodeType !== Node.TEXT_NODE || !EVAL.test(before.data)) continue;
          before.data = before.data.replace(EVAL, "");
          const shown = document.createElement("span");
          shown.dataset.expression = code.textContent;
          code.replaceWith(shown);
        }
        const numbers = [...cell.node.querySelectorAll("[data-expression]")];
        for (const shown of numbers) this.fill(shown);
        if (cell.model.getMetadata("tags")?.includes("optional")) leaveOut(numbers);
        for (const link of cell.node.querySelectorAll(".jp-RenderedMarkdown a[href^='#']")) {
          name(link, exhibits.get(link.hash.slice(1)));
        }
      }
    }

    fill(shown) {
      const { expression } = shown.dataset;
      const { text, kind } = this.answers.get(expression) ?? { text: expression, kind: "pending" };
      if (shown.textContent !== text) shown.textContent = text;
      shown.className = `graymarket-result ${kind}`;
      shown.title = expression;
    }

    // The exhibits that the notebook's cells have put out: id → title and cell.
    exhibits() {
      const exhibits = new Map();
      for (const cell of this.cells("code")) {
        for (let i = 0; i < cell.model.outputs.length; i++) {
          const exhibit = cell.model.outputs.get(i).data[EXHIBIT_MIME];
          if (exhibit) exhibits.set(exhibit.id, { title: exhibit.title, cell });
        }
      }
      return exhibits;
    }

    async follow(event) {
      const link = event.target.closest?.("a[data-exhibit]");
      const exhibit = link && this.exhibits().get(link.dataset.exhibit);
      if (!exhibit) return;
      event.preventDefault();
      event.stopPropagation();
      await this.panel.content.scrollToCell(exhibit.cell); // draws it, if it is far away
      exhibit.cell.outputArea.node.scrollIntoView({ block: "start" });
    }
  }

  function answer({ status, data, ename, evalue }) {
    if (status === "ok") return { text: data["text/markdown"], kind: "" };
    // A name that is not there yet is no fault: its cell has not run.
    if (ename === "NameError") return undefined;
    const kind = ename === "AttributeError" ? "error absent" : "error";
    return { text: `${ename}: ${evalue}`, kind };
  }

  // Of an optional cell, the lines with an absent result, or all where no other has a number.
  function leaveOut(numbers) {
    const lines = new Map(); // line → whether a result is absent
    for (const shown of numbers) {
      const line = shown.closest(LINES);
      lines.set(line, lines.get(line) || shown.classList.contains("absent"));
    }
    for (const [line, absent] of lines) line.classList.toggle("graymarket-left-out", absent);
    const cell = numbers[0]?.closest(".jp-RenderedMarkdown");
    cell?.classList.toggle("graymarket-left-out", ![...lines.values()].includes(false));
  }

  // The words of its id name an exhibit, here as in the exhibit itself; numbers are the report's.
  function name(link, exhibit) {
    if (!link.dataset.exhibit && link.textContent === "Exhibit") {
      link.dataset.exhibit = link.hash.slice(1);
      link.textContent = `Exhibit “${link.dataset.exhibit.replaceAll("-", " ")}”`;
    }
    if (link.dataset.exhibit) link.title = exhibit?.title ?? "In another chapter, or not drawn yet";
  }

  // Calls of `action` in one stretch become one.
  function soon(action) {
    let waiting = 0;
    return () => {
      clearTimeout(waiting);
      waiting = setTimeout(action, 50);
    };
  }

  function plugin({ INotebookTracker, NotebookActions }) {
    return {
      id: "graymarket-lab:live-prose",
      description: "Shows the results that prose names",
      autoStart: true,
      requires: [INotebookTracker],
      activate: (app, tracker) => {
        const style = document.createElement("style");
        style.textContent = STYLE;
        document.head.append(style);
        const open = new WeakMap(); // notebook → LiveProse
        const follow = (panel) => open.set(panel.content, new LiveProse(panel));
        tracker.forEach(follow);
        tracker.widgetAdded.connect((_, panel) => follow(panel));
        NotebookActions.executed.connect((_, { notebook }) => open.get(notebook)?.refresh());
      },
    };
  }

  let shared;
  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["graymarket-lab"] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const [newest] = Object.values(shared["@jupyterlab/notebook"]).reverse();
      const notebook = (await newest.get())();
      return () => ({ __esModule: true, default: plugin(notebook) });
    },
  };
})();
