// A histogram in which a stretch of time can be chosen: by mouse, by touch, and by two sliders.
(() => {
  "use strict";
  const LARGE = { day: 7, month: 12, year: 10 }; // bars that Page Up and Page Down go over
  const between = (low, value, high) => Math.min(high, Math.max(low, value));

  // `changed({ since, until }, final)` is told of every step; `final` when the reader lets go.
  window.articleBrush = (root, changed) => {
    let bars = null; // { unit, starts, last, counts }
    let low = 0;
    let high = 0; // numbers of the first and the last bar chosen
    const plot = root.querySelector(".plot");
    const chosen = root.querySelector(".window");
    const handles = [root.querySelector(".from"), root.querySelector(".to")];
    const top = () => bars.counts.length - 1;
    // Dates are written in the reader's language here, and need no translation.
    for (const dated of root.querySelectorAll(".bars, .ends")) dated.lang = window.pageLanguage || "en";
    const lastDay = (number) => (number < top() ? before(bars.starts[number + 1]) : bars.last);

    function before(day) {
      const moment = new Date(`${day}T00:00:00Z`);
      moment.setUTCDate(moment.getUTCDate() - 1);
      return moment.toISOString().slice(0, 10);
    }
    const STYLES = { day: { dateStyle: "long" }, month: { year: "numeric", month: "long" }, year: { year: "numeric" } };
    const named = (day, style = STYLES[bars.unit]) =>
      new Intl.DateTimeFormat(window.pageLanguage || "en", { timeZone: "UTC", ...style }).format(new Date(`${day}T00:00:00Z`));

    function holding(day) {
      const after = bars.starts.findIndex((start) => start > day);
      return after === -1 ? top() : Math.max(0, after - 1);
    }

    function show() {
      const size = bars.counts.length;
      chosen.style.left = `${(low / size) * 100}%`;
      chosen.style.right = `${(1 - (high + 1) / size) * 100}%`;
      plot.classList.toggle("all", low === 0 && high === top());
      [...plot.querySelectorAll(".bar")].forEach((bar, number) =>
        bar.classList.toggle("out", number < low || number > high),
      );
      [low, high].forEach((value, number) => {
        const handle = handles[number];
        handle.style.left = `${((value + number) / size) * 100}%`;
        handle.setAttribute("aria-valuemin", number ? low : 0);
        handle.setAttribute("aria-valuemax", number ? top() : high);
        handle.setAttribute("aria-valuenow", value);
        handle.setAttribute("aria-valuetext", named(number ? lastDay(value) : bars.starts[value]));
      });
    }

    function set(first, last, final) {
      low = between(0, Math.min(first, last), top());
      high = between(0, Math.max(first, last), top());
      show();
      changed({ since: low ? bars.starts[low] : null, until: high < top() ? lastDay(high) : null }, final);
    }

    // ---- Sliders
    handles.forEach((handle, number) =>
      handle.addEventListener("keydown", (event) => {
        const large = LARGE[bars.unit];
        const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -large, PageUp: large, Home: -1e6, End: 1e6 };
        const step = steps[event.key];
        if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        if (number) set(low, between(low, high + step, top()), true);
        else set(between(0, low + step, high), high, true);
      }),
    );

    // ---- Mouse and touch: a handle is moved, the window too; elsewhere a new one is drawn, and a click takes one bar.
    const barAt = (event) => {
      const box = plot.getBoundingClientRect();
      return between(0, Math.floor(((event.clientX - box.left) / box.width) * bars.counts.length), top());
    };
    function drag(event, move, click = () => {}) {
      if (event.button || !bars) return;
      const mover = event.currentTarget;
      let moved = false;
      mover.setPointerCapture(event.pointerId);
      const step = (next) => {
        moved ||= Math.abs(next.clientX - event.clientX) > 3;
        if (moved) move(barAt(next), false);
      };
      const end = (last) => {
        mover.removeEventListener("pointermove", step);
        for (const kind of ["pointerup", "pointercancel"]) mover.removeEventListener(kind, end);
        if (last.type === "pointercancel") changed(null, true); // the page is being scrolled
        else if (moved) move(barAt(last), true);
        else click();
      };
      mover.addEventListener("pointermove", step);
      for (const kind of ["pointerup", "pointercancel"]) mover.addEventListener(kind, end);
    }
    handles.forEach((handle, number) =>
      handle.addEventListener("pointerdown", (event) => {
        event.stopPropagation();
        handle.focus();
        drag(event, (at, final) => (number ? set(low, Math.max(low, at), final) : set(Math.min(at, high), high, final)));
      }),
    );
    plot.addEventListener("pointerdown", (event) => {
      if (!bars) return;
      const from = barAt(event);
      const [first, last] = [low, high];
      const inside = from >= first && from <= last && !(first === 0 && last === top());
      drag(
        event,
        (at, final) => {
          const by = inside ? between(-first, at - from, top() - last) : 0;
          if (inside) set(first + by, last + by, final);
          else set(from, at, final);
        },
        () => set(from, from, true),
      );
    });

    return {
      // Show bars, and the window of the first and the last day chosen ("" for none).
      show(shown, { since, until }) {
        bars = shown;
        root.hidden = !bars;
        if (!bars) return;
        const most = Math.max(1, ...bars.counts);
        const number = new Intl.NumberFormat(window.pageLanguage || "en");
        const drawn = bars.counts.map((count, at) => {
          const bar = document.createElement("span");
          bar.className = "bar";
          bar.style.height = count ? `max(2px, ${(count / most) * 100}%)` : "0";
          bar.title = `${named(bars.starts[at])}: ${number.format(count)}`;
          return bar;
        });
        plot.querySelector(".bars").replaceChildren(...drawn);
        root.querySelector(".first").textContent = named(bars.starts[0]);
        root.querySelector(".last").textContent = named(bars.last);
        low = since ? holding(since) : 0;
        high = until ? holding(until) : top();
        if (low > high) [low, high] = [high, low];
        show();
      },
    };
  };
})();
