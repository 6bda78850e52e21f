// The desk by keyboard; what is typed is kept; an outcome is sent once, also over a lost connection.
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  document.documentElement.classList.add("js");
  const say = (name) => desk.dataset[`say${name}`] ?? "";
  const store = {
    get: (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
    drop: (key) => { try { sessionStorage.removeItem(key); } catch { /* forbidden */ } },
  };
  const spoken = desk.querySelector("[data-desk-say]");
  const announce = (text) => { if (spoken) { spoken.textContent = ""; requestAnimationFrame(() => { spoken.textContent = text; }); } };

  // ---- shortcut keys: never while typing, and they can be switched off (WCAG 2.1.4)
  const toggle = document.querySelector("[data-keys-toggle]");
  let keysOn = localStorage.getItem("desk-keys") !== "off";
  const showKeys = () => {
    document.documentElement.classList.toggle("keys-off", !keysOn);
    if (!toggle) return;
    toggle.hidden = false;
    toggle.setAttribute("aria-pressed", String(keysOn));
    const state = toggle.querySelector("[data-keys-state]");
    state.textContent = keysOn ? state.dataset.on : state.dataset.off;
  };
  toggle?.addEventListener("click", () => { keysOn = !keysOn; localStorage.setItem("desk-keys", keysOn ? "on" : "off"); showKeys(); });
  showKeys();
  const isTyping = (target) => {
    const field = target.closest?.("input, textarea, select, [contenteditable]");
    return Boolean(field) && !(field.matches("input") && ["radio", "checkbox", "button", "submit"].includes(field.type));
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const save = document.querySelector("[data-save]");
      if (save) { event.preventDefault(); save.click(); }
      return;
    }
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = (event.shiftKey && /^[a-z]$/i.test(event.key) ? "shift+" : "") + event.key.toLowerCase();
    const wanted = [...desk.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key && !each.disabled);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("[data-code]")) { wanted.checked = true; choose(wanted, true); keepDraft(); }
    else wanted.click();
  });

  const form = desk.querySelector("[data-outcome]");

  // ---- the outcome that is chosen opens what it asks for, and focus goes there
  const fieldFor = (asked) => asked.querySelector("[data-first]") ?? asked.querySelector("input, select, textarea");
  function choose(code, moves) {
    const asks = new Set(code.dataset.asks.split(" ").filter(Boolean));
    form.querySelectorAll("[data-does]").forEach((each) => each.classList.toggle("is-open", each.dataset.does === code.value));
    form.querySelectorAll("[data-ask]").forEach((each) => each.classList.toggle("is-open", asks.has(each.dataset.ask)));
    form.querySelector("[data-label-note]").hidden = asks.has("evidence");
    form.querySelector("[data-label-evidence]").hidden = !asks.has("evidence");
    if (asks.has("booking")) htmx.trigger("#booking", "open-times");
    if (asks.has("other")) htmx.trigger("#others-q", "open-others");
    if (!moves) return;
    if (asks.has("evidence")) { form.querySelector("#remarks").focus(); return; }
    const first = ["booking", "visit", "callback", "other", "sure"].find((name) => asks.has(name));
    const part = first && form.querySelector(`[data-ask="${first}"]`);
    if (first === "booking") (firstOfBooking() ?? form.querySelector("#booking")).focus();
    else if (part) fieldFor(part)?.focus();
    else form.querySelector("[data-save]").focus();
  }
  const firstOfBooking = () => ["[data-slot]:checked", "details[open] [data-slot]", "button", "select"]
    .map((wanted) => form.querySelector(`#booking ${wanted}`)).find(Boolean);
  const openRest = () => {
    const party = form.querySelector("[data-party]");
    form.querySelector("[data-rest]").classList.toggle("is-open", party.checked);
  };

  // ---- what is typed is kept in this tab until it is recorded
  const draftKey = form ? `desk-draft ${form.dataset.formId}` : "";
  const OUTBOX = "desk-outbox";
  const KEPT_APART = new Set(["csrfmiddlewaretoken", "form_id", "task", "started", "zone", "appointment", "q", "visit_type", "clinician", "location", "day", "slot"]);
  function keepDraft() {
    const typed = {};
    new FormData(form).forEach((value, name) => { if (!KEPT_APART.has(name) && value) typed[name] = value; });
    store.set(draftKey, typed);
  }
  function restoreDraft() {
    const typed = store.get(draftKey);
    if (!typed) return false;
    let text = false;
    for (const [name, value] of Object.entries(typed)) {
      form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((field) => {
        if (["radio", "checkbox"].includes(field.type)) field.checked = field.value === value;
        else { field.value = value; text = true; }
      });
    }
    return text;
  }

  // ---- an outcome is sent once; without connection it waits here and goes by itself
  const status = desk.querySelector("[data-sending]");
  const tellSending = (text, tone) => {
    if (!status) return;
    status.textContent = text;
    status.className = `desk-sending${tone ? ` tone-${tone}` : ""}`;
  };
  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  let isSending = false;
  async function send(letter) {
    if (isSending) return;
    isSending = true;
    form?.querySelectorAll(".desk-send button").forEach((button) => { button.setAttribute("aria-disabled", "true"); });
    let answer;
    try {
      const body = new URLSearchParams(letter.body);
      body.set("csrfmiddlewaretoken", token());
      answer = await fetch(letter.url, {
        method: "POST", body, credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": token() }, signal: AbortSignal.timeout(20000),
      });
      if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Error("away");
    } catch {
      isSending = false;
      store.set(OUTBOX, letter);
      tellSending(say("Waiting"), "warn");
      setTimeout(flush, 4000);
      return;
    }
    isSending = false;
    const isOurs = (answer.headers.get("content-type") ?? "").includes("application/json");
    const told = isOurs && answer.ok ? await answer.json() : null;
    if (told) store.drop(OUTBOX);
    if (told?.url) {
      store.drop(letter.draft);
      window.location.assign(told.url);
      return;
    }
    form?.querySelectorAll(".desk-send button").forEach((button) => { button.removeAttribute("aria-disabled"); });
    if (told?.errors) {
      tellSending("");
      if (letter.draft === draftKey) showErrors(told.errors);
      else window.location.assign(`${desk.dataset.home}?task=${new URLSearchParams(letter.body).get("task")}`);
      return;
    }
    if (answer.redirected) { store.set(OUTBOX, letter); window.location.assign(desk.dataset.home); return; }
    store.drop(OUTBOX);
    tellSending(say("Failed"), "bad");
  }
  function flush() {
    const letter = store.get(OUTBOX);
    if (!letter || isSending) return;
    if (!navigator.onLine) { tellSending(say("Waiting"), "warn"); setTimeout(flush, 4000); return; }
    tellSending(say("Again"), "warn");
    send(letter);
  }
  function showErrors(errors) {
    form.querySelectorAll("[data-error-for]").forEach((place) => { place.textContent = ""; });
    const box = document.createElement("div");
    box.className = "notice tone-bad";
    box.setAttribute("role", "alert");
    const list = document.createElement("div");
    let first = null;
    for (const [name, texts] of Object.entries(errors)) {
      const line = document.createElement("div");
      line.textContent = texts.join(" ");
      list.append(line);
      const place = form.querySelector(`[data-error-for="${name}"]`);
      if (place) place.textContent = texts.join(" ");
      const field = form.querySelector(`[name="${name}"]:not([type=hidden])`) ?? place?.parentElement.querySelector("input:not([type=hidden]), select, button");
      first = first ?? field;
    }
    box.append(list);
    form.querySelector("[data-errors]").replaceChildren(box);
    (first && first.offsetParent ? first : form.querySelector("[data-code]")).focus();
  }

  if (form) {
    const hadText = restoreDraft();
    if (hadText) announce(say("Kept"));
    const chosen = form.querySelector("[data-code]:checked");
    if (chosen) choose(chosen, false);
    openRest();
    form.addEventListener("input", keepDraft);
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-code]")) choose(event.target, false);
      if (event.target.matches("[data-party]")) openRest();
      keepDraft();
    });
    form.addEventListener("click", (event) => {
      const code = event.target.closest(".desk-code")?.querySelector("[data-code]");
      if (code && event.detail > 0) setTimeout(() => choose(code, true));
      const quick = event.target.closest("[data-clock]");
      if (quick) {
        form.elements.on.value = quick.dataset.on;
        form.elements.clock.value = quick.dataset.clock;
        keepDraft();
        form.querySelector("[data-save]").focus();
      }
    });
    // Before beckon.js sees it: this form is sent here, and may be sent again after an error.
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (isSending || store.get(OUTBOX)) return;
      const body = new FormData(form, event.submitter);
      body.delete("q");
      tellSending(say("Sending"));
      send({ url: form.action, body: [...body.entries()], draft: draftKey });
    });
    // A visit that was booked belongs to the outcome that needs one.
    document.addEventListener("htmx:after:swap", () => {
      const booking = document.getElementById("booking");
      if (booking?.hasAttribute("data-just-booked")) {
        booking.removeAttribute("data-just-booked");
        const done = form.querySelector('[data-asks~="booking"]');
        if (done && !done.checked) { done.checked = true; choose(done, false); }
        keepDraft();
        form.querySelector("[data-save]").focus();
      } else if (booking && document.activeElement === booking) (firstOfBooking() ?? booking).focus();
      else if (booking && document.activeElement === document.body && booking.querySelector("[role=alert]")) (firstOfBooking() ?? booking).focus();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("[data-slot]")) {
        event.preventDefault();
        form.querySelector("[data-book]")?.click();
      }
    });
    if (!document.querySelector("[data-focus]")) desk.querySelector("[data-focus-first]")?.focus({ preventScroll: true });
  }
  // The person stays with the agent while the call lasts, also while another tab (the health record) is in front.
  if (form) {
    setInterval(() => {
      fetch(form.dataset.keep, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token(), "X-Beckon-Poll": "1" } })
        .catch(() => { /* without connection the next one does it */ });
    }, 240000);
  }
  window.addEventListener("online", flush);
  flush();

  desk.addEventListener("click", (event) => {
    if (event.target.closest("[data-copy]")) announce(say("Copied"));
  });

  // ---- a promised call that falls due is said once, and stands in the tab's title
  const title = document.title;
  let due = Number(document.getElementById("desk-status")?.dataset.due ?? 0);
  const remind = () => {
    const now = Number(document.getElementById("desk-status")?.dataset.due ?? 0);
    if (now > due) announce(say("Callback"));
    due = now;
    document.title = due ? `(${due}) ${title}` : title;
  };
  remind();
  document.addEventListener("htmx:after:swap", remind);
})();
