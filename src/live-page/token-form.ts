import { byId } from './elements.js'

const KEY = 'quant-exporter-token'

/** Asks for the token and keeps it as long as the tab: in no address, no markup, no cookie. */
export class TokenForm {
  readonly #form = byId('token-form', HTMLFormElement)
  readonly #input = byId('token', HTMLInputElement)
  readonly #problem = byId('token-problem', HTMLElement)
  readonly #forget = byId('forget-token', HTMLButtonElement)

  constructor(onChange: () => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      const token = this.#input.value.trim()
      this.#input.value = ''
      // What no header can carry is no token, and would only look like a connection that fails.
      if (!/^[\x21-\x7e]+$/.test(token))
        return this.ask('That is no token: it has letters, digits and signs, no blanks.')
      sessionStorage.setItem(KEY, token)
      this.hide()
      onChange()
    })
    this.#forget.addEventListener('click', () => {
      sessionStorage.removeItem(KEY)
      onChange()
    })
    this.hide()
  }

  /** Undefined where none was given yet. */
  get token(): string | undefined {
    return sessionStorage.getItem(KEY) ?? undefined
  }

  /** The exporter wants another one than it got. */
  refuse(): void {
    const hadToken = this.token !== undefined
    sessionStorage.removeItem(KEY)
    this.ask(hadToken ? 'That token was not accepted.' : '')
  }

  ask(problem: string): void {
    this.#problem.textContent = problem
    this.#form.hidden = false
    this.#forget.hidden = true
    this.#input.focus()
  }

  hide(): void {
    this.#form.hidden = true
    this.#forget.hidden = this.token === undefined
  }
}
