import { z } from 'zod'
import { canonicalSymbol } from '../domain/book.js'
import { CALENDAR_NAMES } from '../domain/calendar.js'
import { QuantErrors } from '../domain/errors.js'
import { formatScaled, parseScaled, QUANTITY_DIGITS } from '../domain/exact.js'
import { METRIC_GROUPS } from '../domain/metric.js'
import { WINDOWS } from '../domain/window.js'
import { applyXnysExceptions, type XnysExceptions } from '../domain/xnys-exceptions.js'
import { xnysSchedule } from '../domain/xnys-rules.js'
import { costSchedule } from './cost-schedule.js'
import { IN_WORDS, type KeyNotes, notes } from './key-notes.js'
import { policyDefaults, policyOverrides, refuseOnWithoutLimit } from './policy.js'

function moneyDecimals(about: Omit<KeyNotes, 'allowed'>) {
  return notes(z.int().min(0).max(8), { allowed: 'a whole number from 0 to 8', ...about })
}

function positiveQuantity(about: Omit<KeyNotes, 'allowed'>) {
  const schema = z
    .union([z.number(), z.string()])
    .refine((value) => {
      const scaled = parseScaled(value, QUANTITY_DIGITS)
      return scaled !== undefined && scaled > 0n && Number(formatScaled(scaled, QUANTITY_DIGITS)) === Number(value)
    })
    .transform(String)
  return notes(schema, { allowed: `a number above 0 with at most ${QUANTITY_DIGITS} decimals`, ...about })
}

function share(about: Omit<KeyNotes, 'allowed'>) {
  const schema = z
    .union([z.number(), z.string()])
    .refine((value) => {
      const scaled = parseScaled(value, QUANTITY_DIGITS)
      return scaled !== undefined && scaled > 0n && scaled <= 10n ** BigInt(QUANTITY_DIGITS)
    })
    .transform(String)
  return notes(schema, { allowed: 'a number above 0 and at most 1', ...about })
}

function rate(about: Omit<KeyNotes, 'allowed'>) {
  return notes(z.number().gt(-1).max(10), { allowed: 'a number above -1 and at most 10', ...about })
}

function benchmark(about: Omit<KeyNotes, 'allowed'>) {
  return notes(z.string().min(1).max(64), { allowed: 'a symbol', ...about })
}

function choice<Name extends string>(names: readonly Name[], about: Omit<KeyNotes, 'allowed'>) {
  const schema = z
    .array(notes(z.enum(names), { allowed: `one of ${names.join(', ')}` }))
    .min(1)
    .refine((chosen) => new Set(chosen).size === chosen.length)
  return notes(schema, { allowed: `a list of at least one of ${names.join(', ')}, each once`, ...about })
}

function day(description?: string) {
  return notes(z.string(), { allowed: 'a date, YYYY-MM-DD', ...(description === undefined ? {} : { description }) })
}

function limitsByAccount(of: string) {
  const account = z.strictObject({ policy: policyOverrides(of).optional() })
  return notes(z.record(z.string(), notes(account, { allowed: 'a map of keys', placeholder: '<account>' })), {
    allowed: 'a map of accounts by label',
  })
}

const strategy = z.strictObject({
  calendar: notes(z.enum(CALENDAR_NAMES), {
    allowed: `one of ${CALENDAR_NAMES.join(', ')}`,
    description: 'When its market trades: sessions, windows and freshness follow it.',
    fallback: '`24x7` where its universe holds nothing but currency pairs, else `XNYS`',
  }).optional(),
  money_decimals: moneyDecimals({
    description: 'Decimals of its money at output.',
    fallback: 'as `money_decimals`',
  }).optional(),
  capital_share: share({
    description:
      "Its part of the equity of an account that it shares with others; given, the account's equity is never all its own.",
    fallback: 'all of it where no other strategy trades in the account, else an equal share',
  }).optional(),
  benchmark: benchmark({
    description: 'The symbol that its returns are held against; one with bars.',
    fallback: 'what the facts say of the strategy, else `benchmark`',
  }).optional(),
  windows: choice(WINDOWS, {
    description:
      'The windows whose gauges /metrics has of it; levels, alerts, API and series know them all. Others are missing in dashboards.',
    fallback: 'all',
  }).optional(),
  groups: choice(METRIC_GROUPS, {
    description: 'The groups of metrics whose gauges /metrics has of it; alerts, API and series know them all.',
    fallback: 'all',
  }).optional(),
  policy: policyOverrides('of the strategy, in all of its accounts').optional(),
  accounts: limitsByAccount('of the strategy in this account; they go before all others').optional(),
})

const instrument = z.strictObject({
  multiplier: positiveQuantity({
    description: 'What one unit is worth at a price of 1.',
    fallback: '`1`',
  }).optional(),
  lot_size: positiveQuantity({
    description: 'A position smaller than this is flat.',
    fallback: '`0.000000001`',
  }).optional(),
  currency: notes(z.string().regex(/^[A-Z]{3,5}$/), {
    allowed: 'three to five capital letters, such as USD',
    description: 'What its prices are quoted in. Other than USD it has no money figures.',
    fallback: 'what follows the slash of its symbol, else `USD`',
  }).optional(),
})

const instruments = z
  .record(z.string().min(1).max(64), notes(instrument, { allowed: 'a map of keys', placeholder: '<symbol>' }))
  .superRefine((bySymbol, context) => {
    const seen = new Set<string>()
    for (const symbol of Object.keys(bySymbol)) {
      const canonical = canonicalSymbol(symbol)
      if (seen.has(canonical)) {
        const message = `the symbol ${canonical} is given twice; keep one`
        context.addIssue({ code: 'custom', path: [symbol], message, params: IN_WORDS })
      }
      seen.add(canonical)
    }
  })

const earlyClose = z.strictObject({
  date: day('The trading day.'),
  closes_at: notes(z.string(), {
    allowed: 'a time in New York, HH:MM',
    description: 'When it ends, in New York, between 09:30 and 16:00.',
  }),
})

const xnys = z
  .strictObject({
    closed: notes(z.array(day()), {
      allowed: 'a list of dates, YYYY-MM-DD',
      description: 'Days without a session that no rule gives, as the exchange announces them.',
    }).optional(),
    early_closes: notes(z.array(notes(earlyClose, { allowed: 'a map of date and closes_at' })), {
      allowed: 'a list of maps of date and closes_at',
      description: 'Sessions that end earlier than the rules say.',
    }).optional(),
  })
  .superRefine((written, context) => {
    for (const message of problemsOf(toXnysExceptions(written))) {
      context.addIssue({ code: 'custom', message, params: IN_WORDS })
    }
  })

/** The keys of QUANT_CONFIG, as written. No others are accepted. */
export const quantConfigSchema = notes(
  z
    .strictObject({
      money_decimals: moneyDecimals({
        description: 'Decimals of money at output, for every strategy that does not say otherwise.',
        fallback: '`2`; `6` in the calendar `24x7`',
      }).optional(),
      benchmark: benchmark({
        description: 'The symbol that returns are held against, for every strategy of which nobody says another.',
        fallback: 'none; `beta_vs_benchmark` has no value',
      }).optional(),
      risk_free_rate: rate({
        description: 'What money earns without risk in a year, as a ratio: 0.04 is 4 %. Sharpe ratios are above it.',
        fallback: '`0`',
      }).optional(),
      minimum_acceptable_return: rate({
        description:
          'What a return of one sampling interval must reach, as a ratio; downside volatility and Sortino ratio look at what falls short of it.',
        fallback: '`0`',
      }).optional(),
      minimum_observations: notes(z.int().min(1).max(1_000), {
        allowed: 'a whole number from 1 to 1000',
        description: 'Returns that a volatility, a ratio of risk, a beta or a value at risk needs.',
        fallback: '`20`',
      }).optional(),
      strategies: notes(
        z.record(z.string(), notes(strategy, { allowed: 'a map of keys', placeholder: '<strategy_id>' })),
        { allowed: 'a map of strategies by strategy_id' },
      ).optional(),
      accounts: limitsByAccount('of the account, for all strategies there that have none of their own').optional(),
      policy: policyDefaults.optional(),
      instruments: notes(instruments, { allowed: 'a map of instruments by symbol' }).optional(),
      cost_schedule: costSchedule.optional(),
      calendars: notes(z.strictObject({ XNYS: notes(xnys, { allowed: 'a map of keys' }).optional() }), {
        allowed: 'a map of calendars',
      }).optional(),
    })
    .superRefine(refuseOnWithoutLimit),
  { allowed: 'a map of keys' },
)

export type QuantConfigYaml = z.output<typeof quantConfigSchema>

/** The announced days of the exchange in the domain's words. */
export function toXnysExceptions(written: z.output<typeof xnys> | undefined): XnysExceptions {
  return {
    exceptionalClosures: written?.closed ?? [],
    exceptionalEarlyCloses: (written?.early_closes ?? []).map(({ date, closes_at }) => ({ date, closesAt: closes_at })),
  }
}

function problemsOf(exceptions: XnysExceptions): readonly string[] {
  try {
    applyXnysExceptions(xnysSchedule(), exceptions)
    return []
  } catch (error) {
    if (error instanceof QuantErrors) return error.problems
    throw error
  }
}
