import { z } from 'zod'

/** Longest list that is worked with; a million returns are four years of minutes in every session of a market. */
export const LONGEST_LIST = 1_000_000
/** Every one makes each later comparison of wealth longer, since it is exact. */
const MOST_FLOWS = 2_000
/** Nothing that is counted in money or units is larger. */
const LARGEST = 1e18

const number = z.number().min(-LARGEST).max(LARGEST)
const positive = number.positive()
const price = number.nonnegative()
const side = z.enum(['buy', 'sell'])
/** null is how JSON says that something is not there. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? undefined)
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(LONGEST_LIST)
const series = listOf(number.nullable())

const fill = z.strictObject({
  side,
  qty: positive,
  price,
  commission: optional(number),
  ts_minutes: optional(number),
  multiplier: optional(positive),
})

const trade = z.strictObject({
  pnl: number,
  /** Some lists have them beside; a result counts as it is given. */
  fees: optional(number),
  entry_minutes: optional(number),
  exit_minutes: optional(number),
})

export const input = z.strictObject({
  returns: optional(series),
  benchmark: optional(series),
  risk_free: optional(z.union([number, series])),
  equity: optional(z.union([number, series])),
  flows: optional(listOf(number)),
  fills: optional(listOf(fill)),
  trades: optional(listOf(trade)),
  orders: optional(listOf(z.strictObject({ qty: number.nonnegative(), filled_qty: number.nonnegative() }))),
  exposures: optional(listOf(number)),
  traded_notional: optional(z.union([number, listOf(number)])),
  values: optional(series),
  side: optional(side),
  decision_price: optional(positive),
  order_qty: optional(positive),
  fills_exec: optional(listOf(z.strictObject({ qty: positive, price, mid: optional(positive) }))),
  end_price: optional(price),
  fees: optional(number),
})

export const params = z.strictObject({
  mar: optional(number),
  alpha: optional(number.min(0).max(1)),
  mark: optional(price),
  risk_free_per_period: optional(number),
  risk_free_annual: optional(number.gt(-1)),
  step_minutes: optional(positive),
  p: optional(number.min(0).max(1)),
  years: optional(positive),
  min_observations: optional(z.int().min(1)),
})

/** What reference cases say beside: what they expect, and where it is from. */
export const REFERENCE_KEYS = ['expected', 'tolerance', 'convention', 'source'] as const

/** A case as it is written; what only describes it is let through and not looked at. */
export const caseSchema = z
  .strictObject({
    metric: optional(z.string()),
    input,
    periods_per_year: optional(positive),
    params: optional(params),
    id: z.unknown().optional(),
    ...(Object.fromEntries(REFERENCE_KEYS.map((key) => [key, z.unknown().optional()])) as Record<
      (typeof REFERENCE_KEYS)[number],
      z.ZodOptional<z.ZodUnknown>
    >),
  })
  .superRefine((one, context) => {
    for (const { path, message } of [...contradictions(one), ...disorder(one.input)])
      context.addIssue({ code: 'custom', path: ['input', ...path], message })
  })

type Input = z.infer<typeof input>
interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What does not go together. */
function* contradictions({
  input: { returns, benchmark, risk_free, equity, flows, fills, trades },
  params: given,
}: {
  readonly input: Input
  readonly params?: z.infer<typeof params> | undefined
}): Generator<Problem> {
  const isSeries = Array.isArray(equity)
  if (returns !== undefined && isSeries)
    yield { path: ['equity'], message: 'is a series beside returns; give one of them' }
  if (fills !== undefined && trades !== undefined)
    yield { path: ['trades'], message: 'stand beside fills, which make trades of their own; give one of them' }
  const rates = [risk_free, given?.risk_free_per_period, given?.risk_free_annual].filter((rate) => rate !== undefined)
  if (rates.length > 1)
    yield { path: ['risk_free'], message: 'and the params risk_free_* are one rate told twice; give one of them' }
  for (const [name, list] of [['benchmark', benchmark] as const, ['risk_free', risk_free] as const])
    if (Array.isArray(list) && list.length !== returns?.length)
      yield {
        path: [name],
        message: `has ${list.length} values where returns has ${returns?.length ?? 'none'}; give one for each return, null where there is none`,
      }
  if (flows === undefined) return
  if (!isSeries) yield { path: ['flows'], message: 'need equity as a list' }
  else if (flows.length !== Math.max(0, equity.length - 1))
    yield {
      path: ['flows'],
      message: `has ${flows.length} values where equity has ${equity.length}; give one less than equities, flows[k] for equity[k + 1], 0 where nothing came in`,
    }
  if (flows.filter((flow) => flow !== 0).length > MOST_FLOWS)
    yield { path: ['flows'], message: `has more than ${MOST_FLOWS} that are not 0; split the series` }
}

/** What is told in no order that could be. */
function* disorder({ fills = [], trades = [] }: Input): Generator<Problem> {
  const timed = fills.filter(({ ts_minutes }) => ts_minutes !== undefined).length
  if (timed > 0 && timed < fills.length)
    yield {
      path: ['fills'],
      message: `${fills.length - timed} of ${fills.length} have no ts_minutes; give it for all or for none`,
    }
  const multiplier = fills[0]?.multiplier ?? 1
  for (const [index, one] of fills.entries()) {
    if ((one.multiplier ?? 1) !== multiplier)
      yield {
        path: ['fills', index, 'multiplier'],
        message: `is ${one.multiplier ?? 1} where the first fill has ${multiplier}; fills are of one instrument`,
      }
    if ((one.ts_minutes ?? 0) < (fills[index - 1]?.ts_minutes ?? Number.NEGATIVE_INFINITY) && timed === fills.length)
      yield {
        path: ['fills', index, 'ts_minutes'],
        message: 'is earlier than that of the fill before; fills count in the order in which they stand: sort them',
      }
  }
  for (const [index, { entry_minutes, exit_minutes }] of trades.entries())
    if (entry_minutes !== undefined && exit_minutes !== undefined && exit_minutes < entry_minutes)
      yield { path: ['trades', index, 'exit_minutes'], message: 'is before entry_minutes' }
}
