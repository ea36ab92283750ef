import { z } from 'zod'
import type { Rule } from '../../rules/rule.js'
import { ruleGroups } from '../../rules/rule-groups.js'
import { METRIC_DESCRIPTIONS } from '../dictionary.js'
import { ask, askJson, parseAs, type Server } from './ask.js'
import { type Finding, finding, listed, type Trouble } from './hop.js'

const loadedRule = z.object({
  name: z.string(),
  type: z.string(),
  query: z.string(),
  health: z.string().default('unknown'),
  lastError: z.string().default(''),
  /** Seconds; recording rules have none of these three. */
  duration: z.number().default(0),
  keepFiringFor: z.number().default(0),
  labels: z.record(z.string(), z.string()).default({}),
})
export type LoadedRule = z.infer<typeof loadedRule>

const rulesAnswer = z.object({ data: z.object({ groups: z.array(z.object({ rules: z.array(loadedRule) })) }) })
const formattedAnswer = z.object({ data: z.string() })

/** The rules of this version. Where they link to is left out: annotations are not compared, since installations set them. */
export const SHIPPED_RULES: readonly Rule[] = ruleGroups(
  { runbooksUrl: '', grafanaUrl: '' },
  METRIC_DESCRIPTIONS,
).flatMap(({ rules }) => rules)

const LOAD_REMEDY =
  'load prometheus-rules/out/quant-exporter.rules.yaml of this version (rule_files), or its PrometheusRules with the labels that ruleSelector asks for'

/** Whether Prometheus evaluates all rules of this version, as they are shipped. */
export async function rulesFinding(server: Server, signal: AbortSignal): Promise<Finding> {
  const { data } = await askJson(server, '/api/v1/rules', rulesAnswer, signal)
  const loaded = data.groups.flatMap(({ rules }) => rules)
  const judged = await Promise.all(
    SHIPPED_RULES.map(async (rule) => ({ name: nameOf(rule), ...(await judge(rule, loaded, server, signal)) })),
  )
  const named = (state: Judgement['state']) => judged.filter((each) => each.state === state).map(({ name }) => name)
  const [missing, different, failing] = [named('missing'), named('different'), named('failing')]
  const differences = judged.flatMap((each) => (each.state === 'different' ? [`${each.name} (${each.what})`] : []))
  const failures = judged.flatMap((each) => (each.state === 'failing' ? [`${each.name} (${each.what})`] : []))
  const troubles: Trouble[] = [
    ...(missing.length === 0 ? [] : [{ what: missingText(missing), remedy: LOAD_REMEDY }]),
    ...(different.length === 0
      ? []
      : [{ what: `not as this version ships them: ${listed(differences)}`, remedy: LOAD_REMEDY }]),
    ...(failing.length === 0
      ? []
      : [
          {
            what: `Prometheus cannot evaluate ${listed(failures)}`,
            remedy: 'mend what it says of them on its page /rules',
          },
        ]),
  ]
  const well = judged.length - missing.length - different.length - failing.length
  return finding({ told: [`${well} of ${judged.length} rules are loaded as shipped`], troubles })
}

function missingText(names: readonly string[]): string {
  if (names.length === SHIPPED_RULES.length) return `none of the ${names.length} rules is loaded`
  return `not loaded: ${listed(names)}`
}

type Judgement =
  | { readonly state: 'same' | 'missing' }
  | { readonly state: 'different' | 'failing'; readonly what: string }

/** The best of the loaded rules of that name: some alerts have two, and a Prometheus may serve two installations. */
async function judge(
  rule: Rule,
  loaded: readonly LoadedRule[],
  server: Server,
  signal: AbortSignal,
): Promise<Judgement> {
  const type = 'alert' in rule ? 'alerting' : 'recording'
  const candidates = loaded.filter((each) => each.name === nameOf(rule) && each.type === type)
  if (candidates.length === 0) return { state: 'missing' }
  const judgements: Judgement[] = []
  for (const candidate of candidates) {
    const differing = differencesOf(rule, candidate)
    if (!(await isSameQuery(rule.expr, candidate.query, server, signal))) differing.unshift('expr')
    if (differing.length > 0) judgements.push({ state: 'different', what: differing.join(', ') })
    else if (candidate.health === 'err') judgements.push({ state: 'failing', what: candidate.lastError })
    else return { state: 'same' }
  }
  return judgements.find(({ state }) => state === 'failing') ?? judgements[0] ?? { state: 'missing' }
}

/** What differs besides the query. Labels that an installation adds are its own. */
export function differencesOf(rule: Rule, { duration, keepFiringFor, labels }: LoadedRule): string[] {
  if (!('alert' in rule)) return []
  const hasLabels = Object.entries(rule.labels).every(([name, value]) => labels[name] === value)
  return [
    ...(duration === secondsOf(rule.for) ? [] : ['for']),
    ...(keepFiringFor === secondsOf(rule.keep_firing_for) ? [] : ['keep_firing_for']),
    ...(hasLabels ? [] : ['labels']),
  ]
}

/** Prometheus tells a query as it would write it; what is not the same to the letter is asked to be written so as well. */
async function isSameQuery(shipped: string, told: string, server: Server, signal: AbortSignal): Promise<boolean> {
  if (withoutSpace(shipped) === withoutSpace(told)) return true
  const [ours, theirs] = await Promise.all([shipped, told].map((query) => formatted(query, server, signal)))
  return ours !== undefined && ours === theirs
}

async function formatted(query: string, server: Server, signal: AbortSignal): Promise<string | undefined> {
  const path = `/api/v1/format_query?query=${encodeURIComponent(query)}`
  const answer = await ask(server, path, signal, [200, 400, 404])
  return answer.status === 200 ? parseAs(server, path, answer, formattedAnswer).data : undefined
}

function withoutSpace(query: string): string {
  return query.replace(/\s+/g, '')
}

function nameOf(rule: Rule): string {
  return 'alert' in rule ? rule.alert : rule.record
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

function secondsOf(duration: string | undefined): number {
  const [, amount = '0', unit = 's'] = /^(\d+)([smh])$/.exec(duration ?? '0s') ?? []
  return Number(amount) * (SECONDS[unit] ?? Number.NaN)
}
