/* Suggestions under a field, as an ARIA combobox.

<desk-suggest><select></desk-suggest> filters the list's own options;
<desk-suggest data-url="…"><input></desk-suggest> asks the server, which answers {results: [text]};
with data-many the field holds several values with a separator between them. */

const { gettext } = window
const SEPARATOR = /[，、,；;]/
let count = 0

class DeskSuggest extends HTMLElement {
  connectedCallback() {
    if (this.list) return
    this.select = this.querySelector("select")
    this.input = this.select ? this.#inputFor(this.select) : this.querySelector("input")
    this.list = document.createElement("ul")
    this.list.id = `suggestions-${++count}`
    this.list.className = "suggestions"
    this.list.hidden = true
    this.list.setAttribute("role", "listbox")
    this.append(this.list)
    this.input.removeAttribute("list")
    this.input.setAttribute("role", "combobox")
    this.input.setAttribute("aria-expanded", "false")
    this.input.setAttribute("aria-controls", this.list.id)
    this.input.setAttribute("aria-autocomplete", "list")
    this.input.addEventListener("input", () => this.#later())
    this.input.addEventListener("click", () => this.#show(this.select ? "" : this.#word))
    this.input.addEventListener("keydown", (event) => this.#key(event))
    this.input.addEventListener("blur", () => this.#leave())
    // Before the field loses the focus, which would close the list.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault()
      const item = event.target.closest("li[data-value]")
      if (item) this.#take(item)
    })
  }

  #inputFor(select) {
    const input = document.createElement("input")
    input.type = "text"
    input.autocomplete = "off"
    input.id = select.id
    select.id = `${select.id}_list`
    select.hidden = true
    input.value = select.value ? select.selectedOptions[0].text : ""
    input.placeholder = select.options[0].text
    select.before(input)
    select.addEventListener("change", () => {
      input.value = select.value ? select.selectedOptions[0].text : ""
    })
    return input
  }

  /** What is typed after the last separator. */
  get #word() {
    const parts = "many" in this.dataset ? this.input.value.split(SEPARATOR) : [this.input.value]
    return parts.at(-1).trim()
  }

  #later() {
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.#show(this.#word), this.select ? 0 : 200)
  }

  async #show(word) {
    const found = this.select ? this.#options(word) : await this.#asked(word)
    if (!found || document.activeElement !== this.input) return
    this.list.replaceChildren(
      ...found.map(({ value, text }, place) => {
        const item = document.createElement("li")
        item.id = `${this.list.id}-${place}`
        item.dataset.value = value
        item.textContent = text
        item.setAttribute("role", "option")
        return item
      }),
    )
    if (!found.length && word) {
      const item = document.createElement("li")
      item.className = "nothing"
      item.textContent = gettext("Nothing found")
      if (!("many" in this.dataset)) this.list.append(item)
    }
    this.#open(this.list.children.length > 0)
    if (this.select && word) this.#point(this.list.querySelector("[data-value]"))
  }

  #options(word) {
    const wanted = word.toLowerCase()
    return [...this.select.options]
      .filter((option) => option.text.toLowerCase().includes(wanted))
      .map((option) => ({ value: option.value, text: option.text }))
  }

  async #asked(word) {
    const mine = (this.question = Symbol(word))
    try {
      const response = await fetch(`${this.dataset.url}?${new URLSearchParams({ q: word })}`)
      if (!response.ok || response.redirected || mine !== this.question) return null
      const { results } = await response.json()
      return results.map((text) => ({ value: text, text }))
    } catch {
      return null
    }
  }

  #key(event) {
    const items = [...this.list.querySelectorAll("li[data-value]")]
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true")
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (this.list.hidden) {
        this.#show(this.select ? "" : this.#word)
        return
      }
      const step = event.key === "ArrowDown" ? 1 : -1
      this.#point(items.at((at + step + items.length) % items.length))
    } else if (event.key === "Enter" && !event.isComposing) {
      // Enter chooses; it never sends the article by accident.
      event.preventDefault()
      if (!this.list.hidden && at >= 0) this.#take(items[at])
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault()
      this.#open(false)
    }
  }

  #point(item) {
    for (const other of this.list.children) other.removeAttribute("aria-selected")
    if (!item) return
    item.setAttribute("aria-selected", "true")
    item.scrollIntoView({ block: "nearest" })
    this.input.setAttribute("aria-activedescendant", item.id)
  }

  #take(item) {
    if (this.select) {
      this.select.value = item.dataset.value
      this.select.dispatchEvent(new Event("change", { bubbles: true }))
    } else if ("many" in this.dataset) {
      const kept = this.input.value.split(SEPARATOR).slice(0, -1)
      this.input.value = [...kept.map((part) => part.trim()), item.dataset.value].join("，")
    } else {
      this.input.value = item.dataset.value
    }
    this.input.dispatchEvent(new Event("change", { bubbles: true }))
    this.#open(false)
  }

  #leave() {
    this.#open(false)
    clearTimeout(this.waiting)
    if (!this.select) return
    const typed = this.input.value.trim()
    const match = [...this.select.options].find((option) => option.value && option.text === typed)
    if (match) this.select.value = match.value
    else if (!typed) this.select.value = ""
    this.select.dispatchEvent(new Event("change", { bubbles: true }))
  }

  #open(open) {
    this.list.hidden = !open
    this.input.setAttribute("aria-expanded", String(open))
    if (!open) this.input.removeAttribute("aria-activedescendant")
  }
}

customElements.define("desk-suggest", DeskSuggest)
