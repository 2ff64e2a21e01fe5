/* The picture library in a dialog, uploads, and the choice of the lead picture. */

const { gettext } = window

class DeskPictures extends HTMLElement {
  /** Upload a file: {picture} or {errors}. `texts` are caption, alt and credit. */
  async upload(file, texts = {}) {
    const data = new FormData()
    data.append("original", file)
    for (const [name, value] of Object.entries(texts)) data.append(name, value)
    try {
      const response = await fetch(this.dataset.upload, {
        method: "POST",
        headers: { "X-CSRFToken": this.#token },
        body: data,
      })
      if (!isJson(response)) return { errors: [sentenceFor(response)] }
      const facts = await response.json()
      return response.ok ? { picture: facts } : { errors: facts.errors }
    } catch {
      return { errors: [gettext("The server does not answer. Try again in a moment.")] }
    }
  }

  /** Let the person choose or upload a picture; null when they close the dialog. */
  choose() {
    this.#build()
    this.dialog.showModal()
    this.#load(true)
    return new Promise((resolve) => {
      this.resolve = resolve
    })
  }

  get #token() {
    return document.querySelector("input[name=csrfmiddlewaretoken]").value
  }

  #build() {
    if (this.dialog) return
    this.dialog = make("dialog", { className: "picture-dialog" })
    this.dialog.setAttribute("aria-label", gettext("Picture library"))
    this.search = make("input", {
      type: "search",
      placeholder: gettext("Search captions, descriptions, credits"),
    })
    this.search.setAttribute("aria-label", this.search.placeholder)
    this.grid = make("div", { className: "picture-grid" })
    this.more = make("button", { type: "button", className: "button", hidden: true }, [
      gettext("More pictures"),
    ])
    this.close = make("button", { type: "button", className: "button" }, [gettext("Cancel")])
    this.dialog.append(
      make("h2", {}, [gettext("Picture library")]),
      this.#uploadBox(),
      this.search,
      this.grid,
      make("div", { className: "picture-dialog-foot" }, [this.more, this.close]),
    )
    // Beside the page's form: a form cannot stand in a form, and Enter must not send the article.
    document.body.append(this.dialog)
    let waiting
    this.search.addEventListener("input", () => {
      clearTimeout(waiting)
      waiting = setTimeout(() => this.#load(true), 300)
    })
    this.more.addEventListener("click", () => this.#load(false))
    this.close.addEventListener("click", () => this.dialog.close())
    this.dialog.addEventListener("close", () => this.#answer(null))
  }

  #uploadBox() {
    const field = (name, label) => {
      const input = make("input", { type: "text", name, autocomplete: "off" })
      return make("label", {}, [label, input])
    }
    const file = make("input", {
      type: "file",
      name: "original",
      accept: "image/jpeg,image/png,image/webp,image/gif",
    })
    const submit = make("button", { type: "submit", className: "button default" }, [
      gettext("Upload and insert"),
    ])
    const status = make("p", { className: "picture-dialog-status" })
    status.setAttribute("role", "status")
    const form = make("form", { className: "picture-upload" }, [
      make("label", {}, [gettext("Picture file"), file]),
      field("caption", gettext("Caption")),
      field("alt", gettext("Description for blind readers")),
      field("credit", gettext("Credit")),
      submit,
      status,
    ])
    form.addEventListener("submit", async (event) => {
      event.preventDefault()
      if (!file.files.length) {
        status.textContent = gettext("Choose a picture file first.")
        return
      }
      submit.disabled = true
      status.textContent = gettext("Uploading the picture…")
      const texts = Object.fromEntries(
        ["caption", "alt", "credit"].map((name) => [name, form.elements[name].value]),
      )
      const answer = await this.upload(file.files[0], texts)
      submit.disabled = false
      status.textContent = answer.errors ? answer.errors.join(" ") : ""
      if (answer.picture) {
        form.reset()
        this.#answer({ ...answer.picture, ...filled(texts) })
        this.dialog.close()
      }
    })
    const open = window.matchMedia("(min-width: 48rem)").matches
    return make("details", { open }, [make("summary", {}, [gettext("Upload a new picture")]), form])
  }

  async #load(fresh) {
    const query = new URLSearchParams({ q: this.search.value })
    if (!fresh && this.last) query.set("before", this.last)
    const asked = (this.asked = Symbol(query))
    const response = await fetch(`${this.dataset.library}?${query}`)
    if (asked !== this.asked || !isJson(response)) return
    const { pictures, more } = await response.json()
    if (fresh) this.grid.replaceChildren()
    for (const picture of pictures) this.grid.append(this.#tile(picture))
    if (fresh && !pictures.length) this.grid.append(gettext("No picture was found."))
    this.last = pictures.at(-1)?.id
    this.more.hidden = !more
  }

  #tile(picture) {
    const image = make("img", { src: `${picture.src}?small`, alt: picture.alt, loading: "lazy" })
    const tile = make("button", { type: "button", className: "picture-tile" }, [
      image,
      make("span", {}, [picture.label]),
    ])
    tile.addEventListener("click", () => {
      this.#answer(picture)
      this.dialog.close()
    })
    return tile
  }

  #answer(picture) {
    this.resolve?.(picture)
    this.resolve = null
  }
}

/* <desk-lead> around the plain list of pictures. */
class DeskLead extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select")
    this.figure = this.querySelector("figure")
    this.select.hidden = true
    this.button = make("button", { type: "button", className: "button" })
    this.none = make("button", { type: "button", className: "button" }, [gettext("No picture")])
    this.append(make("div", { className: "lead-buttons" }, [this.button, this.none]))
    this.button.addEventListener("click", () => this.#choose())
    this.none.addEventListener("click", () => this.#set("", null))
    this.#refresh()
  }

  async #choose() {
    const picture = await document.querySelector("desk-pictures").choose()
    if (!picture) return
    if (![...this.select.options].some((option) => option.value === picture.sha256)) {
      this.select.append(new Option(picture.label, picture.sha256))
    }
    this.#set(picture.sha256, picture)
  }

  #set(value, picture) {
    this.select.value = value
    if (picture) {
      this.figure.querySelector("img").src = `${picture.src}?small`
      this.figure.querySelector("img").alt = picture.alt
      this.figure.querySelector("figcaption").textContent = picture.caption
      this.figure.querySelector("a").href = picture.page
    }
    this.select.dispatchEvent(new Event("change", { bubbles: true }))
    this.#refresh()
  }

  #refresh() {
    const chosen = this.select.value !== ""
    this.figure.hidden = !chosen
    this.none.hidden = !chosen
    this.button.textContent = chosen ? gettext("Choose another") : gettext("Choose a picture")
  }
}

function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

function filled(texts) {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value.trim()))
}

function isJson(response) {
  return (response.headers.get("content-type") ?? "").includes("json")
}

function sentenceFor(response) {
  if (response.redirected || response.status === 403) {
    return gettext("You are not logged in any more. Log in in another tab, then try again.")
  }
  return gettext("The picture could not be taken in. It may be too large.")
}

customElements.define("desk-pictures", DeskPictures)
customElements.define("desk-lead", DeskLead)
