/* A button that copies the address of the page; without JavaScript it stays hidden. */
class CopyLink extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.copy());
  }

  async copy() {
    const status = this.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(this.dataset.address);
      status.textContent = this.dataset.done;
    } catch {
      status.textContent = this.dataset.failed;
    }
  }
}

customElements.define("copy-link", CopyLink);
