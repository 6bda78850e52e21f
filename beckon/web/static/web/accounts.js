// Passkeys: a refusal of the browser or the person is told on the page instead of the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  window.beckon?.tell(document.getElementById("passkey-words")?.dataset.failed ?? "", "warn");
});
