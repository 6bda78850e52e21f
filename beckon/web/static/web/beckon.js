// What all pages share: form tokens, parts that refresh themselves, a lost connection, log-off, the menu.
(() => {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

  // Parts that refresh themselves carry data-poll. They rest in hidden tabs and say that nobody clicked.
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    ctx.request.headers["X-CSRFToken"] = meta("csrf-token");
    if (ctx.sourceElement?.closest("[data-poll]") && ctx.sourceEvent?.type === "every") {
      if (document.hidden) {
        event.preventDefault();
        return;
      }
      ctx.request.headers["X-Beckon-Poll"] = "1";
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !window.htmx) return;
    document.querySelectorAll("[data-poll][hx-get]").forEach((part) => window.htmx.trigger(part, "every"));
  });

  const lost = document.getElementById("connection-lost");
  const online = (yes) => {
    if (lost) lost.hidden = yes;
  };
  document.addEventListener("htmx:error", () => online(false));
  document.addEventListener("htmx:after:request", (event) => {
    online(true);
    if (event.detail.ctx.response?.status === 401) window.location.reload();
  });
  window.addEventListener("offline", () => online(false));
  window.addEventListener("online", () => online(true));

  // An error of ours (4xx, 5xx) is told where the person looks, and nothing on the page is replaced.
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx.response.status;
    if (status === 401) return;
    tell(document.documentElement.lang === "es"
      ? "Esto no se pudo hacer. No se cambió nada; inténtelo otra vez."
      : "This could not be done. Nothing was changed; try again.", "bad");
  });
  function tell(text, tone = "info") {
    const place = document.querySelector(".messages");
    if (!place) return;
    const box = document.createElement("div");
    box.className = `notice tone-${tone}`;
    box.textContent = text;
    place.replaceChildren(box);
  }
  window.beckon = { tell };

  // Automatic log-off: the server ends the session; a tab left open shows the log-in instead of people's data.
  const minutes = Number(meta("idle-minutes"));
  let last = Date.now();
  ["keydown", "pointerdown", "scroll"].forEach((kind) =>
    document.addEventListener(kind, () => { last = Date.now(); }, { passive: true, capture: true }));
  // Typing counts as an act on the server, too; a tab that nobody touches only asks, so that two idle tabs do not
  // keep each other alive.
  if (minutes && document.querySelector(".side, [data-signed-in]")) {
    let told = Date.now();
    setInterval(async () => {
      const now = Date.now();
      const idle = now - last > (minutes * 60 + 5) * 1000;
      if (idle ? now - told < 60000 : last <= told || now - told < 60000) return;
      told = now;
      const request = idle
        ? { headers: { "X-Beckon-Poll": "1" } }
        : { method: "POST", headers: { "X-CSRFToken": meta("csrf-token") } };
      const answer = await fetch("/account/still-here/", request).catch(() => null);
      if (answer?.status === 401) window.location.reload();
    }, 10000);
  }

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-menu]");
    if (toggle) {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      toggle.setAttribute("aria-expanded", String(open));
      document.getElementById(toggle.getAttribute("aria-controls"))?.classList.toggle("is-open", open);
    }
    document.querySelectorAll("details[data-close-outside][open]").forEach((details) => {
      if (!details.contains(event.target)) details.open = false;
    });
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details[data-close-outside][open]").forEach((d) => { d.open = false; });
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });

  // A form is sent once, however often one clicks; a question is asked where data-confirm says so.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); return; }
    if (form.dataset.sent && !form.hasAttribute("hx-post")) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  document.querySelector("[data-focus]")?.focus();

  // What scrolls, sideways or down, can be reached with the keyboard.
  const reachable = () => document.querySelectorAll(".table-wrap, .tabs, pre").forEach((box) => {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  reachable();
  window.addEventListener("resize", reachable);
  document.addEventListener("htmx:after:swap", reachable);
})();
