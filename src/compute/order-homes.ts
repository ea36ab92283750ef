import type { DecisionFact, ExecutionFact, FillFact } from '../domain/facts.js'
import type { Book } from './book.js'
import type { BookRegistry } from './book-registry.js'

export interface OrderHomesOptions {
  readonly registry: BookRegistry
  /** Told of an order that changed what its book knows of some symbols. */
  readonly onOrder: (book: Book, symbols: readonly string[], executionId: string) => void
  readonly onDecision: (book: Book) => void
  /** Told of a book that has lost an order or a decision. */
  readonly onLeft: (book: Book) => void
}

/**
 * Which book an order and its fills belong to, and which a decision: rows may name another strategy than before, fills come
 * before their order, and rows vanish.
 */
export class OrderHomes {
  readonly #options: OrderHomesOptions
  readonly #bookOfExecution = new Map<string, Book>()
  readonly #bookOfDecision = new Map<string, Book>()
  readonly #orphans = new Set<string>()
  readonly #fillsBeforeTheirOrder = new Map<string, FillFact[]>()

  constructor(options: OrderHomesOptions) {
    this.#options = options
  }

  /** The account of each order that names no strategy: such an order belongs to an account and to no book. */
  orphanAccounts(): string[] {
    return [...this.#orphans].flatMap((id) => this.#bookOfExecution.get(id)?.description.account ?? [])
  }

  applyDecision(decision: DecisionFact): void {
    const { registry, onDecision } = this.#options
    const book = registry.book(decision)
    if (this.#bookOfDecision.get(decision.decisionId) !== book) {
      this.withdrawDecision(decision.decisionId)
      this.#bookOfDecision.set(decision.decisionId, book)
    }
    if (book.applyDecision(decision)) onDecision(book)
  }

  withdrawDecision(decisionId: string): void {
    const book = this.#bookOfDecision.get(decisionId)
    if (book === undefined) return
    this.#bookOfDecision.delete(decisionId)
    book.removeDecision(decisionId)
    this.#options.onDecision(book)
    this.#options.onLeft(book)
  }

  applyExecution(row: ExecutionFact): void {
    const { registry, onOrder } = this.#options
    const { strategyId, account, executionId } = row
    const book = strategyId === undefined ? registry.orphansOf(account) : registry.book({ strategyId, account })
    if (this.#bookOfExecution.get(executionId) !== book) {
      this.withdrawExecution(executionId)
      this.#bookOfExecution.set(executionId, book)
    }
    if (strategyId === undefined) this.#orphans.add(executionId)
    else this.#orphans.delete(executionId)
    for (const fill of this.#fillsBeforeTheirOrder.get(executionId) ?? []) book.applyFill(fill)
    this.#fillsBeforeTheirOrder.delete(executionId)
    const touched = book.applyExecution(row)
    if (touched !== undefined) onOrder(book, touched, executionId)
  }

  /** Takes an order out of the book that it no longer belongs to; the broker's fills of it wait for its return. */
  withdrawExecution(executionId: string): void {
    const book = this.#bookOfExecution.get(executionId)
    if (book === undefined) return
    this.#bookOfExecution.delete(executionId)
    this.#fillsBeforeTheirOrder.set(executionId, book.takeBrokerFills(executionId))
    this.#options.onOrder(book, book.removeExecution(executionId), executionId)
    this.#options.onLeft(book)
  }

  /** Takes back an order that there is no more, and all that waited for it. */
  retractExecution(executionId: string): void {
    this.withdrawExecution(executionId)
    this.#orphans.delete(executionId)
    this.#fillsBeforeTheirOrder.delete(executionId)
  }

  applyFill(fill: FillFact): void {
    const book = this.#bookOfExecution.get(fill.executionId)
    if (book === undefined) {
      this.#fillsBeforeTheirOrder.set(fill.executionId, [
        ...(this.#fillsBeforeTheirOrder.get(fill.executionId) ?? []),
        fill,
      ])
      return
    }
    const touched = book.applyFill(fill)
    if (touched !== undefined) this.#options.onOrder(book, touched, fill.executionId)
  }

  retractFill(executionId: string, fillId: string): void {
    const book = this.#bookOfExecution.get(executionId)
    const touched = book?.removeFill(executionId, fillId)
    if (book !== undefined && touched !== undefined) this.#options.onOrder(book, touched, executionId)
    const waiting = this.#fillsBeforeTheirOrder.get(executionId)?.filter((fill) => fill.fillId !== fillId)
    if (waiting !== undefined) this.#fillsBeforeTheirOrder.set(executionId, waiting)
  }
}
