// Citations open their source cards. Everything is delegated: Gradio replaces the elements at will.
(() => {
  "use strict";
  let cameFrom = null;
  window.articleView = () => location.hash.match(/^#\/(library|settings|about)\b/)?.[1] ?? "ask";

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

  // Gradio names each message by its HTML source, which a screen reader would spell out, and reads
  // out every word as it comes. We name them, and read an answer out once, when it is complete.
  function tellScreenReaders() {
    for (const one of document.querySelectorAll("#chat [data-testid='user'], #chat [data-testid='bot']")) {
      const name = window.pageText(one.dataset.testid === "user" ? "Question" : "Answer");
      if (one.getAttribute("aria-label") === name) continue;
      one.setAttribute("role", "group");
      one.setAttribute("aria-label", name);
    }
    for (const log of document.querySelectorAll("#chat [role='log']:not([aria-live='off'])"))
      log.setAttribute("aria-live", "off");
  }

  function announce(text) {
    let region = document.getElementById("announcer");
    if (!region) {
      region = document.createElement("div");
      region.id = "announcer";
      region.className = "unseen";
      region.setAttribute("role", "status");
      document.body.append(region);
    }
    region.textContent = text;
  }

  new MutationObserver(() => {
    tellScreenReaders();
    follow();
  }).observe(document.documentElement, {
    attributeFilter: ["aria-label", "aria-live"],
    childList: true,
    subtree: true,
  });

  // A new question goes to the top, and again once its answer is complete, unless the reader has moved
  // meanwhile; then nothing moves.
  let moved = false;
  for (const kind of ["wheel", "touchmove", "pointerdown"])
    document.addEventListener(kind, (event) => (moved ||= Boolean(event.target.closest?.("#chat"))), { passive: true });
  document.addEventListener("keydown", (event) => {
    moved ||= /^(Arrow(Up|Down)|Page(Up|Down)|Home|End| )$/.test(event.key) && !event.target.closest?.("#question");
  });
  let turn = 0;
  let complete = false;
  let missed = false; // something came while another view was shown
  document.addEventListener("view", (event) => {
    if (event.detail !== "ask" || !missed) return;
    missed = false;
    const questions = document.querySelectorAll("#chat .asked");
    if (questions.length) scrollTo(questions[questions.length - 1], "start");
  });

  // An address that names an answer (#/c/CONVERSATION/ANSWER) leads there, once.
  function reachLinked() {
    const [, talk, number] = location.hash.match(/^#\/c\/([\w-]+)\/(\d+)$/) || [];
    if (!number || document.querySelector("#talks nav")?.dataset.current !== talk) return false;
    const question = document.querySelector(`#chat .asked-${number}`);
    if (!question) return false;
    history.replaceState(null, "", `${location.pathname}${location.search}#/c/${talk}`);
    const there = () => document.querySelector(`#chat .asked-${number}`)?.scrollIntoView({ block: "start" });
    there();
    setTimeout(there, 150); // what stands below may still be on its way
    return true;
  }

  function follow() {
    const questions = document.querySelectorAll("#chat .asked");
    const messages = document.querySelectorAll("#chat [data-testid='bot']");
    const question = questions[questions.length - 1];
    const now = question ? Number(question.className.match(/asked-(\d+)/)[1]) : 0;
    const answer =
      question && messages.length >= questions.length
        ? messages[messages.length - 1].querySelector(".answer:not(.partial), .trouble")
        : null;
    const linked = reachLinked();
    if (now === turn && Boolean(answer) === complete) return;
    if (linked) {
      turn = now;
      complete = Boolean(answer);
      return;
    }
    missed = window.articleView() !== "ask";
    if (now !== turn) moved = false;
    if (question && !missed && !moved) scrollTo(question, "start");
    if (answer) {
      document.getElementById("sources-column").scrollTop = 0;
      const tools = answer.querySelector(".tools")?.innerText ?? "";
      announce(answer.innerText.replace(tools, "").replace(/\s+/g, " ")); // without what is folded away
    } else if (question) announce("Looking for an answer.");
    turn = now;
    complete = Boolean(answer);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.cite, a.back");
    if (!link) return;
    event.preventDefault();
    if (link.matches("a.cite")) openCard(link);
    else goBack(link.getAttribute("href"));
  });

  for (const leaving of ["focusout", "mouseout"])
    document.addEventListener(leaving, (event) => {
      event.target.closest?.(".doubted")?.querySelector(".flag").classList.remove("hushed");
    });

  document.addEventListener("keydown", (event) => {
    const card = event.key === "Escape" && document.activeElement.closest("details.card");
    if (card) goBack(card.id);
    // The reason that a label shows on focus or under the mouse can be sent away.
    if (event.key === "Escape")
      for (const flag of document.querySelectorAll("button.flag:focus, .doubted:hover button.flag"))
        flag.classList.add("hushed");
  });
})();
