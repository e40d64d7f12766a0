// The settings. What is chosen is kept in cookies, which the server reads with each question; a year, this site only.
(() => {
  "use strict";
  const YEAR = 365 * 24 * 3600;
  const NO_ANSWER = "The page does not answer; look whether the program is still running.";
  const kept = (name) =>
    document.cookie
      .split("; ")
      .find((one) => one.startsWith(`${name}=`))
      ?.slice(name.length + 1) ?? "";
  function keep(name, value) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; Max-Age=${value ? YEAR : 0}; SameSite=Strict${secure}`;
    return kept(name) === value;
  }

  window.articleSettings = (element, server, trigger) => {
    const $ = (selector) => element.querySelector(selector);
    const every = (name) => [...element.querySelectorAll(`input[name=${name}]`)];

    function fill() {
      const writer = decodeURIComponent(kept("writer"));
      const style = kept("style") || "normal";
      for (const one of every("style")) one.checked = one.value === style;
      const writers = every("writer");
      const chosen = writers.find((one) => one.value === writer) ?? writers[0];
      for (const one of writers) one.checked = one === chosen;
      $("select[name=language]").value = kept("language");
      if ($("select[name=language]").selectedIndex < 0) $("select[name=language]").value = "";
    }

    element.addEventListener("change", ({ target }) => {
      const usual = target.name === "style" ? target.value === "normal" : target === every("writer")[0];
      const value = target.name === "language" ? target.value : usual ? "" : encodeURIComponent(target.value);
      if (!keep(target.name, value)) return window.articleTell("The browser keeps no cookies for this page, so that nothing can be chosen.");
      if (target.name === "language") location.reload();
      else window.articleTell("Kept. It holds from the next question on.");
    });

    async function test(button) {
      const outcome = button.parentElement.querySelector(".outcome");
      button.disabled = true;
      outcome.className = "outcome";
      outcome.textContent = "Asking…";
      const reply = (await server.settings_test({ by: Number(button.dataset.by) }).catch(() => null)) ?? { trouble: NO_ANSWER };
      outcome.classList.add(reply.works ? "good" : "bad");
      outcome.textContent = reply.works ?? reply.trouble;
      button.disabled = false;
    }

    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-do]");
      if (button?.dataset.do === "test") test(button);
      if (button?.dataset.do === "export-all") trigger("act", { do: "export-all" });
      if (button?.dataset.do !== "erase") return;
      const dialog = $("#erasing");
      dialog.returnValue = "no";
      dialog.showModal();
      dialog.addEventListener("close", () => dialog.returnValue === "yes" && trigger("act", { do: "erase" }), { once: true });
    });
    document.addEventListener("view", (event) => event.detail === "settings" && fill());
    fill();
  };
})();
