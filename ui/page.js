// Citations open their source cards. Everything is delegated: Gradio replaces the elements at will.
(() => {
  "use strict";
  let cameFrom = null;

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scrollTo = (element, block) =>
    element.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });

  function showTurn(turn) {
    for (const one of document.querySelectorAll("#sources .turn")) one.hidden = one !== turn;
  }

  function openCard(link) {
    const card = document.getElementById(link.getAttribute("href").slice(1));
    if (!card) return;
    cameFrom = link;
    showTurn(card.closest(".turn"));
    for (const one of document.querySelectorAll("details.card.current, a.cite.current"))
      one.classList.remove("current");
    card.open = true;
    card.classList.add("current");
    link.classList.add("current");
    card.querySelector("summary").focus({ preventScroll: true });
    scrollTo(card, "start");
  }

  function goBack(anchor) {
    const [, turn, number] = anchor.match(/(\d+)-(\d+)$/) || [];
    const link = document.querySelector(`a.cite[href="#src-${turn}-${number}"]`) || cameFrom;
    if (!link) return;
    link.focus({ preventScroll: true });
    scrollTo(link, "center");
  }

  // Gradio names each message by its HTML source, which a screen reader would spell out.
  function nameMessages() {
    for (const one of document.querySelectorAll("#chat [data-testid='user'], #chat [data-testid='bot']")) {
      const name = one.dataset.testid === "user" ? "Question" : "Answer";
      if (one.getAttribute("aria-label") === name) continue;
      one.setAttribute("role", "group");
      one.setAttribute("aria-label", name);
    }
  }
  new MutationObserver(() => {
    nameMessages();
    follow();
  }).observe(document.documentElement, {
    attributeFilter: ["aria-label"],
    childList: true,
    subtree: true,
  });

  // A new question goes to the top, and again once its answer is complete; then nothing moves.
  let asked = 0;
  let answered = 0;
  function follow() {
    const questions = document.querySelectorAll("#chat .asked");
    const answers = document.querySelectorAll("#chat .answer:not(.partial), #chat .trouble").length;
    if (questions.length && (questions.length !== asked || answers > answered))
      scrollTo(questions[questions.length - 1], "start");
    if (answers > answered) document.getElementById("sources-column").scrollTop = 0;
    asked = questions.length;
    answered = answers;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.cite, a.back");
    if (!link) return;
    event.preventDefault();
    if (link.matches("a.cite")) openCard(link);
    else goBack(link.getAttribute("href"));
  });

  document.addEventListener("keydown", (event) => {
    const card = event.key === "Escape" && document.activeElement.closest("details.card");
    if (card) goBack(card.id);
  });
})();
