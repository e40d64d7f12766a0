// Thumbs below answers. What was voted comes from the server; the form for a thumb down is a dialog.
(() => {
  "use strict";
  const REASONS = [
    ["wrong", "What it says is wrong"],
    ["citation", "A citation does not support its sentence"],
    ["not_found", "The articles have the answer, but it was not found"],
    ["other", "Something else"],
  ];
  const THUMBS = "#chat .tools button:is(.do-up, .do-down)";
  let votes = {};
  let act = () => {};

  const about = (button) => {
    const [, thumb, turn, said] = button.className.match(/\bdo-(up|down) turn-(\d+) said-(\w+)/) || [];
    return { thumb, turn: Number(turn), said };
  };
  const voted = ({ turn, said }) => votes[`${turn}-${said}`];

  function mark() {
    for (const button of document.querySelectorAll(THUMBS)) {
      const here = about(button);
      const pressed = String(voted(here)?.thumb === here.thumb);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
  }

  window.articleVotes = (element, trigger, watch) => {
    let shown = null; // the conversation whose votes are known
    act = (does, more = {}) => trigger("act", { do: does, ...more });
    watch("value", () => {
      const parcel = element.querySelector("[data-votes]");
      if (!parcel) return;
      const content = JSON.parse(parcel.textContent);
      parcel.textContent = "";
      votes = content.votes;
      if (content.told) window.articleTell(content.told);
      mark();
    });
    function follow() {
      const talk = document.querySelector("#talks nav[data-ready]")?.dataset.current ?? shown;
      if (talk !== shown) {
        if (talk) act("show");
        shown = talk;
      }
      mark();
    }
    new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
    follow();
  };

  function form() {
    const dialog = document.createElement("dialog");
    dialog.id = "vote";
    dialog.className = "sheet";
    dialog.setAttribute("aria-labelledby", "vote-title");
    dialog.innerHTML =
      '<form><h2 id="vote-title">What is wrong with this answer?</h2><fieldset><legend class="unseen">Reason</legend></fieldset>' +
      '<label for="vote-comment">In your words, if you like</label><textarea id="vote-comment" rows="3" maxlength="2000" dir="auto"></textarea>' +
      '<p class="hint">Kept with the question, the answer and its sources, for whoever runs this program.</p>' +
      '<p class="ways"><button type="button" class="quiet" data-do="cancel">Cancel</button>' +
      '<button type="button" class="quiet" data-do="remove" hidden>Take it back</button><button type="submit" class="primary">Send</button></p></form>';
    const choices = dialog.querySelector("fieldset");
    for (const [reason, said] of REASONS) {
      const label = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "reason", value: reason, required: true });
      label.append(radio, Object.assign(document.createElement("span"), { textContent: said }));
      choices.append(label);
    }
    document.body.append(dialog);
    return dialog;
  }

  function askWhy(here) {
    const dialog = document.getElementById("vote") || form();
    const before = voted(here)?.thumb === "down" ? voted(here) : null;
    const fields = dialog.querySelector("form");
    fields.reset();
    for (const radio of fields.reason) radio.checked = radio.value === before?.reason;
    fields.querySelector("textarea").value = before?.comment ?? "";
    fields.querySelector("[data-do=remove]").hidden = !before;
    fields.onsubmit = (event) => {
      event.preventDefault();
      dialog.close();
      act("give", { ...here, reason: fields.reason.value, comment: fields.querySelector("textarea").value });
    };
    dialog.onclick = (event) => {
      const does = event.target === dialog ? "cancel" : event.target.dataset.do;
      if (does) dialog.close();
      if (does === "remove") act("remove", here);
    };
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(THUMBS);
    if (!button) return;
    const here = about(button);
    if (here.thumb === "down") return askWhy(here);
    act(voted(here)?.thumb === "up" ? "remove" : "give", here);
  });
})();
