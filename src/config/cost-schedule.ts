import { z } from 'zod'
import { CALENDAR_NAMES } from '../domain/calendar.js'
import { parseDay } from '../domain/civil-day.js'
import { formatScaled, parseScaled } from '../domain/exact.js'
import { SIDES } from '../domain/facts.js'
import { type FeeRule, RATE_DIGITS, type RateE12, ROUNDING_MODES } from '../domain/fee-schedule.js'
import { IN_WORDS, type KeyNotes, notes } from './key-notes.js'

type About = Omit<KeyNotes, 'allowed'>

/** Kept as the exact text that was written. */
function amount(isAllowed: (scaled: RateE12) => boolean, allowed: string, about: About) {
  const schema = z
    .union([z.number(), z.string()])
    .refine((value) => {
      const scaled = parseScaled(value, RATE_DIGITS)
      if (scaled === undefined || !isAllowed(scaled)) return false
      return Number(formatScaled(scaled, RATE_DIGITS)) === Number(value)
    })
    .transform(String)
  return notes(schema, { allowed: `${allowed} with at most ${RATE_DIGITS} decimals`, ...about })
}

const unsigned = (about: About) => amount((scaled) => scaled >= 0n, 'a number of at least 0', about)
const positive = (about: About) => amount((scaled) => scaled > 0n, 'a number above 0', about)

function names(about: About) {
  const schema = z.array(notes(z.string().min(1), { allowed: 'a name' })).min(1)
  return notes(schema, { allowed: 'a list of at least one name', ...about })
}

function day(about: About) {
  const schema = z.string().refine((text) => parseDay(text) !== undefined)
  return notes(schema, { allowed: 'a date, YYYY-MM-DD', ...about })
}

const AMOUNTS = ['per_order', 'per_share', 'bps'] as const

const feeRule = z
  .strictObject({
    name: notes(z.string().min(1), { allowed: 'a text', description: 'What the fee is called.' }),
    side: notes(z.enum(SIDES), {
      allowed: `one of ${SIDES.join(', ')}`,
      description: 'The side of the orders that it falls on.',
      fallback: 'both',
    }).optional(),
    adapters: names({ description: 'Adapters that executed the order.', fallback: 'any' }).optional(),
    accounts: names({
      description: 'Accounts. The schedule is no source of the costs of an account that no rule speaks of.',
      fallback: 'all',
    }).optional(),
    calendar: notes(z.enum(CALENDAR_NAMES), {
      allowed: `one of ${CALENDAR_NAMES.join(', ')}`,
      description: 'The calendar of the strategies whose orders it falls on.',
      fallback: 'any',
    }).optional(),
    from: day({
      description: 'The first day on which it holds: of the order’s submit, in UTC.',
      fallback: 'always',
    }).optional(),
    until: day({ description: 'The first day on which it no longer holds.', fallback: 'for good' }).optional(),
    per_order: unsigned({ description: 'USD for an order that filled anything.', fallback: '`0`' }).optional(),
    per_share: unsigned({ description: 'USD for each unit that filled.', fallback: '`0`' }).optional(),
    bps: unsigned({ description: 'Ten-thousandths of the notional that filled.', fallback: '`0`' }).optional(),
    minimum: unsigned({ description: 'USD that an order costs at least.' }).optional(),
    cap: unsigned({ description: 'USD that an order costs at most; counts after the minimum.' }).optional(),
    rounding: notes(
      z.strictObject({
        to: positive({ description: 'The amount is rounded to a multiple of this, as the last step.' }),
        mode: notes(z.enum(ROUNDING_MODES), {
          allowed: `one of ${ROUNDING_MODES.join(', ')}`,
          description: 'Which way; with `nearest` a half goes up.',
        }),
      }),
      { allowed: 'a map of to and mode' },
    ).optional(),
  })
  .superRefine((rule, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message, params: IN_WORDS })
    if (AMOUNTS.every((key) => rule[key] === undefined))
      refuse(`a rule has at least one of ${AMOUNTS.join(', ')}, and this one has none`)
    if (Number(rule.minimum ?? 0) > Number(rule.cap ?? Number.POSITIVE_INFINITY))
      refuse(`its minimum ${rule.minimum} is above its cap ${rule.cap}`)
    if (rule.from !== undefined && rule.until !== undefined && rule.until <= rule.from)
      refuse(`it never holds: until ${rule.until} is not after from ${rule.from}`)
  })

/** The key `cost_schedule`, as written. */
export const costSchedule = notes(z.array(notes(feeRule, { allowed: 'a map of keys' })), {
  allowed: 'a list of rules',
  description:
    'What orders cost in accounts where neither order records nor broker activities name a cost. All rules that match an order are summed; within a rule first its amounts, then minimum, cap and rounding.',
  fallback: 'none',
})

/** The rules in the domain's words. */
export function toFeeRules(written: z.output<typeof costSchedule> = []): FeeRule[] {
  return written.map(({ name, side, adapters, accounts, calendar, from, until, rounding, ...amounts }) => ({
    ...{ name, side, adapters, accounts, calendar },
    from: from === undefined ? undefined : parseDay(from),
    until: until === undefined ? undefined : parseDay(until),
    perOrder: rate(amounts.per_order) ?? 0n,
    perShare: rate(amounts.per_share) ?? 0n,
    bps: rate(amounts.bps) ?? 0n,
    minimum: rate(amounts.minimum),
    cap: rate(amounts.cap),
    rounding: rounding === undefined ? undefined : { to: rate(rounding.to) ?? 0n, mode: rounding.mode },
  }))
}

function rate(written: string | undefined): RateE12 | undefined {
  return written === undefined ? undefined : parseScaled(written, RATE_DIGITS)
}
