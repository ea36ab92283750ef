import { QuantError } from '../domain/errors.js'
import type { Terminal } from './terminal.js'

/** Rejected lines that are told one by one. */
const TOLD_REJECTIONS = 100

/** Lines that are no facts: told one by one at first, counted all. */
export class Rejections {
  readonly #terminal: Terminal
  readonly #isStrict: boolean
  #count = 0

  constructor(terminal: Terminal, isStrict: boolean) {
    this.#terminal = terminal
    this.#isStrict = isStrict
  }

  add(text: string): void {
    if (this.#isStrict) throw new QuantError('facts_rejected', text)
    this.#count += 1
    if (this.#count <= TOLD_REJECTIONS) this.#terminal.err(`quant-exporter: ${text}\n`)
  }

  throwIfAny(): void {
    if (this.#count === 0) return
    const more = this.#count > TOLD_REJECTIONS ? ` (the first ${TOLD_REJECTIONS} are told above)` : ''
    const lines = this.#count === 1 ? '1 line is no fact and was' : `${this.#count} lines are no facts and were`
    throw new QuantError('facts_rejected', `${lines} left out${more}`)
  }
}
