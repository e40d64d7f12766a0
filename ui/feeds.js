// Feeds: following, listing, reading and dropping them, and what they brought since the reader last looked.
(() => {
  "use strict";
  const OFTEN = 1_000; // while feeds are read
  const SELDOM = 15_000;

  window.articleFeeds = ({ element, call, say, refresh, filterBy }) => {
    const $ = (selector) => element.querySelector(selector);
    const box = $(".feeds");
    const key = `feeds-seen-${$(".library").dataset.name}`;
    let since = stored();
    let latest = null; // what the server said last
    let polling = 0;
    let told = 0; // the number of the run whose outcome is known here

    const number = (value) => value.toLocaleString("en");
    const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

    function stored() {
      try {
        return localStorage.getItem(key);
      } catch {
        return null; // the browser keeps nothing
      }
    }
    function see(moment) {
      since = moment;
      try {
        localStorage.setItem(key, moment);
      } catch {
        // then it is known until the page is closed
      }
    }

    async function poll() {
      clearTimeout(polling);
      const reply = await call("feeds", { since });
      if (!reply.trouble) {
        const before = latest;
        latest = reply;
        if (!/^\d+\.\d+\.\d+$/.test(since)) see(reply.moment); // new here, or damaged
        render();
        const ended = reply.run?.over && reply.run.id !== told && !reply.busy;
        if (ended) conclude(reply.run, before);
        if (before && contents(before) !== contents(reply)) refresh();
      }
      clearTimeout(polling);
      polling = setTimeout(poll, latest?.busy || latest?.background ? OFTEN : SELDOM);
    }
    function contents(reply) {
      return reply.moment.split(".").slice(1).join(); // without the time
    }
    function conclude(run, before) {
      told = run.id;
      if (!before?.busy) return; // it was over before the page was opened
      if (run.added || run.updated) fold("news", true);
      if (run.follow && run.follows) fold("feeds", true);
    }

    // ---- What is shown
    function render() {
      const { feeds, busy, news } = latest;
      const filter = $("select[name=feed]");
      box.hidden = !(feeds || busy || latest.run);
      setHtml($("#feed-list"), latest.rows);
      setHtml($("#news-list"), latest.titles);
      articleSay($("[data-do=feeds]"), counted(feeds, "feed"));
      articleSay(box.querySelector(".facts"), facts());
      articleSay(box.querySelector(".doubt"), latest.doubt || "");
      box.querySelector(".doubt").hidden = !latest.doubt;
      const progress = box.querySelector("progress");
      progress.hidden = !busy;
      if (latest.run?.total > 1) progress.value = latest.run.done / latest.run.total;
      else progress.removeAttribute("value");
      $("[data-do=cancel-feeds]").hidden = !busy;
      $("[data-do=refresh-feeds]").hidden = busy || !feeds;
      box.querySelector(".news").hidden = !news;
      articleSay($("[data-do=news]"), `${counted(news, "article")} new or updated`);
      $(".by-feed").hidden = !latest.choices;
      if (!filter.matches(":focus")) {
        const chosen = filter.value;
        setHtml(filter, latest.choices);
        filter.value = chosen;
        if (filter.selectedIndex < 0) filter.value = "";
      }
      badge(news);
      outcome();
    }
    const drawn = new Map();
    function setHtml(one, html) {
      if (drawn.get(one) === html) return;
      const focused = one.contains(document.activeElement) ? document.activeElement : null;
      const place = focused && [focused.closest("[data-feed]")?.dataset.feed, focused.dataset.do];
      drawn.set(one, html);
      one.innerHTML = html;
      for (const time of one.querySelectorAll("time[data-moment]")) time.textContent = local(time.dateTime);
      if (place) one.querySelector(`[data-feed="${place[0]}"] [data-do="${place[1]}"]`)?.focus();
    }
    function local(moment) {
      const at = new Date(moment);
      const today = at.toDateString() === new Date().toDateString();
      return at.toLocaleString(window.pageLanguage, today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
    }
    function facts() {
      const { run, busy } = latest;
      if (busy && run && !run.over) {
        if (run.note) return run.note;
        if (run.total) return `Reading feeds: ${number(run.done)} of ${number(run.total)}`;
        return run.follow ? `Looking at ${run.shown}…` : "Reading feeds…";
      }
      return [
        latest.failing ? `${number(latest.failing)} failing` : "",
        latest.read ? `last read ${local(latest.read)}` : "",
        latest.background ? "being read now…" : latest.every ? `read every ${interval(latest.every)}` : "read when you ask",
      ].filter(Boolean).join(" · ");
    }
    function interval(seconds) {
      for (const [noun, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]])
        if (seconds >= size && seconds % size === 0) return seconds === size ? noun : counted(seconds / size, noun);
      return counted(seconds, "second");
    }
    function outcome() {
      const run = latest?.run;
      const shown = Boolean(run?.over && !latest.busy);
      const place = box.querySelector(".outcome");
      place.hidden = !shown;
      if (!shown) return;
      articleSay(place.querySelector(".told"), said(run));
      const more = run.failed - run.failures.length;
      fill(place.querySelector(".failures"), [...run.failures, ...(more ? [`and ${number(more)} more`] : [])].map(line));
      fill(place.querySelector(".others"), run.others.map(other));
      place.querySelector(".others").hidden = !run.others.length;
    }
    function said(run) {
      const name = run.follows === 1 ? `“${run.followed[0]}” is followed now.` : "";
      const articles = [run.added ? `${counted(run.added, "article")} added` : "", run.updated ? `${number(run.updated)} updated` : ""].filter(Boolean);
      const read = run.total || run.waiting;
      return [
        run.note,
        run.stopped ? "Cancelled; what was read before stays." : "",
        run.follows > 1 ? `${number(run.follows)} feeds are followed now.` : name,
        run.known ? (run.known === 1 ? "One feed was followed already." : `${number(run.known)} feeds were followed already.`) : "",
        articles.length ? `${articles.join(", ")}.` : read && !run.note && !run.stopped ? "Nothing new." : "",
        run.waiting ? `${counted(run.waiting, "server")} asked to be left alone for a while.` : "",
        run.failed ? `${number(run.failed)} could not be read:` : "",
        run.others.length ? "The site has further feeds:" : "",
      ].filter(Boolean).join(" ");
    }
    function fill(list, lines) {
      const text = JSON.stringify(lines.map((one) => one.textContent));
      if (list.dataset.text === text) return;
      list.dataset.text = text;
      list.replaceChildren(...lines);
    }
    function line(text) {
      const one = document.createElement("li");
      one.lang = "en";
      one.textContent = text;
      return one;
    }
    function other(address) {
      const one = line("");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.dataset.do = "follow-other";
      button.dataset.address = address;
      button.textContent = `Follow ${address}`;
      one.append(button);
      return one;
    }
    function badge(news) {
      const tab = document.getElementById("tab-library");
      if (!tab) return void requestAnimationFrame(() => badge(latest.news)); // Gradio puts the tabs in when it likes
      let place = tab.querySelector(".badge");
      if (!place) {
        place = document.createElement("span");
        place.className = "badge";
        tab.append(place);
      }
      place.hidden = !news;
      articleSay(place, news ? `${number(news)} new` : "");
    }
    function fold(what, open) {
      const list = $(what === "news" ? "#news-list" : "#feed-list");
      list.hidden = !open;
      $(`[data-do=${what}]`).setAttribute("aria-expanded", open);
    }

    // ---- What is done
    function following(open) {
      $("#following").hidden = !open;
      $("[data-do=follow]").setAttribute("aria-expanded", open);
      if (open) $("#followed").focus();
      else $("[data-do=follow]").focus();
    }
    async function begin(name, asked) {
      box.querySelector(".outcome").hidden = true; // what comes next has its own
      const reply = await call(name, asked);
      if (reply.trouble) {
        outcome();
        return say(reply.trouble);
      }
      say("");
      await poll();
      return true;
    }
    async function followFile(file) {
      const body = new FormData();
      body.append("files", file, file.name);
      try {
        const sent = await fetch(new URL("gradio_api/upload", document.baseURI), { method: "POST", body });
        if (!sent.ok) throw new Error(sent.status);
        const [path] = await sent.json();
        return await begin("follow", { file: path, name: file.name });
      } catch {
        return say(`${file.name} could not be sent; try again.`);
      }
    }
    async function remove(row) {
      const feed = Number(row.dataset.feed);
      const asked = await call("feed", { feed });
      if (asked.trouble) return say(asked.trouble);
      const choice = await choose(asked);
      if (choice === "no") return row.querySelector("[data-do=remove-feed]")?.focus();
      say("Removing…");
      const reply = await call("remove_feed", { feed, articles: choice === "all" });
      if (reply.trouble) return say(reply.trouble);
      const articles = reply.removed ? ` ${counted(reply.removed, "article")} of it ${reply.removed === 1 ? "is" : "are"} deleted.` : asked.own ? " Its articles stay." : "";
      say(`“${reply.title}” is no longer followed.${articles}`, reply.undo, "Bring the articles back");
      await poll();
      $("[data-do=feeds]").focus();
      if (reply.removed) refresh();
    }
    function choose({ title, own }) {
      const dialog = $("dialog.unfollow");
      const all = dialog.querySelector("[value=all]");
      $("#unfollow-question").textContent = `Remove the feed “${title}”?`;
      dialog.querySelector(".what").textContent = own
        ? `It has brought ${counted(own, "article")} that no other feed has. Without the feed, ${own === 1 ? "it" : "they"} can stay in the library or be deleted.`
        : "It is not read any more. No articles go with it.";
      dialog.querySelector("[value=feed]").textContent = own ? "Remove it, keep articles" : "Remove the feed";
      all.textContent = `Remove it and ${counted(own, "article")}`;
      all.hidden = !own;
      dialog.returnValue = "no";
      dialog.showModal();
      return new Promise((done) =>
        dialog.addEventListener("close", () => done(dialog.returnValue || "no"), { once: true }),
      );
    }

    element.addEventListener("submit", async (event) => {
      if (event.target.id !== "following") return;
      event.preventDefault();
      if (!(await begin("follow", { text: $("#followed").value }))) return;
      $("#followed").value = "";
      following(false);
    });
    element.addEventListener("change", (event) => {
      if (!event.target.matches("input.opml")) return;
      const [file] = event.target.files;
      if (file) followFile(file).then((begun) => begun && following(false));
      event.target.value = "";
    });
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const row = button?.closest("[data-feed]");
      const acts = {
        follow: () => following($("#following").hidden),
        "cancel-follow": () => following(false),
        "choose-opml": () => $("input.opml").click(),
        "follow-other": () => begin("follow", { text: button.dataset.address }),
        feeds: () => fold("feeds", $("#feed-list").hidden),
        news: () => fold("news", $("#news-list").hidden),
        "refresh-feeds": () => begin("refresh_feeds", {}),
        "refresh-feed": () => begin("refresh_feeds", { feed: Number(row.dataset.feed) }),
        "cancel-feeds": () => begin("cancel_feeds", {}),
        "forget-feeds": () => begin("forget_feeds", {}),
        "remove-feed": () => remove(row),
        "list-feed": () => filterBy(`=${row.dataset.feed}`),
        "list-news": () => filterBy("new"),
        seen: () => {
          see(latest.moment);
          fold("news", false);
          poll();
          $("[data-do=feeds]").focus();
        },
      };
      acts[button?.dataset.do]?.();
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target.closest("#following")) following(false);
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest?.("a[data-feeds]")) return;
      fold("feeds", true);
      setTimeout(() => $("[data-do=feeds]").focus());
    });
    document.addEventListener("view", (event) => event.detail === "library" && poll());
    poll();
    return { followFile, follow: (text) => begin("follow", { text }), since: () => since };
  };
})();
