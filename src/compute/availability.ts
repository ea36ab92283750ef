import type { MetricDescription, MetricResult, Need } from '../domain/metric.js'
import { insufficient } from './metrics/definition.js'

/** What cannot be known at a tick whatever happened, because an installation does not have it or it has not answered yet. */
export interface Availability {
  /** What is lacking, each with the name of the source, the table or the column. */
  readonly lacking: ReadonlyMap<Need, string>
  /** What marks wait for; undefined when they can be made. */
  readonly marks: string | undefined
  /** Equal for equal content. */
  readonly key: string
}

export function availabilityOf(lacking: ReadonlyMap<Need, string>, marks: string | undefined): Availability {
  return { lacking, marks, key: JSON.stringify([[...lacking].sort(), marks ?? null]) }
}

/** The result of a metric that cannot be computed for want of something; undefined when nothing that it needs is lacking. */
export function unavailable(
  { needs = [], sources }: MetricDescription,
  { lacking, marks }: Availability,
): MetricResult | undefined {
  if (lacking.size === 0 && marks === undefined) return undefined
  const missing = new Set(needs.map((need) => lacking.get(need)).filter((name) => name !== undefined))
  if (marks !== undefined && sources.includes('prices')) missing.add(marks)
  return missing.size === 0 ? undefined : insufficient('source_unavailable', { missing: [...missing].sort() })
}
