// Renews what is live on a page every few seconds, unless somebody has paused it, looks
// elsewhere, or is at work in it. Without this script pages stand still, and work.
(() => {
  "use strict";
  const every = 5000;
  const key = "waybill-paused";
  const button = document.getElementById("live");
  const stale = document.getElementById("stale");
  let paused = sessionStorage.getItem(key) === "yes";

  const at_work = (place) =>
    place.contains(document.activeElement) ||
    (!window.getSelection().isCollapsed &&
      place.contains(window.getSelection().anchorNode));

  const renew = () => {
    const place = document.getElementById("fresh");
    if (!place || paused || document.hidden || at_work(place)) return;
    htmx.ajax("GET", window.location.href, {
      source: place,
      target: "#fresh",
      select: "#fresh",
      swap: "outerHTML",
    });
  };

  const show = () => {
    button.textContent = paused ? "Resume updates" : "Pause updates";
  };

  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    sessionStorage.setItem(key, paused ? "yes" : "no");
    show();
    renew();
  });
  show();
  setInterval(renew, every);
  const failed = () => (stale.hidden = false);
  document.body.addEventListener("htmx:responseError", failed);
  document.body.addEventListener("htmx:sendError", failed);
  document.body.addEventListener("htmx:afterSwap", () => (stale.hidden = true));
})();
