// The About view: facts when it is opened, a look at the collection's health and a rebuild on demand.
(() => {
  "use strict";
  const NO_ANSWER = "The page does not answer; look whether the program is still running.";
  const MARKS = { good: ["✓", "Good."], note: ["·", "Note."], fault: ["✗", "Fault."], mended: ["+", "Mended."] };

  window.articleAbout = (element, server, trigger) => {
    const $ = (selector) => element.querySelector(selector);
    const call = async (name) => (await server[`about_${name}`]({}).catch(() => null)) ?? { trouble: NO_ANSWER };
    let timer = 0;
    let running = { check: false, rebuild: false };
    let last = ""; // what was asked for last, and is told of

    async function look() {
      const reply = await call("facts");
      if (reply.html) tell(reply);
      else $(".facts").replaceChildren(paragraph(reply.trouble, "warning"));
      if ($("[data-do=check]")) show(await call("progress"));
    }

    function tell({ html, licences }) {
      $(".facts").innerHTML = html;
      if (!$(".licences").hasChildNodes()) $(".licences").innerHTML = licences;
    }

    const paragraph = (text, kind) => Object.assign(document.createElement("p"), { textContent: text, className: kind, lang: "en" });

    function show(reply) {
      clearTimeout(timer);
      if (reply.trouble) return say(reply.trouble, true);
      const { check, rebuild } = reply;
      const was = running;
      running = { check: Boolean(check && !check.over), rebuild: Boolean(rebuild && !rebuild.over) };
      $("[data-do=check]").disabled = running.check;
      $("[data-do=rebuild]").disabled = running.rebuild;
      $("[data-do=cancel]").hidden = !running.rebuild;
      $("[data-do=cancel]").disabled = Boolean(rebuild?.cancelling);
      if (check) list(check.found);
      const bar = $("progress");
      bar.hidden = !running.rebuild;
      if (rebuild?.total) bar.value = rebuild.done / rebuild.total;
      else bar.removeAttribute("value");
      if (running.rebuild) say(rebuilding(rebuild));
      else if (running.check) say("Looking…");
      else if (last === "check" && check) say(...checked(check));
      else if (rebuild) say(...rebuilt(rebuild));
      if (was.rebuild && !running.rebuild) {
        trigger("changed");
        call("facts").then((facts) => facts.html && tell(facts));
      }
      if (running.check || running.rebuild) timer = setTimeout(async () => show(await call("progress")), 700);
    }

    function rebuilding({ done, total, left, cancelling }) {
      if (cancelling) return "Cancelling…";
      if (!total) return "Preparing…";
      const far = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} passages.`;
      return left === null ? far : `${far} ${left < 90 ? `${left} s left.` : `${Math.round(left / 60)} min left.`}`;
    }
    const rebuilt = ({ cancelled, note, done }) =>
      cancelled ? ["Cancelled. The searches are as they were before."] : note ? [note, true] : [`Rebuilt: ${done.toLocaleString("en")} passages.`];
    function checked({ note, faults }) {
      if (note) return [note, true];
      return faults ? [faults === 1 ? "1 thing is wrong." : `${faults} things are wrong.`, true] : ["Nothing is wrong."];
    }

    function say(text, bad = false) {
      const outcome = $(".outcome");
      outcome.classList.toggle("bad", bad);
      window.articleSay(outcome, text);
    }

    function list(found) {
      const items = found.map(({ name, verdict, sentence }) => {
        const item = document.createElement("li");
        item.className = verdict;
        const mark = Object.assign(document.createElement("span"), { className: "mark", textContent: MARKS[verdict][0], ariaHidden: "true" });
        const spoken = Object.assign(document.createElement("span"), { className: "unseen", textContent: MARKS[verdict][1] });
        const said = document.createElement("span");
        said.lang = "en";
        said.append(Object.assign(document.createElement("b"), { textContent: name }), ` ${sentence}`);
        item.append(mark, spoken, said);
        return item;
      });
      if ($(".found").childElementCount !== items.length || items.length === 0) $(".found").replaceChildren(...items);
    }

    element.addEventListener("click", async (event) => {
      const does = event.target.closest("button[data-do]")?.dataset.do;
      if (!does) return;
      last = does;
      if (does === "check") $(".found").replaceChildren();
      if (does !== "cancel") say(does === "check" ? "Looking…" : "Preparing…");
      show(await call(does));
    });
    const arrive = () => window.articleView() === "about" && look();
    document.addEventListener("view", arrive);
    arrive();
  };
})();
