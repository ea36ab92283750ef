import type { Hop } from '../app/doctor/hop.js'

const STATES: Readonly<Record<Hop['state'], string>> = { ok: 'ok', broken: 'BROKEN', not_asked: 'not asked' }
const WIDTH = 14

/** The walk for a person: a line a hop, and below it what is to be mended or known. */
export function doctorText(hops: readonly Hop[]): string {
  return hops.map(textOf).join('')
}

/** The same for a machine. */
export function doctorJson(hops: readonly Hop[]): string {
  return `${JSON.stringify({ ok: hops.every(({ state }) => state !== 'broken'), hops: hops.map(bodyOf) }, null, 2)}\n`
}

function textOf(hop: Hop): string {
  const troubles = hop.state === 'not_asked' ? [] : hop.troubles
  const notes = hop.state === 'not_asked' ? [] : hop.notes
  const told = hop.told.join('; ')
  const lines = [
    `${STATES[hop.state].padEnd(WIDTH - 4)} ${hop.name.padEnd(WIDTH)}${told}`,
    ...troubles.flatMap(({ what, remedy }) => [entry('reason', what), entry('remedy', remedy)]),
    ...notes.flatMap(({ what, remedy }) => [entry('note', what), entry('', remedy)]),
  ]
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

function entry(kind: string, text: string): string {
  return `${' '.repeat(WIDTH - 3)}${kind.padEnd(WIDTH)}${text}`
}

function bodyOf(hop: Hop): object {
  const empty = { troubles: [], notes: [] }
  const { name, state, told, troubles, notes } = { ...empty, ...hop }
  return { hop: name, state, told, troubles, notes }
}
