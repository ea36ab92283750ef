import { DICTIONARY } from '../../src/compute/dictionary.js'
import { isAge, type MetricDefinition } from '../../src/compute/metrics/definition.js'

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
