import type { MetricDescription, MetricGroup } from '../domain/metric.js'

/** What a dashboard needs to know of a metric. */
export interface ShownMetric
  extends Pick<MetricDescription, 'name' | 'group' | 'unit' | 'windows' | 'prometheus' | 'byAdapter' | 'summary'> {
  /** The formula, as the documentation has it. */
  readonly formula: string
}

/** The dictionary, as dashboards read it. */
export class ShownMetrics {
  readonly #byName: ReadonlyMap<string, ShownMetric>

  constructor(metrics: readonly ShownMetric[]) {
    this.#byName = new Map(metrics.map((metric) => [metric.name, metric]))
  }

  /** Throws where the dictionary has no such metric: a panel must not outlive what it shows. */
  get(name: string): ShownMetric {
    const metric = this.#byName.get(name)
    if (metric === undefined) throw new Error(`a dashboard shows ${name}, which is not in the dictionary of metrics`)
    return metric
  }

  /** Matches the gauges of a group by name. */
  namesOf(group: MetricGroup): string {
    const gauges = [...this.#byName.values()].filter((metric) => metric.group === group)
    return `__name__=~"${gauges.map(({ prometheus }) => prometheus).join('|')}"`
  }
}
