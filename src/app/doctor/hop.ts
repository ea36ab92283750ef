/** The way of a fact, in order: from the databases to the person who is told. */
export const HOPS = [
  'configuration',
  'postgres',
  'clickhouse',
  'facts',
  'frames',
  'metrics',
  'prometheus',
  'rules',
  'alertmanager',
  'grafana',
] as const
export type HopName = (typeof HOPS)[number]

/** What is wrong and what to do about it, a sentence each. */
export interface Trouble {
  readonly what: string
  readonly remedy: string
}

/** What was found at a hop. */
export interface Finding {
  /** What is there, for somebody who wants to know. */
  readonly told: readonly string[]
  /** What is to be mended: with any the hop is broken. */
  readonly troubles: readonly Trouble[]
  /** What is worth knowing and breaks nothing. */
  readonly notes: readonly Trouble[]
}

export type Hop =
  | (Finding & { readonly name: HopName; readonly state: 'ok' | 'broken' })
  /** Nobody could be asked; `told` says what to give. */
  | { readonly name: HopName; readonly state: 'not_asked'; readonly told: readonly string[] }

/** Somebody did not answer, or not with what was asked for. */
export class HopFailure extends Error {
  override readonly name = 'HopFailure'
  constructor(
    what: string,
    readonly remedy: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(what, options)
  }
}

/** A finding with what is given; all else is empty. */
export function finding(given: Partial<Finding>): Finding {
  return { told: [], troubles: [], notes: [], ...given }
}

export function notAsked(name: HopName, ...told: readonly string[]): Hop {
  return { name, state: 'not_asked', told }
}

/** Looks at a hop; that nobody answers is what is wrong with it. */
export async function examine(name: HopName, look: () => Finding | Promise<Finding>): Promise<Hop> {
  try {
    const found = await look()
    return { name, state: found.troubles.length === 0 ? 'ok' : 'broken', ...found }
  } catch (error) {
    if (!(error instanceof HopFailure)) throw error
    return { name, state: 'broken', ...finding({ troubles: [{ what: error.message, remedy: error.remedy }] }) }
  }
}

/** Names for a sentence: each once, in order. */
export function listed(names: Iterable<string>): string {
  return [...new Set(names)].sort().join(', ')
}
