import type { ExplanationPart } from '../../domain/explanation.js'
import type { MetricDefinition } from '../metrics/definition.js'
import type { WindowView } from '../view.js'
import { isoOrNull } from './rows.js'

interface Asked {
  readonly question: { readonly definition: MetricDefinition }
  readonly view: WindowView
}

/** Where nothing was filled, ordered or decided: some numbers are 0 then by definition, whatever their parts say. */
export function activityPart({ question: { definition }, view }: Asked): ExplanationPart | undefined {
  if (definition.group === 'pipeline') return undefined
  const isOfLevel = definition.windows === 'level'
  const activity = isOfLevel ? view.level.activity : view.activity
  if (activity === 'active') return undefined
  const since = isOfLevel ? view.calendar.latestSession(view.level.at).opensAt : view.start
  return {
    name: 'activity',
    about:
      'Nothing was filled, ordered or decided since: idle, or flat where nothing was held either. Of a flat book results, returns and risk are 0.',
    values: { activity, since: isoOrNull(since) },
  }
}
