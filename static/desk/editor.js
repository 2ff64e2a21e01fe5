/* The text editor: <desk-editor data-module="…editor.js"><textarea></desk-editor>.

The textarea stays the field that is sent; without JavaScript it is the editor. Pictures come from
<desk-pictures>; what the server keeps of the text is said in articles/text.py. */

const { gettext, interpolate } = window
// A tag with its attributes; an attribute that the page's policy would report while parsing.
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi
const ACTIVE = /\s(?:style|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)/gi
const UNSEEN = /<!--[\s\S]*?-->|<(script|style|title|xml)\b[\s\S]*?<\/\1\s*>/gi
const PICTURE = /^\/picture\/[0-9a-f]{64}$/

class DeskEditor extends HTMLElement {
  async connectedCallback() {
    if (this.editor || this.started) return
    this.started = true
    this.textarea = this.querySelector("textarea")
    this.reading = this.hasAttribute("data-reading")
    const prose = await import(this.dataset.module)
    this.prose = prose
    const surface = document.createElement("div")
    surface.className = "desk-editor-surface"
    this.append(surface)
    this.editor = new prose.Editor({
      element: surface,
      injectCSS: false,
      editable: !this.reading,
      extensions: extensions(prose, this),
      content: this.textarea.value,
      editorProps: {
        attributes: {
          "aria-label": gettext("Text of the article"),
          "aria-multiline": "true",
          role: "textbox",
        },
        handlePaste: (_view, event) => this.#takeFiles(event, event.clipboardData),
        handleDrop: (_view, event, _slice, moved) =>
          !moved && this.#takeFiles(event, event.dataTransfer),
        transformPastedHTML: (html) => this.#cleaned(html),
      },
      onUpdate: ({ editor }) => {
        this.textarea.value = editor.isEmpty ? "" : editor.getHTML()
        this.textarea.dispatchEvent(new Event("input", { bubbles: true }))
      },
    })
    this.classList.add("is-ready")
    if (!this.reading) this.#addToolbar()
    this.textarea.hidden = true
    this.dispatchEvent(new CustomEvent("desk-editor:ready", { bubbles: true }))
  }

  disconnectedCallback() {
    this.editor?.destroy()
  }

  /** The text, a line to a block. */
  get plainText() {
    const { doc } = this.editor.state
    return doc.textBetween(0, doc.content.size, "\n", "\n")
  }

  set readOnly(value) {
    this.editor?.setEditable(!value)
    this.toolbar?.toggleAttribute("hidden", value)
  }

  /** Put other HTML in place of the text. */
  replace(html) {
    this.editor.commands.setContent(html, { emitUpdate: true })
  }

  /** Put a picture under the paragraph the person is in, or in place of an empty one; on to its
  caption. */
  insertPicture({ src, alt, caption }) {
    const { $to, to } = this.editor.state.selection
    const inside = $to.depth > 0
    const after = inside ? $to.after(1) : to
    const empty = inside && $to.node(1).type.name === "paragraph" && !$to.node(1).content.size
    const start = empty ? $to.before(1) : after
    const words = caption ? [{ type: "text", text: caption }] : []
    const figure = {
      type: "figure",
      content: [
        { type: "image", attrs: { src, alt } },
        { type: "caption", content: words },
      ],
    }
    const isLast = after >= this.editor.state.doc.content.size
    this.editor
      .chain()
      .insertContentAt(
        { from: start, to: after },
        isLast ? [figure, { type: "paragraph" }] : figure,
        { updateSelection: false },
      )
      .setTextSelection(start + 3)
      .focus()
      .run()
  }

  say(sentence) {
    this.status.textContent = sentence
  }

  get pictures() {
    return document.querySelector("desk-pictures")
  }

  #cleaned(html) {
    const page = new DOMParser().parseFromString(inert(html), "text/html")
    const strange = [...page.images].filter((image) => !PICTURE.test(ownPath(image)))
    for (const image of strange) image.remove()
    if (strange.length) {
      this.say(
        interpolate(
          gettext("%s pasted pictures were left out. Upload them, or paste each by itself."),
          [strange.length],
        ),
      )
    }
    return page.body.innerHTML
  }

  /** Upload pictures that are pasted or dropped. Word sends a picture of its text along: not that. */
  #takeFiles(event, data) {
    const files = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"))
    if (!files.length || !this.pictures) return false
    if (inert(data.getData("text/html")).replace(TAG, "").replace(/<\/[^>]*>/g, "").trim()) return false
    event.preventDefault()
    this.#upload(files)
    return true
  }

  async #upload(files) {
    for (const file of files) {
      this.say(gettext("Uploading the picture…"))
      const answer = await this.pictures.upload(file)
      if (answer.picture) {
        this.insertPicture(answer.picture)
        this.say(gettext("The picture is in the text. Give it a caption and a description."))
      } else {
        this.say(answer.errors.join(" "))
      }
    }
  }

  #addToolbar() {
    this.toolbar = document.createElement("div")
    this.toolbar.className = "desk-toolbar"
    this.toolbar.setAttribute("role", "toolbar")
    this.toolbar.setAttribute("aria-label", gettext("Text tools"))
    const refreshers = []
    for (const group of tools(this)) {
      const box = document.createElement("div")
      box.className = "desk-toolbar-group"
      for (const tool of group) {
        const button = document.createElement("button")
        button.type = "button"
        button.className = "material-icons"
        button.textContent = tool.icon
        button.title = tool.title
        button.setAttribute("aria-label", tool.title)
        if (tool.level) button.dataset.level = tool.level
        // Taking the focus would lose the selection on phones.
        button.addEventListener("mousedown", (event) => event.preventDefault())
        button.addEventListener("click", () => tool.run(this.editor.chain().focus()))
        refreshers.push(() => {
          const active = tool.active?.(this.editor) ?? false
          button.classList.toggle("is-active", active)
          if (tool.active) button.setAttribute("aria-pressed", String(active))
          button.disabled = tool.enabled ? !tool.enabled(this.editor) : false
          button.hidden = tool.when ? !tool.when(this.editor) : false
        })
        box.append(button)
      }
      this.toolbar.append(box)
    }
    this.status = document.createElement("p")
    this.status.className = "desk-editor-status"
    this.status.setAttribute("role", "status")
    const refresh = () => {
      for (const one of refreshers) one()
    }
    this.editor.on("transaction", refresh)
    refresh()
    this.prepend(this.toolbar)
    this.append(this.status)
  }
}

/** HTML without what a parser would act on or complain of: styles, handlers, comments. */
function inert(html) {
  return html.replace(UNSEEN, "").replace(TAG, (tag) => tag.replace(ACTIVE, ""))
}

function ownPath(image) {
  const address = new URL(image.getAttribute("src") ?? "", window.location.href)
  return address.origin === window.location.origin ? address.pathname : ""
}

function extensions(prose, host) {
  const Image = prose.Node.create({
    name: "image",
    addAttributes: () => ({ src: { default: null }, alt: { default: "" } }),
    parseHTML: () => [
      {
        tag: "img[src]",
        getAttrs: (element) => {
          const src = ownPath(element)
          return PICTURE.test(src) ? { src, alt: element.getAttribute("alt") ?? "" } : false
        },
      },
    ],
    renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
  })
  const Caption = prose.Node.create({
    name: "caption",
    content: "inline*",
    isolating: true,
    parseHTML: () => [{ tag: "figcaption" }],
    renderHTML: () => ["figcaption", 0],
    addKeyboardShortcuts: () => ({
      Enter: ({ editor }) => {
        if (!editor.isActive("caption")) return false
        const after = editor.state.selection.$from.after(-1)
        return editor.chain().insertContentAt(after, { type: "paragraph" }).focus(after + 1).run()
      },
    }),
  })
  const Figure = prose.Node.create({
    name: "figure",
    group: "block",
    content: "image caption",
    draggable: true,
    isolating: true,
    parseHTML: () => [
      { tag: "figure", getAttrs: (element) => (element.querySelector("img") ? null : false) },
    ],
    renderHTML: () => ["figure", 0],
  })
  const Link = prose.Link.extend({
    addKeyboardShortcuts: () => ({
      "Mod-k": () => {
        askForLink(host)
        return true
      },
    }),
  }).configure({ enableTarget: false, protocols: ["http", "https", "mailto", "tel"] })
  return [
    prose.Document,
    prose.Paragraph,
    prose.Text,
    prose.HardBreak,
    prose.Heading.configure({ levels: [2, 3] }),
    prose.Bold,
    prose.Italic,
    prose.Underline,
    prose.Strike,
    prose.Subscript,
    prose.Superscript,
    prose.BulletList,
    prose.OrderedList.configure({ enableListAttributes: false }),
    prose.ListItem,
    prose.Blockquote,
    prose.HorizontalRule,
    Link,
    Figure,
    Image,
    Caption,
    prose.Table.configure({ resizable: false }),
    prose.TableRow,
    prose.TableHeader,
    prose.TableCell,
    prose.History,
    prose.Dropcursor,
    prose.Gapcursor,
    prose.NoSpellCheck,
    prose.Placeholder.configure({
      includeChildren: true,
      showOnlyCurrent: false,
      placeholder: ({ node }) => (node.type.name === "caption" ? gettext("Caption") : ""),
    }),
  ]
}

function tools(host) {
  const mark = (icon, name, title) => ({
    icon,
    title,
    active: (editor) => editor.isActive(name),
    run: (chain) => chain.toggleMark(name).run(),
  })
  const heading = (level, title) => ({
    icon: "title",
    level,
    title,
    active: (editor) => editor.isActive("heading", { level }),
    run: (chain) => chain.toggleHeading({ level }).run(),
  })
  const inTable = (icon, title, command) => ({
    icon,
    title,
    when: (editor) => editor.isActive("table"),
    run: (chain) => chain[command]().run(),
  })
  return [
    [heading(2, gettext("Heading")), heading(3, gettext("Sub-heading"))],
    [
      mark("format_bold", "bold", gettext("Bold")),
      mark("format_italic", "italic", gettext("Italic")),
      mark("format_underline", "underline", gettext("Underline")),
    ],
    [
      {
        icon: "format_list_bulleted",
        title: gettext("List"),
        active: (editor) => editor.isActive("bulletList"),
        run: (chain) => chain.toggleBulletList().run(),
      },
      {
        icon: "format_list_numbered",
        title: gettext("Numbered list"),
        active: (editor) => editor.isActive("orderedList"),
        run: (chain) => chain.toggleOrderedList().run(),
      },
      {
        icon: "format_quote",
        title: gettext("Quotation"),
        active: (editor) => editor.isActive("blockquote"),
        run: (chain) => chain.toggleBlockquote().run(),
      },
    ],
    [
      {
        icon: "insert_link",
        title: gettext("Link"),
        active: (editor) => editor.isActive("link"),
        enabled: (editor) => !editor.state.selection.empty || editor.isActive("link"),
        run: () => askForLink(host),
      },
      {
        icon: "link_off",
        title: gettext("Remove the link"),
        when: (editor) => editor.isActive("link"),
        run: (chain) => chain.extendMarkRange("link").unsetMark("link").run(),
      },
    ],
    [
      { icon: "image", title: gettext("Insert a picture"), run: () => choosePicture(host) },
      {
        icon: "description",
        title: gettext("Describe the picture for blind readers"),
        when: (editor) => editor.isActive("figure"),
        run: () => askForDescription(host),
      },
    ],
    [
      {
        icon: "grid_on",
        title: gettext("Insert a table"),
        when: (editor) => !editor.isActive("table"),
        run: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
      },
      inTable("playlist_add", gettext("Add a row"), "addRowAfter"),
      inTable("remove", gettext("Delete the row"), "deleteRow"),
      inTable("add_box", gettext("Add a column"), "addColumnAfter"),
      inTable("indeterminate_check_box", gettext("Delete the column"), "deleteColumn"),
      inTable("call_merge", gettext("Merge cells"), "mergeCells"),
      inTable("call_split", gettext("Split the cell"), "splitCell"),
      inTable("delete", gettext("Delete the table"), "deleteTable"),
    ],
    [
      {
        icon: "undo",
        title: gettext("Undo"),
        enabled: (editor) => editor.can().undo(),
        run: (chain) => chain.undo().run(),
      },
      {
        icon: "redo",
        title: gettext("Redo"),
        enabled: (editor) => editor.can().redo(),
        run: (chain) => chain.redo().run(),
      },
    ],
  ]
}

async function choosePicture(host) {
  const picture = await host.pictures.choose()
  if (picture) host.insertPicture(picture)
}

async function askForLink(host) {
  const { editor } = host
  const standing = editor.getAttributes("link").href ?? ""
  const answer = await host.prose.updateAttrsDialog(
    { href: { title: gettext("Address of the link") } },
    { title: gettext("Link"), submitText: gettext("Apply") },
  )(editor, { href: standing || "https://" })
  if (!answer) return
  const href = answer.href.trim()
  const chain = editor.chain().focus()
  if (editor.isActive("link")) chain.extendMarkRange("link")
  if (href && href !== "https://") chain.setMark("link", { href }).run()
  else chain.unsetMark("link").run()
}

async function askForDescription(host) {
  const { editor } = host
  const place = imagePlace(editor)
  if (place === null) return
  const answer = await host.prose.updateAttrsDialog(
    { alt: { title: gettext("Description for blind readers") } },
    { title: gettext("Picture"), submitText: gettext("Apply") },
  )(editor, { alt: editor.state.doc.nodeAt(place).attrs.alt })
  if (!answer) return
  editor.view.dispatch(editor.state.tr.setNodeAttribute(place, "alt", answer.alt.trim()))
}

/** Where the image of the selected figure stands. */
function imagePlace({ state: { selection } }) {
  if (selection.node?.type.name === "figure") return selection.from + 1
  const { $from } = selection
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type.name === "figure") return $from.start(depth)
  }
  return null
}

customElements.define("desk-editor", DeskEditor)
