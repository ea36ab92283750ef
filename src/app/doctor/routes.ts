import { parse } from 'yaml'
import { z } from 'zod'

const routeShape = z.object({
  receiver: z.string().optional(),
  matchers: z.array(z.string()).default([]),
  match: z.record(z.string(), z.string()).default({}),
  match_re: z.record(z.string(), z.string()).default({}),
  continue: z.boolean().default(false),
  get routes() {
    return z.array(routeShape).default([])
  },
})
type Route = z.infer<typeof routeShape>

const configurationShape = z.object({ route: routeShape, receivers: z.array(z.looseObject({ name: z.string() })) })
/** An Alertmanager's configuration as far as it decides who is told. */
export type Routing = z.infer<typeof configurationShape>

export type Labels = Readonly<Record<string, string>>

/** The routing in the text of a configuration, as Alertmanager's status has it; undefined: it is none. */
export function readRouting(text: string): Routing | undefined {
  const parsed = configurationShape.safeParse(parse(text, { merge: true, logLevel: 'silent' }))
  return parsed.success ? parsed.data : undefined
}

/** The names of the receivers that an alert with these labels goes to. Throws UnknownMatcher for one it cannot judge. */
export function receiversOf({ route }: Routing, labels: Labels): string[] {
  return [...new Set(reached(route, route.receiver ?? '', labels))]
}

/** Whether a receiver tells anybody: one without any integration swallows what it gets. */
export function tellsSomebody({ receivers }: Routing, name: string): boolean {
  const receiver = receivers.find((each) => each.name === name)
  return Object.entries(receiver ?? {}).some(
    ([key, value]) => key.endsWith('_configs') && Array.isArray(value) && value.length > 0,
  )
}

export class UnknownMatcher extends Error {
  override readonly name = 'UnknownMatcher'
}

/** The first child that matches takes an alert, and those after it as long as they say continue; else the route itself. */
function reached(route: Route, receiver: string, labels: Labels): string[] {
  const found: string[] = []
  for (const child of route.routes) {
    if (!matches(child, labels)) continue
    found.push(...reached(child, child.receiver ?? receiver, labels))
    if (!child.continue) break
  }
  return found.length > 0 ? found : [receiver]
}

function matches({ matchers, match, match_re: matchRe }: Route, labels: Labels): boolean {
  return (
    matchers.flatMap(splitMatchers).every((matcher) => matchesOne(matcher, labels)) &&
    Object.entries(match).every(([name, value]) => (labels[name] ?? '') === value) &&
    Object.entries(matchRe).every(([name, pattern]) => whole(pattern).test(labels[name] ?? ''))
  )
}

/** One string may hold several, with commas between them and braces around. */
function splitMatchers(text: string): string[] {
  const inner = text.trim().replace(/^\{(.*)\}$/s, '$1')
  return inner.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)?.filter((part) => part.trim() !== '') ?? []
}

function matchesOne(matcher: string, labels: Labels): boolean {
  const [, quotedName = '', operator = '', written = ''] =
    /^\s*("?[^=!~\s"]+"?)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(matcher) ?? []
  if (operator === '') throw new UnknownMatcher(`matcher ${matcher.trim()}`)
  const value = labels[unquoted(quotedName)] ?? ''
  const wanted = unquoted(written)
  if (operator === '=') return value === wanted
  if (operator === '!=') return value !== wanted
  return whole(wanted).test(value) === (operator === '=~')
}

function unquoted(text: string): string {
  const inner = /^"(.*)"$/s.exec(text)?.[1]
  return inner === undefined
    ? text
    : inner.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character))
}

/** Go's expressions and ours are the same as far as labels are matched by them; another is not judged. */
function whole(pattern: string): RegExp {
  const [, ignoresCase, rest = pattern] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? []
  try {
    return new RegExp(`^(?:${rest})$`, ignoresCase === undefined ? 'su' : 'isu')
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnknownMatcher(`expression ${pattern}`)
    throw error
  }
}
