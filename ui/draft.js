// What is typed is not lost where the page is loaded anew, and a question that did not arrive is not either.
// When the program starts anew under an open page, Gradio takes a while to notice, and then loads the page.
(() => {
  "use strict";
  const DRAFT = "draft";
  const SENT = "sent";
  const EVERY = 1_500;
  const LONGEST = 120_000;
  const TWICE = 2_000;
  const AGAIN = "The program was started anew, and your question did not arrive. Send it again.";
  const GONE = "The program does not answer. Your question is kept here; send it again when it runs.";
  const box = () => document.querySelector("#question textarea");
  const tab = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null; // storage is switched off
    }
  };
  const read = (name) => JSON.parse(tab((kept) => kept.getItem(name)) ?? "null");
  const write = (name, value) =>
    tab((kept) => (value ? kept.setItem(name, JSON.stringify(value)) : kept.removeItem(name)));
  const plain = (text) => text.split(/\s+/).join(" ").trim().slice(0, 300);

  function last() {
    const question = [...document.querySelectorAll("#chat .asked")].pop();
    return { turn: Number(question?.className.match(/asked-(\d+)/)?.[1] ?? 0), text: plain(question?.textContent ?? "") };
  }
  function arrived(sent) {
    const { turn, text } = last();
    return text === plain(sent.text) && (turn !== sent.last.turn || text !== sent.last.text);
  }
  function settle() {
    const sent = read(SENT);
    if (!sent || !arrived(sent)) return Boolean(sent);
    write(SENT, null);
    if (plain(read(DRAFT) ?? "") === plain(sent.text)) write(DRAFT, null);
    return false;
  }

  // A second key press or click before the box is emptied would ask twice.
  let sending = { text: "", at: 0 };
  const refused = () => document.querySelector("#notice [role=alert]");
  let used = false;
  function send(event) {
    const text = box()?.value ?? "";
    if (!plain(text) || !document.querySelector("#question .submit-button")) return;
    if (sending.text === text && Date.now() - sending.at < TWICE && !refused()) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    sending = { text, at: Date.now() };
    used = true;
    const watched = read(SENT);
    write(SENT, { text, last: last(), at: Date.now() });
    if (!watched) setTimeout(watch, EVERY);
  }

  // Whether the program that the question went to still runs: each start has an id of its own.
  let told = false;
  async function watch() {
    if (!settle()) return;
    // Taken back, refused, or it waits in line.
    const over = !plain(box()?.value ?? "") || refused() || Date.now() - read(SENT).at > LONGEST;
    if (over) return write(SENT, null);
    const root = window.gradio_config?.root ?? "";
    const reply = await fetch(`${root}/gradio_api/app_id`, { cache: "no-store" }).catch(() => null);
    const running = reply?.ok ? (await reply.json().catch(() => ({}))).app_id : undefined;
    if (reply && running !== window.gradio_config?.app_id) return location.reload();
    if (!reply && !told) window.articleTell(GONE);
    told = !reply;
    setTimeout(watch, EVERY);
  }

  // Once it is known which conversation is shown, and what is in it.
  function comeBack() {
    if (used) return; // a reader who was quicker than this has the box
    if (!box() || !document.querySelector("#talks nav[data-ready]")) return setTimeout(comeBack, 100);
    const sent = read(SENT);
    const missed = settle();
    const draft = missed ? sent.text : read(DRAFT);
    write(SENT, null);
    if (!draft || box().value) return;
    box().value = draft;
    box().dispatchEvent(new Event("input", { bubbles: true }));
    if (missed) window.articleTell(AGAIN);
  }

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    used ||= event.isTrusted;
    write(DRAFT, event.target.value);
  });
  // Before Gradio hears of it.
  document.addEventListener(
    "keydown",
    (event) => event.target === box() && event.key === "Enter" && !event.shiftKey && !event.isComposing && send(event),
    true,
  );
  document.addEventListener("click", (event) => event.target.closest?.("#question .submit-button") && send(event), true);
  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });
  comeBack();
})();
