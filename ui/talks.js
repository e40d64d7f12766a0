// The list of conversations, and the address: #/c/CONVERSATION or #/c/CONVERSATION/ANSWER.
(() => {
  "use strict";
  const LINK = /^#\/c\/([\w-]{43})(?:\/(\d{1,6}))?$/;
  const WIDE = 1440;
  const NO_ANSWER_YET = "#chat .unanswered";
  const inChat = () => window.articleView() === "ask";
  const place = (hash) => location.pathname + location.search + hash;

  // ---- The drawer is open where there is room for it, unless it was closed.
  const remembered = () => {
    try {
      return localStorage.getItem("drawer");
    } catch {
      return null; // storage is switched off
    }
  };
  function draw(open, { remember = false } = {}) {
    document.body.dataset.drawer = open ? "open" : "closed";
    document.querySelector(".drawer-toggle")?.setAttribute("aria-expanded", open);
    if (!remember) return;
    try {
      localStorage.setItem("drawer", open ? "open" : "closed");
    } catch {
      /* storage is switched off */
    }
  }
  const roomy = () => innerWidth >= WIDE;
  const drawn = () => document.body.dataset.drawer === "open";
  function toggle() {
    draw(!drawn(), { remember: roomy() });
    if (drawn()) document.querySelector("#talks-search")?.focus();
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".drawer-toggle")) toggle();
    else if (drawn() && !roomy() && !event.target.closest?.("#talks-column, dialog")) draw(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawn() || roomy() || event.target.closest?.("li.naming")) return;
    draw(false);
    document.querySelector(".drawer-toggle")?.focus();
  });
  // A window that is made narrow, or zoomed, is not to be covered by the list.
  matchMedia(`(min-width: ${WIDE}px)`).addEventListener("change", (event) =>
    draw(event.matches && remembered() !== "closed"),
  );
  window.articleDrawer = toggle;

  // ---- The list
  window.articleTalks = (element, trigger, watch) => {
    let current = null; // the conversation that is shown; null before that is known
    const act = (does, more = {}) => trigger("act", { do: does, ...more });
    window.articleAct = act;
    window.articleAskAgain = (turn, more = {}) => trigger("again", { turn, ...more });

    function follow() {
      const list = element.querySelector("nav[data-ready]");
      if (!list) return;
      tellTimes();
      const now = list.dataset.current;
      const before = current;
      current = now;
      const named = location.hash.match(LINK);
      if (!inChat() || (named ? named[1] === now : !now)) return;
      // A new conversation can be left with the Back button; all else replaces what does not hold any more.
      const step = before && !now && named && named[1] === before ? "pushState" : "replaceState";
      history[step](null, "", place(now ? `#/c/${now}` : ""));
    }

    function tellTimes() {
      const today = new Date().toDateString();
      for (const one of element.querySelectorAll("time")) {
        const moment = new Date(one.dateTime);
        const sameYear = moment.getFullYear() === new Date().getFullYear();
        one.textContent =
          moment.toDateString() === today
            ? moment.toLocaleTimeString(window.pageLanguage, { hour: "2-digit", minute: "2-digit" })
            : moment.toLocaleDateString(window.pageLanguage, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
      }
    }

    function arrive() {
      if (current === null || !inChat()) return;
      const named = location.hash.match(LINK);
      if (!named) {
        if (current) history.replaceState(null, "", place(`#/c/${current}`));
        return;
      }
      if (named[1] !== current || named[2]) act("open", { id: named[1], turn: Number(named[2] || 0) });
      if (!roomy()) draw(false);
    }
    addEventListener("hashchange", arrive);
    document.addEventListener("view", arrive);

    // ---- What other windows did is taken in when this one comes to the front, and while an answer is awaited.
    let synced = 0;
    function sync() {
      if (!current || document.hidden || Date.now() - synced < 1_000) return;
      synced = Date.now();
      act("sync");
    }
    addEventListener("focus", sync);
    document.addEventListener("visibilitychange", sync);
    setInterval(() => document.querySelector(NO_ANSWER_YET) && sync(), 3_000);

    let typing = 0;
    document.addEventListener("input", (event) => {
      if (event.target.id !== "talks-search") return;
      clearTimeout(typing);
      typing = setTimeout(() => act("search", { text: event.target.value }), 150);
    });

    // ---- Deeds
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-do]");
      if (!button) {
        if (event.target.closest("a") && !roomy()) draw(false);
        return;
      }
      const item = button.closest("li");
      const id = button.dataset.id || item.dataset.id;
      if (button.dataset.do === "rename") return rename(item);
      act(button.dataset.do, { id, title: item?.querySelector(".name").textContent });
    });

    function rename(item) {
      const link = item.querySelector("a");
      const box = document.createElement("input");
      box.value = link.querySelector(".name").textContent;
      box.dir = "auto";
      box.maxLength = 80;
      box.setAttribute("aria-label", "New name");
      item.classList.add("naming");
      link.hidden = true;
      item.prepend(box);
      box.select();
      let over = false;
      const end = (keep) => {
        if (over) return;
        over = true;
        const title = box.value.trim();
        box.remove();
        link.hidden = false;
        item.classList.remove("naming");
        link.focus();
        if (keep && title) act("rename", { id: item.dataset.id, title });
      };
      box.addEventListener("keydown", (event) => {
        if (event.key === "Enter") end(true);
        if (event.key === "Escape") end(false);
        event.stopPropagation();
      });
      box.addEventListener("blur", () => end(true));
    }

    draw(roomy() && remembered() !== "closed");
    watch("value", follow);
    follow();
  };
})();
