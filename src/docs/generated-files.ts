import { DICTIONARY } from '../compute/dictionary.js'
import { renderConfigurationDocs } from './configuration-page.js'
import { renderMetricsPage } from './metrics-page.js'

/** Every generated file with its content, by its path from the root; they are checked in, and a drift fails the checks. */
export function generatedFiles(): Record<string, string> {
  return {
    'docs/configuration.md': renderConfigurationDocs(),
    'docs/metrics.md': renderMetricsPage(DICTIONARY),
  }
}
