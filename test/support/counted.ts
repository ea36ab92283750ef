import { DICTIONARY } from '../../src/compute/dictionary.js'
import { isAge, type MetricDefinition } from '../../src/compute/metrics/definition.js'
import { type Kept, Readings } from '../../src/compute/readings.js'

/** The dictionary as it is, and which of its metrics were worked out since somebody asked last. */
export function countedDictionary(): { readonly dictionary: MetricDefinition[]; readonly take: () => string[] } {
  let worked: string[] = []
  const counted = (definition: MetricDefinition): MetricDefinition => {
    if (isAge(definition)) return definition
    const compute = (view: never) => {
      worked.push(definition.name)
      return definition.compute(view)
    }
    return { ...definition, compute } as MetricDefinition
  }
  const take = () => {
    const taken = worked
    worked = []
    return taken
  }
  return { dictionary: DICTIONARY.map(counted), take }
}

/** How many things were read of books while something was done: each reading that was not kept from before. */
export function readingsOf(done: () => void): number {
  let count = 0
  const { of } = Readings.prototype
  Readings.prototype.of = function <Value>(this: Readings, kept: Kept<Value>, read: () => Value): Value {
    return of.call(this, kept, () => {
      count += 1
      return read()
    }) as Value
  }
  try {
    done()
  } finally {
    Readings.prototype.of = of
  }
  return count
}
