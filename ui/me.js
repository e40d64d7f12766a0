// The secret by which the program knows a browser again. Two tabs that open at the same moment, the
// first ones of this browser, must come by the same: the first to write it into the database has made it.
(() => {
  "use strict";
  const random = () => {
    const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
    return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
  };
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  async function agreed(name) {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("reader");
    const database = await done(opening);
    try {
      // A transaction that writes has the store for itself, in all tabs.
      const store = database.transaction("reader", "readwrite").objectStore("reader");
      const before = await done(store.get("me"));
      if (before) return before;
      const me = random();
      await done(store.add(me, "me"));
      return me;
    } finally {
      database.close();
    }
  }

  // `kept` is what the browser remembers; where that is nothing, a secret is agreed on.
  window.articleMe = async (kept, name) => {
    if (kept?.me) return kept;
    try {
      return { me: await agreed(name), current: typeof kept === "string" ? kept : null, fresh: true };
    } catch {
      return kept; // storage is switched off: the server makes one for this tab
    }
  };
})();
