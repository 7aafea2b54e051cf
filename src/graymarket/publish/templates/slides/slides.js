// Sets reveal.js to work, and adds the list of sections and the fitting of long text.
(() => {
  const nav = document.querySelector("nav");
  const sections = nav.querySelector("details");
  const SMALLEST = 18; // pixels at a slide's own size, below which nobody reads from the back

  // Arrows walk through all slides; on a focused link or button, Enter and Space stay its own.
  const forReveal = (event) =>
    !(["Enter", " "].includes(event.key) && document.activeElement.closest("a, button, summary"));

  function openSections() {
    sections.open = !sections.open;
    nav.querySelector(sections.open ? "a" : "summary").focus();
  }

  function nameCurrentSection(slide) {
    const column = slide.closest(".stack") || slide;
    for (const link of nav.querySelectorAll("a")) {
      const target = document.getElementById(link.hash.slice(2));
      const current = column.contains(target);
      current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
  }

  // Text that is too much for its slide is set smaller; what still does not fit can be scrolled.
  function fit(slide) {
    const body = slide.querySelector(".fitted");
    if (!body) return;
    const tooMuch = () =>
      body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
    let size = parseFloat(getComputedStyle(body).fontSize);
    while (tooMuch() && size > SMALLEST) body.style.fontSize = `${--size}px`;
    if (tooMuch()) body.tabIndex = 0;
  }

  nav.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) Reveal[button.dataset.step]();
    if (event.target.closest("a")) sections.open = false;
  });
  nav.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sections.open) return;
    event.stopPropagation(); // else reveal.js would show all slides
    openSections();
  });

  Reveal.on("ready", ({ currentSlide }) => {
    Reveal.addKeyBinding({ keyCode: 77, key: "M", description: "Sections" }, openSections);
    document.fonts.ready.then(() => fit(currentSlide));
    nameCurrentSection(currentSlide);
  });
  Reveal.on("slidechanged", ({ currentSlide }) => {
    fit(currentSlide);
    nameCurrentSection(currentSlide);
  });
  Reveal.on("pdf-ready", () => Reveal.getSlides().forEach(fit));

  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    maxScale: 6,
    center: false,
    controls: false,
    hash: true,
    keyboardCondition: forReveal,
    navigationMode: "linear",
    pdfMaxPagesPerSlide: 1,
    pdfSeparateFragments: false,
    progress: false,
    scrollLayout: "compact",
    transition: "none",
    backgroundTransition: "none",
    plugins: [RevealNotes],
  });
})();
