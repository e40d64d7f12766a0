// A citation shows its source on hover and on focus: title, outlet, date and the words that support it.
(() => {
  "use strict";
  const DELAY = 120;
  let shown = null; // the link whose preview is shown
  let waiting = 0;
  let clicked = null; // its source is open beside the answer: nothing is shown until the mouse has left it

  function fill(box, card) {
    const line = (kind, text, from) => {
      if (!text) return;
      const part = document.createElement("p");
      part.className = kind;
      part.dir = "auto";
      if (from?.closest?.("[lang]")) part.lang = from.closest("[lang]").lang;
      part.textContent = text;
      box.append(part);
    };
    const facts = [...card.querySelectorAll(".facts > .outlet, .facts > time")].map((one) => one.textContent);
    const marks = [...card.querySelectorAll(".passage mark")];
    line("title", card.querySelector(".title")?.textContent, card.querySelector(".title"));
    line("facts", facts.join(" · "));
    line("quote", marks.map((one) => one.textContent).join(" "), marks[0]);
    for (const doubt of card.querySelectorAll(".doubt")) line("doubt", doubt.textContent);
  }

  function show(link) {
    hide();
    const card = document.getElementById((link.getAttribute("href") || "").slice(1));
    if (!card || !link.isConnected) return;
    const box = document.createElement("div");
    box.id = "preview";
    box.setAttribute("role", "tooltip");
    fill(box, card);
    document.body.append(box);
    const place = link.getBoundingClientRect();
    const width = box.offsetWidth;
    box.style.left = `${Math.max(8, Math.min(place.left, innerWidth - width - 8))}px`;
    const above = place.top - box.offsetHeight - 6;
    box.style.top = `${place.bottom + 6 + box.offsetHeight > innerHeight && above > 0 ? above : place.bottom + 6}px`;
    link.setAttribute("aria-describedby", "preview");
    shown = link;
  }

  function hide() {
    clearTimeout(waiting);
    document.getElementById("preview")?.remove();
    shown?.removeAttribute("aria-describedby");
    shown = null;
  }

  const citation = (target) => target.closest?.("#chat a.cite");
  function soon(link) {
    clearTimeout(waiting);
    if (link === shown || link === clicked) return;
    if (link.title) {
      link.setAttribute("aria-label", link.title); // the browser's own hint would cover ours
      link.removeAttribute("title");
    }
    waiting = setTimeout(() => show(link), DELAY);
  }
  document.addEventListener("mouseover", (event) => {
    const link = citation(event.target);
    if (link !== clicked) clicked = null;
    if (link) soon(link);
    else if (event.target.closest?.("#preview")) clearTimeout(waiting);
    else if (shown && !shown.matches(":focus")) {
      clearTimeout(waiting);
      waiting = setTimeout(hide, DELAY);
    } else if (!shown) clearTimeout(waiting);
  });
  document.addEventListener("focusin", (event) => {
    const link = citation(event.target);
    if (link?.matches(":focus-visible")) soon(link);
  });
  document.addEventListener("focusout", (event) => citation(event.target) && hide());
  document.addEventListener("click", (event) => {
    hide();
    clicked = citation(event.target);
  });
  addEventListener("scroll", hide, true);
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !shown) return;
      hide();
      event.stopPropagation();
    },
    true,
  );
})();
