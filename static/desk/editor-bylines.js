/* By-line rows: add, remove, move. Without JavaScript they have a number and a check box each. */

const { gettext } = window

class DeskBylines extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".bylines")
    this.template = this.querySelector("template")
    this.total = document.querySelector(`[name="${this.dataset.prefix}-TOTAL_FORMS"]`)
    this.classList.add("is-ready")
    for (const row of this.#rows) this.#equip(row)
    const add = document.createElement("button")
    add.type = "button"
    add.className = "button"
    add.textContent = gettext("Add a by-line")
    add.addEventListener("click", () => this.#add())
    this.append(add)
    this.#number()
  }

  get #rows() {
    return [...this.list.children]
  }

  #add() {
    const row = this.template.content.firstElementChild.cloneNode(true)
    for (const element of row.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        const value = element.getAttribute(name)
        if (value) element.setAttribute(name, value.replace("__prefix__", this.total.value))
      }
    }
    this.total.value = Number(this.total.value) + 1
    this.list.append(row)
    this.#equip(row)
    this.#number()
    row.querySelector("input[type=text]").focus()
  }

  #equip(row) {
    const buttons = document.createElement("div")
    buttons.className = "byline-buttons"
    buttons.append(
      this.#button("arrow_upward", gettext("Move up"), () => {
        if (row.previousElementSibling) row.previousElementSibling.before(row)
      }),
      this.#button("arrow_downward", gettext("Move down"), () => {
        if (row.nextElementSibling) row.nextElementSibling.after(row)
      }),
      this.#button("close", gettext("Remove"), () => {
        row.querySelector("[name$=-DELETE]").checked = true
        row.hidden = true
      }),
    )
    row.append(buttons)
    row.hidden = row.querySelector("[name$=-DELETE]").checked
  }

  #button(icon, title, run) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "material-icons"
    button.textContent = icon
    button.title = title
    button.setAttribute("aria-label", title)
    button.addEventListener("click", () => {
      run()
      this.#number()
      this.dispatchEvent(new Event("change", { bubbles: true }))
      button.focus()
    })
    return button
  }

  #number() {
    this.#rows.forEach((row, place) => {
      row.querySelector("[name$=-ORDER]").value = place + 1
    })
  }
}

customElements.define("desk-bylines", DeskBylines)
