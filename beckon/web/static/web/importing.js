// A file can be dropped on the form, and a large one shows how far it has been sent. Without this the form works, too.
(() => {
  const form = document.querySelector("[data-drop]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const progress = form.querySelector("[data-drop-progress]");
  ["dragenter", "dragover"].forEach((kind) => form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  }));
  ["dragleave", "drop"].forEach((kind) => form.addEventListener(kind, () => form.classList.remove("is-over")));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    progress.hidden = false;
    const bar = progress.querySelector("progress");
    const said = progress.querySelector("[data-drop-said]");
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (now) => {
      if (now.lengthComputable) {
        bar.value = Math.round((100 * now.loaded) / now.total);
        said.textContent = `${bar.value} %`;
      }
    });
    request.addEventListener("load", () => {
      if (request.status < 400 && request.responseURL) {
        window.location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const told = page.querySelector("main .notice.tone-bad");
      delete form.dataset.sent;
      progress.hidden = true;
      window.beckon.tell(told ? told.textContent.trim() : document.title, "bad");
      input.value = "";
    });
    request.addEventListener("error", () => {
      delete form.dataset.sent;
      progress.hidden = true;
      window.beckon.tell(form.dataset.lost, "bad");
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
})();
