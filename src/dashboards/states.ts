import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { COLOURS } from './colours.js'

/** A value that has a word and a colour. */
export interface State {
  readonly value: number
  readonly text: string
  readonly colour: string
}

export const UP_OR_DOWN: readonly State[] = [
  { value: 0, text: 'DOWN', colour: COLOURS.bad },
  { value: 1, text: 'UP', colour: COLOURS.good },
]

/** Whether a group of a book's metrics can be relied on. */
export const FRESHNESS: readonly State[] = [
  { value: 0, text: 'fresh', colour: COLOURS.good },
  { value: 1, text: 'STALE', colour: COLOURS.unknown },
  { value: 2, text: 'no data', colour: COLOURS.unknown },
]

export function toMapping({ value, text, colour }: State): ValueMapping {
  return { type: MappingType.ValueToText, options: { [String(value)]: { text, color: colour, index: 0 } } }
}
