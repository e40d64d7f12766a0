// Adding articles: files and folders that are dropped or chosen, and pasted texts and addresses.
(() => {
  "use strict";
  const AT_ONCE = 2;
  const POLL = 700;
  const FEED = / is a feed; /; // said of an address that was pasted as an article's
  const WORDS = { asking: "to be decided", sending: "sending", waiting: "waiting", reading: "reading", known: "already there", failed: "not added", done: "added", cancelled: "cancelled" };

  window.articleIntake = ({ element, call, say, refresh, goTo, followFile, follow }) => {
    const $ = (selector) => element.querySelector(selector);
    const limits = (({ bytes, files, size }) => ({ bytes: Number(bytes), files: Number(files), size }))($(".drop").dataset);
    let own = []; // what is not at the server yet, or never gets there
    let server = { items: [], counts: {}, all: 0, busy: 0, hidden: 0 };
    let sending = 0;
    let polling = 0;
    let lastId = 0;
    let known = 0; // how many were added when the list was last refreshed

    // ---- Files, also those in folders that were dropped
    async function filesOf(transfer) {
      const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
      const found = [];
      for (const entry of entries) await walk(entry, "", found);
      return found;
    }
    async function walk(entry, folder, found) {
      const name = folder + entry.name;
      if ((folder && entry.name.startsWith(".")) || found.length > limits.files) return;
      if (entry.isFile) {
        const file = await new Promise((done) => entry.file(done, () => done(null)));
        if (file) found.push({ file, name });
        return;
      }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done) => reader.readEntries(done, () => done([])));
        if (!some.length) return;
        for (const one of some.sort((a, b) => (a.name < b.name ? -1 : 1))) await walk(one, `${name}/`, found);
      }
    }

    function add(files) {
      for (const { file, name } of files) {
        if (/\.opml$/i.test(name)) {
          followFile(file);
          continue;
        }
        const one = { id: `own-${++lastId}`, name, file, state: "waiting", note: "", share: 0 };
        if (own.filter((other) => other.file).length >= limits.files)
          fail(one, `Only ${limits.files.toLocaleString("en")} files can be added at a time.`);
        else if (file.size > limits.bytes) fail(one, `It is larger than the limit of ${limits.size}.`);
        own.push(one);
      }
      for (let free = AT_ONCE - sending; free > 0; free--) sendNext();
      render();
    }
    function fail(one, note) {
      Object.assign(one, { state: "failed", note, file: null, request: null });
    }

    async function sendNext() {
      const one = own.find((other) => other.state === "waiting");
      if (!one) return;
      sending++;
      one.state = "sending";
      render();
      const path = await send(one);
      if (path && one.state === "sending") {
        const reply = await call("offer", { file: path, name: one.name });
        if (reply.trouble) fail(one, reply.trouble);
        else own.splice(own.indexOf(one), 1);
      }
      sending--;
      poll();
      sendNext();
    }
    function send(one) {
      return new Promise((done) => {
        const body = new FormData();
        body.append("files", one.file, one.file.name);
        const request = (one.request = new XMLHttpRequest());
        const give = (note) => {
          if (one.state === "sending") fail(one, note);
          done(null);
        };
        request.open("POST", new URL("gradio_api/upload", document.baseURI));
        request.upload.onprogress = (event) => {
          one.share = event.lengthComputable ? event.loaded / event.total : 0;
          render();
        };
        request.onload = () => {
          if (request.status === 413) return give(`It is larger than the limit of ${limits.size}.`);
          if (request.status !== 200) return give("It could not be sent; try again.");
          done(JSON.parse(request.responseText)[0]);
        };
        request.onerror = () => give("It could not be sent: the file cannot be read, or the program is not running.");
        request.onabort = () => done(null);
        request.send(body);
      });
    }

    // ---- How far it is
    async function poll() {
      clearTimeout(polling);
      const reply = await call("progress");
      if (!reply.trouble) server = reply;
      render();
      const added = server.counts.done || 0;
      if (added !== known && (!server.busy || added - known >= 25)) {
        known = added;
        refresh();
      }
      clearTimeout(polling);
      if (server.busy || sending) polling = setTimeout(poll, POLL);
    }
    function stop(one) {
      one.state = "cancelled";
      one.note = "Cancelled.";
      one.request?.abort();
      one.file = null;
    }
    async function cancel(id = null) {
      for (const one of own.filter((other) => ["waiting", "sending"].includes(other.state)))
        if (id === null || id === one.id) stop(one);
      if (!String(id).startsWith("own-")) server = { ...server, ...(await call("cancel", { item: Number(id) })) };
      poll();
    }
    async function answer(replace, id = null) {
      const reply = await call("answer", { replace, item: Number(id) });
      if (reply.trouble) say(reply.trouble);
      poll();
    }
    async function again(id) {
      const reply = await call("again", { id });
      if (reply.trouble) return say(reply.trouble);
      say("The page is read again.");
      poll();
    }
    async function forget() {
      own = own.filter((one) => ["waiting", "sending"].includes(one.state));
      const reply = await call("forget");
      if (!reply.trouble) server = reply;
      known = server.counts.done || 0;
      render();
    }

    let drawn = "";
    function render() {
      const mine = own.slice(0, 200);
      const all = server.all + own.length;
      const mineOver = own.filter((one) => ["failed", "cancelled"].includes(one.state)).length;
      const over = server.all - server.busy + mineOver;
      const count = (state) => (server.counts[state] || 0) + own.filter((one) => one.state === state).length;
      const busy = over < all;
      $(".intake").hidden = !all;
      const said = [
        busy ? `${over.toLocaleString("en")} of ${all.toLocaleString("en")} done` : "Finished",
        count("done") ? `${count("done").toLocaleString("en")} added` : "",
        count("known") ? `${count("known").toLocaleString("en")} known already` : "",
        count("asking") ? `${count("asking").toLocaleString("en")} to decide` : "",
        count("failed") ? `${count("failed").toLocaleString("en")} with a problem` : "",
        count("cancelled") ? `${count("cancelled").toLocaleString("en")} cancelled` : "",
      ].filter(Boolean).join(" · ");
      articleSay($(".intake .summary"), said);
      $(".intake progress").value = all ? over / all : 0;
      $(".intake progress").hidden = !busy;
      $(".intake [data-do=cancel]").hidden = !busy;
      $(".intake [data-do=forget]").hidden = busy;
      $(".intake .decide").hidden = count("asking") < 2;
      const asks = `${count("asking").toLocaleString("en")} files have the names of earlier ones.`;
      articleSay($(".intake .decide span"), asks);
      const blocked = server.items.find((one) => one.state === "waiting" && one.note);
      $(".intake .blocked").hidden = !blocked;
      const reason = blocked ? blocked.note : "";
      articleSay($(".intake .blocked"), reason);
      const rows = [...server.items, ...mine];
      const more = server.hidden + own.length - mine.length;
      const state = JSON.stringify([rows.map((one) => [one.id, one.name, one.state, one.note, one.share, one.article]), more]);
      if (state === drawn) return;
      drawn = state;
      const focused = document.activeElement.closest(".items button");
      const place = focused && `[data-do="${focused.dataset.do}"][data-item="${focused.dataset.item}"]`;
      $(".intake .items").replaceChildren(...rows.map(row), ...(more ? [further(more)] : []));
      if (place) ($(`.items ${place}`) || $(".intake [data-do=forget]:not([hidden])") || $("[data-do=choose-files]")).focus();
    }
    function row(one) {
      const line = document.createElement("li");
      line.className = one.state;
      const name = document.createElement(one.article ? "a" : "span");
      name.className = "name";
      name.dir = "auto";
      name.textContent = one.name;
      if (one.article) name.href = `#/library/${encodeURIComponent(one.article)}`;
      const state = document.createElement("span");
      state.className = "state";
      state.textContent = one.state === "sending" && one.share ? `sending ${Math.floor(one.share * 100)} %` : WORDS[one.state];
      const ways = document.createElement("span");
      ways.className = "ways";
      const offer = (does, said) => {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "quiet", textContent: said });
        button.setAttribute("aria-label", `${said}: ${one.name}`);
        Object.assign(button.dataset, { do: does, item: one.id });
        ways.append(button);
      };
      if (one.state === "asking") {
        offer("replace", "Replace the earlier one");
        offer("keep", "Keep both");
      }
      if (one.state === "failed" && FEED.test(one.note)) offer("follow-it", "Follow it");
      if (["sending", "waiting", "reading"].includes(one.state)) offer("cancel-one", "Cancel");
      line.append(name, state, ways);
      if (one.note && one.state !== "waiting" && one.note !== "Added.") {
        const note = document.createElement("span");
        note.className = "note";
        note.lang = "en";
        note.textContent = one.note;
        line.append(note);
      }
      return line;
    }
    function further(more) {
      const line = document.createElement("li");
      line.className = "more";
      line.textContent = `and ${more.toLocaleString("en")} more`;
      return line;
    }

    // ---- Ways in
    function pasting(open) {
      $("#pasting").hidden = !open;
      $("[data-do=paste]").setAttribute("aria-expanded", open);
      if (open) $("#pasted").focus();
      else $("[data-do=paste]").focus();
    }
    element.addEventListener("submit", async (event) => {
      if (event.target.id !== "pasting") return event.target.matches(".filters") && event.preventDefault();
      event.preventDefault();
      const reply = await call("paste", { text: $("#pasted").value });
      if (reply.trouble) return say(reply.trouble);
      say("");
      $("#pasted").value = "";
      pasting(false);
      poll();
    });
    element.addEventListener("click", (event) => {
      const { do: does, item } = event.target.closest("button")?.dataset || {};
      if (does === "cancel-one") cancel(item);
      if (does === "follow-it") follow(event.target.closest("li").querySelector(".name").textContent);
      if (does === "replace" || does === "keep") answer(does === "replace", item);
      if (does === "replace-all" || does === "keep-all") answer(does === "replace-all");
      if (does === "choose-files") $("input.files").click();
      if (does === "choose-folder") $("input.folder").click();
      if (does === "paste") pasting($("#pasting").hidden);
      if (does === "cancel-paste") pasting(false);
      if (does === "cancel") cancel();
      if (does === "forget") forget();
    });
    element.addEventListener("change", (event) => {
      if (!event.target.matches("input.files, input.folder")) return;
      const named = (file) => file.webkitRelativePath || file.name;
      const hidden = (name) => name.split("/").slice(1).some((part) => part.startsWith("."));
      add([...event.target.files].map((file) => ({ file, name: named(file) })).filter((one) => !hidden(one.name)));
      event.target.value = "";
    });

    // A file may be dropped anywhere; without this, the browser would leave the page to show it.
    const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    let inside = 0;
    const over = (on) => document.body.classList.toggle("dropping", on);
    document.addEventListener("dragenter", (event) => carries(event) && over(++inside > 0));
    document.addEventListener("dragleave", (event) => carries(event) && over(--inside > 0));
    document.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
    document.addEventListener("drop", async (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      over(Boolean((inside = 0)));
      const files = filesOf(event.dataTransfer);
      if (document.body.dataset.view !== "library") goTo("#/library");
      add(await files);
    });
    document.addEventListener("view", (event) => event.detail === "library" && poll());
    addEventListener("beforeunload", (event) => {
      if (own.some((one) => ["waiting", "sending"].includes(one.state))) event.preventDefault();
    });
    poll();
    return { again };
  };
})();
