import { parseQuery } from './query.js'
import { Refusal } from './refusal.js'

export type Complain = (problem: string, allowed?: readonly string[]) => undefined

/** The parameters of one request, read one by one; what is wrong with any of them is told to the refusal. */
export interface Parameters<Name extends string> {
  readonly refusal: Refusal
  /** What the parser makes of it; undefined where it is absent or wrong. */
  read<Value>(parameter: Name, parse: (text: string, complain: Complain) => Value | undefined): Value | undefined
  /** Refuses a request without it; the remedy follows the word "required". */
  require(parameter: Name, remedy: string): void
  /** False where something is already wrong with it. */
  isSound(parameter: Name): boolean
}

export function readParameters<Name extends string>(target: string, names: readonly Name[]): Parameters<Name> {
  const { values, problems } = parseQuery(target, names)
  const refusal = new Refusal(problems)
  const failed = new Set(problems.map(({ parameter }) => parameter))
  return {
    refusal,
    read(parameter, parse) {
      const text = values.get(parameter)
      if (text === undefined) return undefined
      return parse(text, (problem, allowed) => {
        failed.add(parameter)
        refusal.malformed({ parameter, problem, ...(allowed === undefined ? {} : { allowed }) })
        return undefined
      })
    },
    require(parameter, remedy) {
      if (!values.has(parameter) && !failed.has(parameter))
        refusal.malformed({ parameter, problem: `required: ${remedy}` })
    },
    isSound: (parameter) => !failed.has(parameter),
  }
}
