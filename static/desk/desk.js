// Small comforts of the desk's pages; all of them work without it.

for (const form of document.querySelectorAll(".step-form")) {
  form.addEventListener("submit", () => {
    // After the browser has read the form: a second click finds no button.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}

// A page that the browser brings back may be sent again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".step-form button")) button.disabled = false;
});

// The filters of a list: open beside it, closed above it.
const beside = matchMedia("(min-width: 48.01rem)");
for (const filters of document.querySelectorAll("details.filters")) {
  filters.open = beside.matches;
  beside.addEventListener("change", () => { filters.open = beside.matches; });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
