// The two views of the page, and the library: its list, an article in full, deleting.
// Everything that comes as HTML was escaped by the server; everything else is set as text.
(() => {
  "use strict";
  const NO_ANSWER = "The page does not answer; look whether the program is still running.";

  // ---- Views. The address says which one is shown: #/library, #/library/ID, #/settings, #/about, or else the chat.
  const places = new Map(); // view → what was scrolled where
  const scrolled = () => [document.scrollingElement, ...document.querySelectorAll("#chat [role=log], #sources-column, #library .scroll, #library .reader, #settings, #about")];
  const current = window.articleView;
  let shown = null;

  function show() {
    const view = current();
    if (view !== shown) {
      if (shown) places.set(shown, scrolled().map((one) => [one, one.scrollTop]));
      document.body.dataset.view = view;
      for (const [one, top] of places.get(view) || []) one.scrollTop = top;
      shown = view;
      document.dispatchEvent(new CustomEvent("view", { detail: view }));
    }
    markTabs();
  }
  function markTabs() {
    for (const tab of document.querySelectorAll(".views [role=tab]")) {
      const chosen = String(tab.id === `tab-${current()}`);
      if (tab.getAttribute("aria-selected") === chosen) continue;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen === "true" ? 0 : -1;
    }
  }
  // Gradio puts the tabs in when it likes, after the library or once more.
  new MutationObserver(markTabs).observe(document.documentElement, { childList: true, subtree: true });

  const goTo = (hash) => {
    if (hash) location.hash = hash;
    else {
      history.pushState(null, "", location.pathname + location.search);
      show();
      document.dispatchEvent(new CustomEvent("library-address"));
    }
  };

  addEventListener("hashchange", show);
  addEventListener("popstate", show);
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.(".views [role=tab]");
    if (tab) goTo({ "tab-ask": "", "tab-library": lastPlace }[tab.id] ?? `#/${tab.id.slice(4)}`);
    // Gradio sets a base address, so that the browser would load the page anew.
    const link = event.target.closest?.('a[href^="#/"]:not(.whole)');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(link.getAttribute("href"));
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.(".views [role=tab]");
    if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const tabs = [...document.querySelectorAll(".views [role=tab]")];
    const step = event.key === "ArrowRight" ? 1 : -1;
    const other = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    other.focus();
    other.click();
  });
  document.addEventListener("DOMContentLoaded", show);
  let lastPlace = "#/library"; // where the library was left

  // ---- The library
  window.articleLibrary = (element, server, trigger) => {
    const $ = (selector) => element.querySelector(selector);
    const $$ = (selector) => [...element.querySelectorAll(selector)];
    const call = async (name, asked = {}) =>
      (await server[`library_${name}`](asked)) ?? { trouble: NO_ANSWER };
    const list = { offset: 0, total: 0, size: 50, order: "added", descending: true, request: 0 };
    let place = null; // what is to be marked in the article that is opened next
    let undoToken = null;
    let fading = 0;
    let returnTo = null; // the link that opened the article

    async function load({ keepPlace = false } = {}) {
      const request = ++list.request;
      const form = new FormData($(".filters"));
      const asked = Object.fromEntries(form);
      $(".scroll").setAttribute("aria-busy", "true");
      if (asked.feed === "new") asked.since_moment = feeds.since();
      const reply = await call("articles", { ...asked, order: list.order, descending: list.descending, offset: list.offset });
      if (request !== list.request) return;
      $(".scroll").removeAttribute("aria-busy");
      if (reply.trouble) return say(reply.trouble);
      if (!reply.rows && list.offset && reply.total) {
        list.offset = Math.floor((reply.total - 1) / reply.size) * reply.size;
        return load();
      }
      list.total = reply.total;
      list.size = reply.size;
      $("tbody").innerHTML = reply.rows;
      if (!keepPlace) $(".scroll").scrollTop = 0;
      const filtered = [...form.values()].some(Boolean);
      $(".filters [type=reset]").hidden = !filtered;
      $(".nothing").hidden = Boolean(reply.total);
      $(".nothing").textContent = filtered ? "No article fits." : "The library is empty. Add articles above.";
      $("table").hidden = $(".pager").hidden = !reply.total;
      const undated = form.get("since") || form.get("until") ? " · undated ones are left out" : "";
      $(".range").textContent = `${number(reply.first)}–${number(reply.last)} of ${number(reply.total)}${undated}`;
      const at = { first: reply.first > 1, previous: reply.first > 1, next: reply.last < reply.total, last: reply.last < reply.total };
      for (const button of $$("[data-page]")) button.disabled = !at[button.dataset.page];
      $(".pager").classList.toggle("single", reply.total <= reply.size);
      for (const head of $$("th[data-order]")) {
        if (head.dataset.order === list.order) head.setAttribute("aria-sort", list.descending ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      }
      markOpened();
      choose();
    }

    const number = (value) => value.toLocaleString("en");

    async function loadChoices() {
      const reply = await call("choices");
      if (reply.trouble) return;
      for (const [name, options] of [["source", reply.outlets], ["language", reply.languages]]) {
        const box = $(`select[name=${name}]`);
        const chosen = box.value;
        box.innerHTML = options;
        box.value = chosen;
        if (box.selectedIndex < 0) box.value = "";
      }
    }

    async function refresh() {
      await loadChoices();
      await load({ keepPlace: true });
      trigger("changed");
    }

    // ---- Filters, sorting, pages
    let typing = 0;
    element.addEventListener("input", (event) => {
      if (!event.target.closest(".filters")) return;
      clearTimeout(typing);
      typing = setTimeout(() => {
        list.offset = 0;
        load();
      }, event.target.type === "search" ? 250 : 0);
    });
    element.addEventListener("reset", () => setTimeout(() => {
      list.offset = 0;
      load();
    }));
    function sortBy(head) {
      const first = head.querySelector("button").dataset.first === "descending";
      list.descending = list.order === head.dataset.order ? !list.descending : first;
      list.order = head.dataset.order;
      list.offset = 0;
      load();
    }
    function turn(to) {
      const last = Math.floor((list.total - 1) / list.size) * list.size;
      const targets = { first: 0, previous: list.offset - list.size, next: list.offset + list.size, last };
      list.offset = Math.min(Math.max(0, targets[to]), last);
      load();
    }

    // ---- Choosing
    const chosenIds = () => $$("tbody .pick input:checked").map((box) => box.value);
    function choose() {
      const ids = chosenIds();
      $(".chosen").hidden = !ids.length;
      $(".chosen .number").textContent = ids.length === 1 ? "1 article selected" : `${ids.length} articles selected`;
      const all = $$("tbody .pick input");
      const every = $("thead .pick input");
      every.checked = all.length > 0 && ids.length === all.length;
      every.indeterminate = ids.length > 0 && ids.length < all.length;
    }
    element.addEventListener("change", (event) => {
      if (event.target.matches("thead .pick input"))
        for (const box of $$("tbody .pick input")) box.checked = event.target.checked;
      if (event.target.closest(".pick")) choose();
    });

    // ---- An article in full
    const openedId = () => decodeURIComponent((location.hash.match(/^#\/library\/([^/]+)/) || [])[1] || "");
    let opened = "";
    let opening = ""; // on its way
    async function followAddress() {
      if (current() === "library") lastPlace = location.hash;
      const id = current() === "library" ? openedId() : opened;
      if (id === (opening || opened) && !place) return;
      const asked = { id, ...place };
      const fromAnswer = Boolean(place);
      place = null;
      opening = id;
      if (!id) return closeReader();
      const reply = await call("article", asked);
      if (opening !== id) return;
      opening = "";
      if (openedId() !== id) return;
      if (reply.trouble) {
        say(reply.trouble);
        return goTo("#/library");
      }
      opened = id;
      const reader = $(".reader");
      reader.innerHTML = reply.html;
      reader.hidden = false;
      reader.dataset.title = reply.title;
      reader.dataset.from = fromAnswer ? "ask" : "list";
      $(".library").classList.add("opened");
      reader.scrollTop = 0;
      const mark = reader.querySelector("mark");
      $("#reader-title").focus({ preventScroll: true });
      if (mark) mark.scrollIntoView({ block: "center" });
      else if (reader.getBoundingClientRect().top < 0 || matchMedia("(max-width: 860px)").matches) reader.scrollIntoView();
      markOpened();
    }
    function closeReader() {
      if (!opened) return;
      opened = "";
      $(".reader").hidden = true;
      $(".reader").replaceChildren();
      $(".library").classList.remove("opened");
      markOpened();
    }
    function leaveArticle() {
      const back = $(".reader").dataset.from === "ask" ? returnTo : null;
      const row = $(`tr[data-article="${CSS.escape(opened)}"] a`);
      if (back) closeReader();
      lastPlace = "#/library";
      goTo(back ? "" : "#/library");
      setTimeout(() => (back || row || $("input[type=search]")).focus());
    }
    const markOpened = () => {
      for (const row of $$("tbody tr")) row.classList.toggle("current", row.dataset.article === opened);
    };
    addEventListener("hashchange", followAddress);
    addEventListener("popstate", followAddress);
    document.addEventListener("view", (event) => {
      followAddress();
      // Something may have been added meanwhile, in another window or from a feed.
      if (event.detail !== "library" || chosenIds().length) return;
      loadChoices();
      load({ keepPlace: true });
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a.whole");
      if (!link) return;
      event.preventDefault();
      returnTo = link;
      const { version, start, end } = link.dataset;
      place = { version, start: Number(start), end: Number(end) };
      const address = link.getAttribute("href");
      if (location.hash === address) followAddress();
      else goTo(address);
    });

    // ---- Deleting
    function confirmed(question, what) {
      const dialog = $("dialog.confirm");
      $("#confirm-question").textContent = question;
      dialog.querySelector(".what").textContent = what;
      dialog.returnValue = "no";
      dialog.showModal();
      return new Promise((done) =>
        dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }),
      );
    }
    async function remove(ids, name) {
      const undoable = $(".library").dataset.undo === "true";
      const what = `Nothing of ${ids.length === 1 ? "it" : "them"} will be found or quoted any more.${undoable ? "" : " This cannot be undone."}`;
      if (!(await confirmed(`Delete ${name}?`, what))) return;
      say("Deleting…");
      const reply = await call("remove", { ids });
      const titles = reply.titles || [];
      const said = titles.length === 1 ? `“${titles[0]}” deleted.` : `${titles.length} articles deleted.`;
      say([titles.length ? said : "", reply.trouble || ""].filter(Boolean).join(" "), reply.undo);
      if (ids.includes(opened)) leaveArticle();
      if (titles.length) await refresh();
    }
    async function undo() {
      const token = undoToken;
      say("Bringing back…");
      const reply = await call("undo", { token });
      if (reply.trouble) return say(reply.trouble, token);
      say(reply.ids.length === 1 ? "The article is back." : `${reply.ids.length} articles are back.`);
      await refresh();
    }

    function say(text, token = null, label = "Undo") {
      undoToken = token;
      $(".toast .said").textContent = text;
      $(".toast [data-do=undo]").hidden = !token;
      $(".toast [data-do=undo]").textContent = label;
      $(".toast").hidden = !text;
      clearTimeout(fading);
      if (text && !token) fading = setTimeout(() => say(""), 10_000);
    }

    element.addEventListener("click", async (event) => {
      const button = event.target.closest("button");
      const head = event.target.closest("th[data-order]");
      if (head && button) return sortBy(head);
      if (button?.dataset.page) return turn(button.dataset.page);
      const does = button?.dataset.do;
      if (does === "close") return leaveArticle();
      if (does === "undo") return undo();
      if (does === "dismiss") return say("");
      if (does === "remove") return remove([opened], `“${$(".reader").dataset.title}”`);
      if (does === "again") return intake.again(opened);
      if (button?.dataset.new) {
        const reply = await call("changes", { id: opened, old: Number(button.dataset.old), new: Number(button.dataset.new) });
        if (reply.trouble) return say(reply.trouble);
        return void ($(".reader .changes").innerHTML = reply.html);
      }
      if (does === "remove-chosen") {
        const ids = chosenIds();
        const rows = ids.map((id) => $(`tr[data-article="${CSS.escape(id)}"]`));
        const name = rows.length === 1 ? `“${rows[0].querySelector(".title a").textContent}”` : `${rows.length} articles`;
        return remove(ids, name);
      }
      const row = event.target.closest("tbody tr");
      if (row && !event.target.closest("a, input, .pick") && !getSelection().toString())
        goTo(row.querySelector("a").getAttribute("href"));
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && opened && !event.target.closest("dialog, .adding, .filters")) leaveArticle();
    });

    function filterBy(feed) {
      $(".filters").reset(); // which lists anew
      $("select[name=feed]").value = feed;
      if (opened) leaveArticle();
      $(".list").scrollIntoView({ block: "nearest" });
      $("select[name=feed]").focus({ preventScroll: true });
    }
    const feeds = window.articleFeeds({ element, call, say, refresh, filterBy });
    const intake = window.articleIntake({ element, call, say, refresh, goTo, followFile: feeds.followFile, follow: feeds.follow });
    show();
    loadChoices();
    load();
    followAddress();
  };
})();
