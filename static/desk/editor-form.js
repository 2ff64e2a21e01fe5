/* The article's form as a whole: counters, unsaved changes, a copy in this browser, the edit lock. */

const { gettext, interpolate } = window
const KEEP_EVERY = 40_000 // milliseconds; the lock lapses after three minutes
const COPY_AFTER = 3_000
// As articles.text.count_characters counts.
const COUNTED = /[0-9A-Za-z]+(?:[.,'’-][0-9A-Za-z]+)*|\S/gu

const form = document.getElementById("article-form")
const editor = form.querySelector("desk-editor")
const saveState = form.querySelector(".save-state")
let leaving = false
let changed = form.hasAttribute("data-typed")

/* Counters */

for (const output of form.querySelectorAll("[data-count-of]")) {
  const field = document.getElementById(output.dataset.countOf)
  const limit = Number(field.dataset.limit)
  const count = () => {
    const length = [...field.value].length
    output.textContent = length ? `${length}/${limit}` : ""
    output.classList.toggle("is-over", length > limit)
  }
  field.addEventListener("input", count)
  count()
}

const characters = form.querySelector("[data-characters-of]")
editor.textarea?.addEventListener("input", countCharacters)
editor.addEventListener("input", countCharacters)

function countCharacters() {
  const length = editor.editor ? (editor.plainText.match(COUNTED) ?? []).length : 0
  characters.textContent = interpolate(gettext("%s characters"), [length])
}

/* Unsaved changes, and a copy of them in this browser */

const draftKey = `desk-draft:${form.dataset.draft}`
let copying

function noteChange() {
  changed = true
  if (saveState) saveState.textContent = gettext("Not saved yet")
  clearTimeout(copying)
  copying = setTimeout(() => copy(), COPY_AFTER)
}

form.addEventListener("input", noteChange)
form.addEventListener("change", noteChange)

function typed() {
  const names = ["kicker", "headline", "subtitle", "short_headline", "summary", "body"]
  return Object.fromEntries(names.map((name) => [name, form.elements[name].value]))
}

/** `lost`: the text of a tab that may not save it any more; later saves do not make it old. */
function copy({ lost = false } = {}) {
  const record = { version: form.elements.version.value, at: Date.now(), texts: typed(), lost }
  try {
    localStorage.setItem(draftKey, JSON.stringify(record))
  } catch {
    // A full or forbidden store only means that there is no copy.
  }
}

function offerCopy() {
  let record
  try {
    record = JSON.parse(localStorage.getItem(draftKey))
  } catch {
    record = null
  }
  if (!record) return
  const now = typed()
  const same = Object.entries(record.texts).every(([name, text]) => now[name] === text)
  const saved = record.version !== form.elements.version.value && !record.lost
  if (same || saved || wasCreated()) {
    localStorage.removeItem(draftKey)
    return
  }
  const time = new Date(record.at).toLocaleString("zh-CN", {
    timeZone: "Asia/Shanghai",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  })
  const box = document.createElement("div")
  box.className = "notice"
  box.setAttribute("role", "status")
  const sentence = document.createElement("p")
  sentence.textContent = interpolate(
    gettext("This browser has kept a text of %s that was not saved."),
    [time],
  )
  const restore = button(gettext("Take it up again"), () => {
    for (const [name, text] of Object.entries(record.texts)) {
      form.elements[name].value = text
      form.elements[name].dispatchEvent(new Event("input", { bubbles: true }))
    }
    editor.replace(record.texts.body)
    box.remove()
  })
  const drop = button(gettext("Drop it"), () => {
    localStorage.removeItem(draftKey)
    box.remove()
  })
  box.append(sentence, restore, drop)
  form.before(box)
}

/** Whether the server has said, once, that the new article of this browser was saved. */
function wasCreated() {
  const said = document.cookie.includes("desk_created=")
  if (said) document.cookie = `desk_created=; Max-Age=0; path=${window.location.pathname}`
  return said
}

function button(text, run) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "button"
  made.textContent = text
  made.addEventListener("click", run)
  return made
}

if (!form.hasAttribute("data-typed")) {
  if (editor.editor) offerCopy()
  else editor.addEventListener("desk-editor:ready", offerCopy)
}

window.addEventListener("beforeunload", (event) => {
  if (changed && !leaving) event.preventDefault()
})

form.addEventListener("submit", (event) => {
  if (leaving) {
    event.preventDefault() // a double click
    return
  }
  leaving = true
  copy()
  // A page that comes back by the back button can be sent again.
  setTimeout(() => {
    leaving = false
  }, 10_000)
})

/* What is missing leads to its field, also where the plain field is hidden behind a better one */

function goTo(hash) {
  const field = hash.startsWith("#id_") && document.getElementById(hash.slice(1))
  if (!field) return
  const better = field.closest("desk-editor, desk-lead")
  const target = better?.querySelector(".ProseMirror, .lead-buttons button") ?? field
  target.scrollIntoView({ block: "center" })
  target.focus()
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='#id_']")
  if (!link || link.pathname !== window.location.pathname) return
  event.preventDefault()
  goTo(link.hash)
})
if (editor.editor) goTo(window.location.hash)
else editor.addEventListener("desk-editor:ready", () => goTo(window.location.hash))

/* The edit lock: a tab that lost it stays read-only for good */

class DeskLock extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.token) return
    this.timer = setInterval(() => this.#keep(), KEEP_EVERY)
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#keep()
    })
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.#keep()
    })
    window.addEventListener("pagehide", () => {
      if (!leaving && !this.lost) navigator.sendBeacon(this.dataset.release, this.#data)
    })
  }

  get #data() {
    const data = new FormData()
    data.append("token", this.dataset.token)
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    return data
  }

  async #keep() {
    if (this.lost) return
    let response
    try {
      response = await fetch(this.dataset.keep, { method: "POST", body: this.#data })
    } catch {
      this.#say(gettext("The server does not answer. Do not close this page; it goes on trying."))
      return
    }
    if (response.redirected || response.status === 403) {
      this.#say(gettext("You are not logged in any more. Log in in another tab, then save here."))
    } else if (response.ok) {
      const { held, sentence } = await response.json()
      if (held) this.#say("")
      else this.#lose(sentence)
    }
  }

  #say(sentence) {
    const notice = this.querySelector(".notice")
    notice.textContent = sentence
    notice.hidden = !sentence
  }

  #lose(sentence) {
    this.lost = true
    clearInterval(this.timer)
    clearTimeout(copying)
    copy({ lost: true })
    this.#say(
      `${sentence} ${gettext("This window can only be read now; what you typed can still be copied.")}`,
    )
    for (const field of form.querySelectorAll("input, textarea")) field.readOnly = true
    for (const field of form.querySelectorAll("select, button, [type=checkbox]")) {
      field.disabled = true
    }
    editor.readOnly = true
    changed = false
    this.scrollIntoView({ block: "start" })
  }
}

customElements.define("desk-lock", DeskLock)
