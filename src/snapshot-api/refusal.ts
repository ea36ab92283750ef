import { HttpProblem, type ParameterProblem } from './problem.js'

/** More than this many problems with one request are counted, not listed: an answer stays small whatever was asked. */
const LISTED_PROBLEMS = 50

/**
 * What is wrong with one request, gathered so that all of it is told at once: a caller mends one list, not one item a
 * round trip. Malformed parameters make it a 400; if all are well formed and only name what is not there, a 404.
 */
export class Refusal {
  readonly #malformed: ParameterProblem[]
  readonly #unknown: ParameterProblem[] = []

  constructor(malformed: readonly ParameterProblem[] = []) {
    this.#malformed = [...malformed]
  }

  malformed(problem: ParameterProblem): void {
    this.#malformed.push(problem)
  }

  unknown(problem: ParameterProblem): void {
    this.#unknown.push(problem)
  }

  /** Throws HttpProblem when anything was gathered. */
  throwIfAny(): void {
    const all = [...this.#malformed, ...this.#unknown]
    if (all.length === 0) return
    const more = all.length > LISTED_PROBLEMS ? `, the first ${LISTED_PROBLEMS} are listed` : ''
    throw new HttpProblem(this.#malformed.length > 0 ? 'invalid-parameters' : 'unknown-name', {
      detail: `${all.length === 1 ? '1 problem' : `${all.length} problems`} with the request${more}; see errors`,
      errors: all.slice(0, LISTED_PROBLEMS),
    })
  }
}
