import type { MetricDescription } from '../domain/metric.js'
import { disagreementRules } from './disagreement-rules.js'
import { metaRules } from './meta-rules.js'
import { dataRules, policyRules } from './policy-rules.js'
import { recordingRules } from './recording-rules.js'
import { INTERVAL, type Rule, type RuleGroup, type RuleLinks } from './rule.js'
import { sessionRules } from './session-rules.js'

/**
 * All rules that are shipped. What sessions are comes first and beside the rules that are silent out of session, since
 * groups are evaluated at moments of their own.
 */
export function ruleGroups(links: RuleLinks, dictionary: readonly MetricDescription[]): readonly RuleGroup[] {
  const group = (name: string, rules: readonly Rule[]) => ({ name, interval: INTERVAL, rules })
  return [
    group('quant-session', [...sessionRules(links), ...dataRules(links)]),
    group('quant-policy', [...policyRules(links), ...disagreementRules(links, dictionary)]),
    group('quant-meta', metaRules(links)),
    group('quant-recording', recordingRules(dictionary)),
  ]
}
