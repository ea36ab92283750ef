import { parse } from 'yaml'
import { z } from 'zod'

const routeSchema = z.strictObject({
  receiver: z.string(),
  matchers: z.array(z.string()).optional(),
  group_by: z.array(z.string()).optional(),
  group_wait: z.string().optional(),
  group_interval: z.string().optional(),
  repeat_interval: z.string().optional(),
  get routes() {
    return z.array(routeSchema).optional()
  },
})
type Route = z.infer<typeof routeSchema>

const configurationSchema = z.object({
  route: z.object({ routes: z.tuple([routeSchema]) }),
  inhibit_rules: z.array(
    z.strictObject({
      source_matchers: z.array(z.string()),
      target_matchers: z.array(z.string()),
      equal: z.array(z.string()).optional(),
    }),
  ),
})

const MATCHER = /^(\w+)(=~|!~|!=|=)"(.*)"$/

/**
 * The route below `team="quant"` and the inhibitions of an Alertmanager configuration, as an AlertmanagerConfig of the
 * Prometheus operator says them. Throws for what it would not say the same.
 */
export function alertmanagerRoutes(configuration: string): object {
  const { route, inhibit_rules: inhibitions } = configurationSchema.parse(parse(configuration, { merge: true }))
  return {
    route: toRoute(route.routes[0]),
    inhibitRules: inhibitions.map(({ source_matchers: source, target_matchers: target, equal }) => ({
      sourceMatch: source.map(toMatcher),
      targetMatch: target.map(toMatcher),
      ...(equal === undefined ? {} : { equal }),
    })),
  }
}

function toRoute(route: Route): object {
  const renamed = {
    receiver: route.receiver,
    matchers: route.matchers?.map(toMatcher),
    groupBy: route.group_by,
    groupWait: route.group_wait,
    groupInterval: route.group_interval,
    repeatInterval: route.repeat_interval,
    routes: route.routes?.map(toRoute),
  }
  return Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined))
}

function toMatcher(text: string): object {
  const [, name, matchType, value] = MATCHER.exec(text) ?? []
  if (name === undefined) throw new Error(`${text} is no matcher of Alertmanager that is understood here`)
  return { name, matchType, value }
}
