// One round after another until it is stopped; the round that is under way ends first.
export class Rounds {
  #round
  #isStopped = false
  #running

  constructor(round) {
    this.#round = round
  }

  start() {
    this.#running ??= this.#go()
  }

  async stop() {
    this.#isStopped = true
    await this.#running
  }

  async #go() {
    while (!this.#isStopped) await this.#round()
  }
}
