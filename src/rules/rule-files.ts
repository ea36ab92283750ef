import { stringify } from 'yaml'
import type { RuleGroup } from './rule.js'

const NOTE = '# Generated from the policy by `npm run generate`; do not edit.\n'

/** As Prometheus and Mimir read it: one file, all groups. */
export function plainRuleFile(groups: readonly RuleGroup[]): string {
  return NOTE + toYaml({ groups })
}

/** As the Prometheus operator reads it: one resource a group. */
export function prometheusRule(group: RuleGroup): string {
  return (
    NOTE +
    toYaml({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: group.name, labels: { 'app.kubernetes.io/name': 'quant-exporter' } },
      spec: { groups: [group] },
    })
  )
}

/** By their paths from the root of the project. */
export function ruleFiles(groups: readonly RuleGroup[]): Record<string, string> {
  return Object.fromEntries([
    ['prometheus-rules/out/quant-exporter.rules.yaml', plainRuleFile(groups)],
    ...groups.map((group) => [`prometheus-rules/out/${group.name}.prometheusrule.yaml`, prometheusRule(group)]),
  ])
}

/** Expressions and messages on one line each: what is long is easier to search than to wrap. */
function toYaml(document: object): string {
  return stringify(document, { indent: 2, lineWidth: 0 })
}
