// The filter of a conversation: chips, and a dialog in which it is chosen. All names are set as text.
(() => {
  "use strict";
  const NONE = { outlets: [], languages: [], feeds: [], since: null, until: null };
  const FRAME = `
    <form method="dialog" class="frame">
      <h2 id="filter-title">Which articles are asked?</h2>
      <div class="kinds">
        <fieldset class="outlets"><legend>Outlet</legend>
          <input type="search" class="sought" placeholder="Search outlets" aria-label="Search outlets" autocomplete="off" dir="auto">
          <div class="choices" tabindex="-1"></div><p class="hidden-ones hint"></p></fieldset>
        <fieldset class="languages"><legend>Language</legend><div class="choices" tabindex="-1"></div></fieldset>
        <fieldset class="feeds"><legend>Feed</legend><div class="choices" tabindex="-1"></div></fieldset>
      </div>
      <fieldset class="dates"><legend>Date</legend>
        <div class="brush" dir="ltr">
          <div class="plot"><div class="bars" aria-hidden="true"></div><div class="window"></div>
            <div class="from" role="slider" tabindex="0" aria-label="From"></div>
            <div class="to" role="slider" tabindex="0" aria-label="To"></div></div>
          <div class="ends" aria-hidden="true"><span class="first"></span><span class="last"></span></div>
        </div>
        <p class="days"><label><span>From</span> <input type="date" class="since"></label>
          <label><span>To</span> <input type="date" class="until"></label></p>
        <p class="undated hint"></p></fieldset>
      <p class="trouble" role="alert" hidden></p>
      <p class="ways"><span class="fitting" role="status"></span>
        <button type="button" class="quiet" data-do="none">Clear all</button>
        <button type="button" class="quiet" data-do="cancel">Cancel</button>
        <button type="button" class="primary" data-do="apply">Apply</button></p>
    </form>`;

  window.articleFilters = (element, server, watch) => {
    const copy = (filter) => JSON.parse(JSON.stringify(filter));
    const kept = () => JSON.parse(element.querySelector(".filter-row")?.dataset.filter || JSON.stringify(NONE));
    const apply = (filter) => window.articleAct("filter", { within: filter });
    let dialog = null;
    let brush = null;
    let draft = copy(NONE);
    let request = 0;
    let waiting = 0;
    let refocus = false;
    const $ = (selector) => dialog.querySelector(selector);

    // ---- The row
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.do === "open-filters") return open();
      const filter = kept();
      const { kind, value } = button.dataset;
      if (kind === "dates") filter.since = filter.until = null;
      else filter[kind] = filter[kind].filter((one) => String(one) !== value);
      refocus = true;
      apply(filter);
    });
    watch("value", () => {
      if (!refocus) return;
      refocus = false;
      (element.querySelector(".chip") || element.querySelector(".open-filters"))?.focus();
    });

    // ---- The dialog
    function open() {
      if (!dialog) build();
      draft = copy(kept());
      $(".sought").value = "";
      $(".trouble").hidden = true;
      dialog.showModal();
      ask();
    }

    function build() {
      dialog = document.createElement("dialog");
      dialog.id = "filter-panel";
      dialog.setAttribute("aria-labelledby", "filter-title");
      dialog.innerHTML = FRAME;
      document.body.append(dialog);
      brush = window.articleBrush($(".brush"), (dates, final) => {
        if (dates) Object.assign(draft, dates);
        showDays();
        if (final) ask();
      });
      dialog.addEventListener("click", (event) => {
        const does = event.target.closest("button")?.dataset.do;
        if (event.target === dialog || does === "cancel") dialog.close();
        if (does === "none") change(copy(NONE));
        if (does === "apply") done();
      });
      dialog.addEventListener("change", (event) => {
        const { kind } = event.target.dataset;
        if (kind) {
          const value = kind === "feeds" ? Number(event.target.value) : event.target.value;
          draft[kind] = draft[kind].filter((one) => one !== value);
          if (event.target.checked) draft[kind].push(value);
          ask();
        } else if (event.target.matches(".since, .until")) {
          draft[event.target.className] = event.target.value || null;
          ask();
        }
      });
      dialog.addEventListener("input", (event) => {
        if (!event.target.matches(".sought")) return;
        clearTimeout(waiting);
        waiting = setTimeout(ask, 120);
      });
      dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target.matches("button")) return;
        event.preventDefault();
        if (!event.target.matches(".sought")) done();
      });
    }

    function change(filter) {
      draft = filter;
      ask();
    }

    function done() {
      dialog.close();
      refocus = true;
      apply(draft);
    }

    async function ask() {
      const mine = ++request;
      const reply = (await server.library_facets({ within: draft, sought: $(".sought").value })) ?? {
        trouble: "The page does not answer; look whether the program is still running.",
      };
      if (mine !== request) return;
      $(".trouble").textContent = reply.trouble || "";
      $(".trouble").hidden = !reply.trouble;
      if (reply.trouble) return;
      for (const kind of ["outlets", "languages", "feeds"]) list(kind, reply[kind]);
      articleSay($(".hidden-ones"), reply.hidden ? `${written(reply.hidden)} more; search for them.` : "");
      $(".feeds").hidden = !reply.feeds.length;
      $(".dates").hidden = !reply.bars;
      brush.show(reply.bars, draft);
      showDays();
      const dated = draft.since || draft.until;
      const leftOut = reply.undated === 1 ? "article without a date is left out." : "articles without a date are left out.";
      articleSay($(".undated"), dated && reply.undated ? `${written(reply.undated)} ${leftOut}` : "");
      articleSay($(".fitting"), articles(reply.articles));
      $("[data-do=none]").hidden = !dated && !draft.outlets.length && !draft.languages.length && !draft.feeds.length;
    }
    const written = (number) => number.toLocaleString("en");
    const articles = (number) => `${written(number)} article${number === 1 ? "" : "s"}`;

    function showDays() {
      $(".since").value = draft.since || "";
      $(".until").value = draft.until || "";
    }

    // What has the focus keeps it: boxes that are there already are only moved and counted anew.
    function list(kind, choices) {
      const room = $(`.${kind} .choices`);
      const focused = document.activeElement;
      const there = new Map([...room.children].map((one) => [one.querySelector("input").value, one]));
      room.replaceChildren(
        ...choices.map(([value, name, count, chosen]) => {
          const label = there.get(value) || choice(kind, value);
          label.querySelector("input").checked = chosen;
          const called = label.querySelector(".name");
          if (called.dir) called.textContent = name;
          else articleSay(called, name);
          label.querySelector(".count").textContent = count.toLocaleString(window.pageLanguage);
          return label;
        }),
      );
      if (!choices.length) {
        const nothing = document.createElement("p");
        nothing.className = "hint";
        nothing.append(Object.assign(document.createElement("input"), { type: "hidden" }), "None found");
        room.append(nothing);
      }
      if (room.contains(focused)) focused.focus({ preventScroll: true });
    }

    function choice(kind, value) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", value });
      box.dataset.kind = kind;
      const name = Object.assign(document.createElement("span"), { className: "name" });
      if (kind === "feeds" || (kind === "outlets" && value)) name.dir = "auto";
      label.append(box, name, Object.assign(document.createElement("span"), { className: "count" }));
      return label;
    }
  };
})();
