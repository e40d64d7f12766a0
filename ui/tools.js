// What can be done with an answer and with the conversation: copy, link, ask again, edit, export.
(() => {
  "use strict";

  function tell(text) {
    let toast = document.getElementById("told");
    if (!toast) {
      toast = document.createElement("div");
      toast.id = "told";
      toast.setAttribute("role", "status");
      document.body.append(toast);
    }
    toast.textContent = text;
    clearTimeout(tell.fading);
    tell.fading = setTimeout(() => (toast.textContent = ""), 4_000);
  }
  window.articleTell = tell;

  async function copy(text, said) {
    try {
      await navigator.clipboard.writeText(text);
      tell(said);
    } catch {
      tell("The browser does not let this page write to the clipboard.");
    }
  }

  async function unpacked(content) {
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  async function save({ name, type, text, gzip }) {
    const content = gzip ? await unpacked(gzip) : text;
    const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    tell(`Saved as ${name}.`);
  }

  // What the server hands over for the browser to do.
  window.articleParcels = (element, watch) => {
    let last = "";
    watch("value", () => {
      const parcel = element.querySelector("[data-parcel]");
      if (!parcel || parcel.dataset.parcel === last) return;
      last = parcel.dataset.parcel;
      const content = JSON.parse(parcel.textContent);
      parcel.textContent = "";
      if (content.copy !== undefined) copy(content.copy, "Copied, with its sources.");
      if (content.save) save(content.save);
      if (content.tell) tell(content.tell);
    });
  };

  function link(turn) {
    const talk = document.querySelector("#talks nav")?.dataset.current;
    if (!talk) return tell("This conversation is not kept, so that nothing can lead back to it.");
    copy(`${location.origin}${location.pathname}#/c/${talk}/${turn}`, "Link copied; it opens for you only.");
  }

  // Where several can answer, "Ask again" asks who is to.
  function askAgain(button, turn) {
    const writers = document.getElementById("writers")?.dataset;
    const names = JSON.parse(writers?.names || "[]");
    if (names.length < 2) return window.articleAskAgain(turn);
    const menu = document.createElement("div");
    menu.id = "again-menu";
    menu.setAttribute("role", "group");
    menu.setAttribute("aria-label", "Who is to answer");
    names.forEach((name, by) => {
      const choice = document.createElement("button");
      choice.type = "button";
      if (name !== writers.quotes) choice.dir = "auto"; // a model's name stays as it is
      choice.textContent = name;
      choice.addEventListener("click", () => {
        closeAgain();
        window.articleAskAgain(turn, { by });
      });
      menu.append(choice);
    });
    document.body.append(menu);
    const { left, top, bottom } = button.getBoundingClientRect();
    menu.style.left = `${Math.min(left, innerWidth - menu.offsetWidth - 8)}px`;
    menu.style.top = `${bottom + menu.offsetHeight + 8 > innerHeight ? top - menu.offsetHeight - 4 : bottom + 4}px`;
    menu.returnTo = button;
    menu.firstChild.focus();
  }
  function closeAgain() {
    document.getElementById("again-menu")?.remove();
  }

  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".tools button, .export button, .editing button");
    closeMenus(event.target.closest?.("details.menu"));
    if (!event.target.closest?.("#again-menu")) closeAgain();
    const offered = event.target.closest?.("button.followup");
    if (offered) return window.articleAskAgain(0, { question: offered.textContent });
    if (!button) return;
    const { kind } = button.dataset;
    const [, inMessage, turn] = button.className.match(/\bdo-([a-z]+) turn-(\d+)/) || [];
    const does = inMessage || button.dataset.do;
    if (does === "link") return link(turn);
    if (does === "again") return askAgain(button, Number(turn));
    if (does === "everywhere") return window.articleAskAgain(Number(turn), { everywhere: true });
    if (does === "edit") document.querySelector("#question textarea")?.focus();
    window.articleAct(does, { turn: Number(turn || 0), kind });
    closeMenus();
  });
  addEventListener("scroll", closeAgain, true);
  document.addEventListener("keydown", (event) => {
    const again = event.key === "Escape" && document.getElementById("again-menu");
    if (again) {
      again.returnTo.focus();
      return closeAgain();
    }
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
