// The search for people by keyboard: down and up choose a line of the list, Enter opens it, Escape leaves it.
(() => {
  const search = document.getElementById("people-q");
  if (!search) return;
  let chosen = -1;
  const rows = () => [...document.querySelectorAll("#people-found [data-row]")];
  const mark = (at) => {
    const links = rows();
    chosen = Math.max(-1, Math.min(at, links.length - 1));
    links.forEach((link, i) => {
      const row = link.closest("tr");
      if (i === chosen) row.setAttribute("data-chosen", "");
      else row.removeAttribute("data-chosen");
    });
    if (chosen >= 0) {
      links[chosen].closest("tr").scrollIntoView({ block: "nearest" });
    }
  };
  const say = () => {
    const link = rows()[chosen];
    let told = document.getElementById("people-said");
    if (!told) {
      told = document.createElement("div");
      told.id = "people-said";
      told.className = "visually-hidden";
      told.setAttribute("role", "status");
      search.parentElement.append(told);
    }
    told.textContent = link ? link.closest("tr").innerText.replace(/\s+/g, " ") : "";
  };
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(chosen + (event.key === "ArrowDown" ? 1 : -1));
      say();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      rows()[chosen].click();
    } else if (event.key === "Escape" && chosen >= 0) {
      event.preventDefault();
      mark(-1);
    }
  });
  search.addEventListener("input", () => { chosen = -1; });
  document.addEventListener("htmx:after:swap", () => mark(-1));
})();
