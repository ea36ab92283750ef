/** The element of the page with this id, of the kind that is expected; the page and its script belong together. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${kind.name} #${id}`)
}

export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

/** A text that is written again and again: only when it is another is the page touched. */
export class Text {
  readonly element: HTMLElement
  #text = ''
  #className: string

  constructor(element: HTMLElement) {
    this.element = element
    this.#className = element.className
  }

  show(text: string, className = this.#className): void {
    if (text !== this.#text) this.element.textContent = text
    if (className !== this.#className) this.element.className = className
    this.#text = text
    this.#className = className
  }
}

const SVG = 'http://www.w3.org/2000/svg'

/** A small line without axes, which its number stands beside. */
export class Sparkline {
  static readonly width = 96
  static readonly height = 22
  readonly element = document.createElementNS(SVG, 'svg')
  readonly #path = document.createElementNS(SVG, 'path')
  #shown = ''

  constructor() {
    this.element.setAttribute('viewBox', `0 0 ${Sparkline.width} ${Sparkline.height}`)
    this.element.setAttribute('preserveAspectRatio', 'none')
    this.element.setAttribute('class', 'spark')
    this.element.setAttribute('aria-hidden', 'true')
    this.element.append(this.#path)
  }

  show(path: string): void {
    if (path !== this.#shown) this.#path.setAttribute('d', path)
    this.#shown = path
  }
}
