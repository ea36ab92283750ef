/**
 * Whose turn it is at the engine: a tick's, which may let others have the event loop meanwhile, or theirs who tell it
 * facts and ask it. What is told amid a tick is taken in at its end, in the order of telling.
 */
export class TickTurn {
  #isTaken = false
  #told: (() => void)[] = []
  #waiting: (() => void)[] = []

  /**
   * Works a tick out, its publication included, once no other is under way; what was told meanwhile is taken in before it
   * resolves. Rejects with what the tick or the taking in throws.
   */
  async tick<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#isTaken) await this.#nextEnd()
    this.#isTaken = true
    try {
      return await work()
    } finally {
      this.#end()
    }
  }

  /** Tells the engine something: at once, or at the end of the tick that is under way. */
  tell(work: () => void): void {
    if (this.#isTaken) this.#told.push(work)
    else work()
  }

  /** Runs work between two ticks, when all that was told has been taken in. Rejects with what it throws. */
  async between<Result>(work: () => Result): Promise<Result> {
    // Whoever waited as well may have begun a tick since: it is asked again before anything is done.
    while (this.#isTaken) await this.#nextEnd()
    return work()
  }

  #nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #end(): void {
    const [told, waiting] = [this.#told, this.#waiting]
    this.#told = []
    this.#waiting = []
    this.#isTaken = false
    const errors: unknown[] = []
    for (const work of told)
      try {
        work()
      } catch (error) {
        errors.push(error)
      }
    for (const resolve of waiting) resolve()
    if (errors.length > 0) throw errors[0]
  }
}
