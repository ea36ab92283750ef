type Release = () => void | Promise<void>

/**
 * A stack of things to give back: pushed as they are opened, released last-in first-out, also when a start fails half
 * way. Releasing twice is releasing once; one failing release does not keep the others from running.
 */
export class Releasers {
  readonly #stack: { name: string; release: Release }[] = []
  #released: Promise<void> | undefined

  constructor(readonly onError: (name: string, error: unknown) => void) {}

  push(name: string, release: Release): void {
    this.#stack.push({ name, release })
  }

  release(): Promise<void> {
    this.#released ??= this.#releaseAll()
    return this.#released
  }

  async #releaseAll(): Promise<void> {
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      try {
        await next.release()
      } catch (error) {
        this.onError(next.name, error)
      }
    }
  }
}
