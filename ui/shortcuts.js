// Keys that work outside of text boxes, and the help that lists them. They can be switched off.
(() => {
  "use strict";
  const OFF = "shortcuts-off";
  const last = (selector) => [...document.querySelectorAll(selector)].pop();
  const press = (selector) => {
    const button = last(selector);
    if (button && button.getClientRects().length) button.click();
  };
  function step(direction) {
    const log = document.querySelector("#chat [role=log]");
    const questions = [...document.querySelectorAll("#chat .asked")];
    if (!log || !questions.length) return;
    const top = innerWidth > 860 ? log.getBoundingClientRect().top : 0;
    const at = questions.map((one) => one.getBoundingClientRect().top - top);
    const next =
      direction > 0
        ? questions[at.findIndex((place) => place > 40)]
        : questions[at.findLastIndex((place) => place < -20)];
    (next || (direction > 0 ? questions[questions.length - 1] : questions[0])).scrollIntoView({ block: "start" });
  }
  const KEYS = [
    ["/", "Go to the question box", () => document.querySelector("#question textarea")?.focus()],
    ["f", "Choose which articles are asked", () => press(".open-filters")],
    ["n", "New conversation", () => press("#anew")],
    ["c", "Show or hide the conversations", () => window.articleDrawer()],
    ["j", "Next question", () => step(1)],
    ["k", "Question before", () => step(-1)],
    ["1 – 9", "Open that source of the last answer", null],
    ["y", "Copy the last answer with its sources", () => press("#chat .do-copy")],
    ["e", "Change the last question", () => press("#chat .do-edit")],
    ["r", "Ask the last question again", () => press("#chat .do-again")],
    ["s", "Stop the answer", () => press("#question .stop-button")],
    ["l", "Library", () => document.getElementById("tab-library")?.click()],
    ["?", "This list", () => help()],
    ["Esc", "Close what is open; from a source, back to the answer", null],
  ];

  const storage = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null; // storage is switched off
    }
  };
  let off = storage((kept) => kept.getItem(OFF)) === "yes";

  function help() {
    let dialog = document.getElementById("shortcuts");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "shortcuts";
      dialog.setAttribute("aria-labelledby", "shortcuts-title");
      dialog.innerHTML =
        '<form method="dialog"><h2 id="shortcuts-title">Keyboard</h2><dl></dl>' +
        '<label><input type="checkbox"> Single keys are shortcuts</label><button>Close</button></form>';
      const list = dialog.querySelector("dl");
      for (const [key, what] of KEYS) {
        const row = document.createElement("div");
        const [term, said] = [document.createElement("dt"), document.createElement("dd")];
        term.innerHTML = "<kbd></kbd>";
        term.firstChild.textContent = key;
        said.textContent = what;
        row.append(term, said);
        list.append(row);
      }
      const box = dialog.querySelector("input");
      box.checked = !off;
      box.addEventListener("change", () => {
        off = !box.checked;
        storage((kept) => kept.setItem(OFF, off ? "yes" : "no"));
      });
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
      document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".keys")) help();
  });
  document.addEventListener("keydown", (event) => {
    if (off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    if (document.querySelector("dialog[open]")) return;
    const inChat = window.articleView() === "ask";
    if (inChat && /^[1-9]$/.test(event.key)) {
      const answer = last("#chat [data-testid='bot']");
      const link = answer?.querySelector(`a.cite[href$="-${event.key}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    const does = KEYS.find(([key, , act]) => act && key === event.key)?.[2];
    if (!does || (!inChat && event.key !== "?")) return;
    event.preventDefault();
    does();
  });
})();
