import { divide, magnitude } from './exact.js'

export interface Position {
  readonly symbol: string
  /** Signed, and the cost like it. */
  readonly quantity: bigint
  readonly cost: bigint
}

/** Something that was bought or sold, the quantity signed, at what it was worth. */
export interface Change {
  readonly quantity: bigint
  readonly worth: bigint
}

/** Average cost; longs and shorts are kept with a positive cost and signed at the end. */
export class ReferenceLedger {
  quantity = 0n
  realized = 0n
  /** The largest quantity since the ledger was last flat or turned. */
  largest = 0n
  #paid = 0n

  constructor(readonly lotSize: bigint) {}

  get cost(): bigint {
    return this.quantity < 0n ? -this.#paid : this.#paid
  }

  /** Holds this from now on, whatever it held. */
  takeOver(quantity: bigint, cost: bigint): void {
    this.quantity = quantity
    this.#paid = magnitude(cost)
    this.#remember(this.largest)
  }

  trade({ quantity, worth }: Change): void {
    const before = this.quantity
    this.quantity += quantity
    if (before === 0n || before > 0n === quantity > 0n) {
      this.#paid += worth
      this.#remember(this.largest)
      return
    }
    const [size, held] = [magnitude(quantity), magnitude(before)]
    const closing = size < held ? size : held
    const closingWorth = divide(worth * closing, size)
    const closingPaid = divide(this.#paid * closing, held)
    this.realized += before > 0n ? closingWorth - closingPaid : closingPaid - closingWorth
    this.#paid = size > held ? worth - closingWorth : this.#paid - closingPaid
    if (magnitude(this.quantity) < this.lotSize) {
      this.realized -= this.cost
      this.quantity = 0n
      this.#paid = 0n
    }
    this.#remember(size > held ? 0n : this.largest)
  }

  #remember(largest: bigint): void {
    const now = magnitude(this.quantity)
    this.largest = now === 0n || now > largest ? now : largest
  }
}
