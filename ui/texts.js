// The page's own texts in the reader's language. The server and the scripts write English; whatever
// comes into the page is looked up in `pageTexts` before it is painted. Texts of articles, readers and
// models are marked with `dir="auto"` or <bdi>, as for reading order, and are left alone, and so is
// what the program says in `lang="en"` and has no translation.
(() => {
  "use strict";
  const texts = window.pageTexts;
  const known = ["en", ...Object.keys(texts)];
  const THEIRS = "[dir=auto], bdi, mark, blockquote, textarea, script, style, code, .example";
  const OURS = "[lang=en], [data-said]";  // also amid their text
  const GRADIOS = "[data-testid=status-tracker], [data-testid=bot], [data-testid=user], #announcer, .icon-button-wrapper";
  const ATTRIBUTES = ["title", "aria-label", "placeholder", "alt"];
  const NUMBER = /\d+(?:[.,:]\d+)*/g;
  const QUOTED = /“.*”/gs;

  const cookie = document.cookie.match(/(?:^|; )language=([a-z]{2})(?:;|$)/)?.[1];
  const wanted = [cookie, ...(navigator.languages ?? [navigator.language]).map((one) => one.slice(0, 2).toLowerCase())];
  const language = wanted.find((one) => known.includes(one)) ?? "en";
  // Gradio names the browser's language there, which need not be the reader's.
  const nameLanguage = () => document.documentElement.lang === language || (document.documentElement.lang = language);
  new MutationObserver(nameLanguage).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  nameLanguage();

  const catalog = new Map(language === "en" ? Object.keys(texts.fr).map((one) => [one, one]) : Object.entries(texts[language]));
  const open = [...catalog.keys()]
    .filter((key) => key.includes("{x}"))
    .map((key) => [new RegExp(`^${key.split("{x}").map(literal).join("(.+?)")}$`, "s"), catalog.get(key)]);
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });

  function literal(text) {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }

  // "1,204" and "0.5" as they are written in the language; years, times and versions as they are.
  function written(number) {
    if (!/^(?:\d{1,3}(?:,\d{3})+|\d+\.\d+)$/.test(number)) return number;
    return numbers.format(Number(number.replaceAll(",", "")));
  }

  function looked(text) {
    const exact = catalog.get(text);
    if (exact !== undefined) return exact;
    const found = { n: [], q: [] };
    const keep = (kind) => (one) => (found[kind].push(one), `{${kind}}`);
    const key = text.replace(QUOTED, keep("q")).replace(NUMBER, keep("n"));
    const template = catalog.get(key);
    if (template !== undefined) return template.replace(/\{([nq])\}/g, (_, kind) => (kind === "n" ? written(found.n.shift()) : found.q.shift()));
    const counted = text.match(/^(.+) (\([\d,]+\))$/s); // a choice in a list
    if (counted) {
      const choice = looked(counted[1]);
      return choice && `${choice} ${counted[2].replace(NUMBER, written)}`;
    }
    for (const [pattern, shape] of open) {
      const parts = text.match(pattern);
      if (parts) return parts.slice(1).reduce((said, part) => said.replace("{x}", () => looked(part) ?? part), shape);
    }
  }

  function translated(text) {
    const [, before, core, after] = text.match(/^(\s*)(.*?)(\s*)$/s);
    if (!/\p{L}{2}/u.test(core) || /^https?:\S+$/.test(core)) return text;
    let said = looked(core);
    if (said === undefined) {
      const parts = core.split(/( · |(?<=[.:!?…]) )/); // sentences, or facts in a row
      const each = parts.length > 1 ? parts.map((one, at) => (at % 2 ? one : looked(one))) : [];
      if (each.length && each.every((one) => one !== undefined)) said = each.join("");
    }
    return said === undefined ? undefined : before + said + after;
  }

  // What a node says now that it says in the reader's language.
  const said = new WeakMap();

  function dated(time) {
    const parts = time.getAttribute("datetime")?.slice(0, 10).split("-").map(Number) ?? [];
    if (!parts[0] || parts.some(Number.isNaN) || time.hasAttribute("data-moment")) return;
    const style = [{ year: "numeric" }, { year: "numeric", month: "long" }, { dateStyle: "long" }][parts.length - 1];
    return new Intl.DateTimeFormat(language, { timeZone: "UTC", ...style }).format(new Date(Date.UTC(parts[0], (parts[1] ?? 1) - 1, parts[2] ?? 1)));
  }

  function sayNode(node) {
    if (said.get(node) === node.data) return;
    const around = node.parentElement;
    if (!around || !/\S/.test(node.data)) return;
    const time = around.closest("time");
    const owner = around.closest(`${THEIRS}, ${OURS}`);
    if (!time && owner?.matches(THEIRS)) return;
    const result = time ? dated(time) : translated(node.data);
    if (result === undefined) {
      if (owner?.matches("[data-said]")) owner.lang = "en";
      return time ? undefined : unknown(node.data, around);
    }
    said.set(node, result);
    if (result !== node.data) node.data = result;
    if (owner && !owner.matches(THEIRS)) Object.assign(owner, { lang: language }).dataset.said = "";
  }

  function sayAttributes(element) {
    if (element.matches("script, style")) return;
    const mine = said.get(element) ?? {};
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (!value || mine[name] === value) continue;
      const result = translated(value);
      if (result === undefined) unknown(value, element);
      else {
        said.set(element, Object.assign(mine, { [name]: result }));
        if (result !== value) element.setAttribute(name, result);
      }
    }
  }

  // A test collects here what has no translation.
  function unknown(text, around) {
    if (window.unknownTexts && !around.closest(`[lang]:not(html), ${GRADIOS}`)) window.unknownTexts.add(text.trim());
  }

  function sayAll(root) {
    if (root.nodeType === Node.TEXT_NODE) return sayNode(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode())
      node.nodeType === Node.TEXT_NODE ? sayNode(node) : sayAttributes(node);
  }

  // A script that looks at what the page says must look for this.
  window.pageText = (text) => translated(text) ?? text;
  // Scripts that say a text again and again say it by this: what the page says already stays untouched.
  window.articleSay = (element, text) => {
    if (element.textContent !== window.pageText(text)) element.textContent = text;
  };
  window.pageLanguage = language;

  if (language === "en" && !window.unknownTexts) return;
  new MutationObserver((changes) => {
    for (const change of changes)
      if (change.type === "attributes") sayAttributes(change.target);
      else if (change.type === "characterData") sayNode(change.target);
      else change.addedNodes.forEach(sayAll);
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
  // Gradio brings its head in when the page is there already; the sign-in page has it from the start.
  const sayPage = () => sayAll(document.documentElement);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", sayPage);
  else sayPage();
})();
