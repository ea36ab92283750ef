import { shallowJson } from '../lib/shallow-json.js'
import { formatScaled, MOMENT_DIGITS, MONEY_DIGITS, PRICE_DIGITS, QUANTITY_DIGITS } from './exact.js'
import { FACT_SCHEMAS, type Fact, type FactKind, type PositionSnapshotFact, parseFact } from './facts.js'

/** A fact as files hold it: snake_case names, exact decimals as text, instants in epoch milliseconds. */
export type FactJson = Readonly<Record<string, unknown>>

/** Names of the fields that are scaled integers, in whatever kind of fact. */
type ScaledName<Fields> = Fields extends unknown
  ? { [Name in keyof Fields]-?: bigint extends Extract<Fields[Name], bigint> ? Name : never }[keyof Fields]
  : never

/** How each of them is scaled; one that is missing here does not compile. */
const DIGITS: Readonly<Record<ScaledName<Fact> | ScaledName<PositionSnapshotFact['positions'][number]>, number>> = {
  qty: QUANTITY_DIGITS,
  submittedQty: QUANTITY_DIGITS,
  filledQty: QUANTITY_DIGITS,
  multiplier: QUANTITY_DIGITS,
  lotSize: QUANTITY_DIGITS,
  capitalShare: QUANTITY_DIGITS,
  price: PRICE_DIGITS,
  limitPrice: PRICE_DIGITS,
  avgFillPrice: PRICE_DIGITS,
  avgEntryPrice: PRICE_DIGITS,
  mark: PRICE_DIGITS,
  close: PRICE_DIGITS,
  vwap: PRICE_DIGITS,
  bid: PRICE_DIGITS,
  ask: PRICE_DIGITS,
  notional: MONEY_DIGITS,
  costs: MONEY_DIGITS,
  equity: MONEY_DIGITS,
  cash: MONEY_DIGITS,
  buyingPower: MONEY_DIGITS,
  amount: MONEY_DIGITS,
  cost: MONEY_DIGITS,
  largestQty: QUANTITY_DIGITS,
  enteredQty: QUANTITY_DIGITS,
  entryMoment: MOMENT_DIGITS,
  exitedQty: QUANTITY_DIGITS,
  exitMoment: MOMENT_DIGITS,
  earned: MONEY_DIGITS,
  orderRecordCosts: MONEY_DIGITS,
  brokerActivityCosts: MONEY_DIGITS,
  feeScheduleCosts: MONEY_DIGITS,
}

/** The plain object that parseFact reads back to an equal fact. */
export function toFactJson(fact: Fact): FactJson {
  return encodeFields(fact)
}

/** The fact as one line of a file, without its end. */
export function toFactLine(fact: Fact): string {
  return JSON.stringify(encodeFields(fact))
}

/** Reads what a line of a file holds; a string says what is wrong with it. */
export function readFactJson(raw: unknown): Fact | string {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'not an object'
  const fields = raw as Record<string, unknown>
  const { fact: kind } = fields
  if (isKind(kind)) return parseFact(kind, fields)
  const kinds = Object.keys(FACT_SCHEMAS).join(', ')
  return kind === undefined
    ? `fact: missing (one of ${kinds})`
    : `fact: there is no kind ${shallowJson(kind).slice(0, 40)} (there are ${kinds})`
}

function isKind(kind: unknown): kind is FactKind {
  return typeof kind === 'string' && Object.hasOwn(FACT_SCHEMAS, kind)
}

function encodeFields(fields: object): Record<string, unknown> {
  const encoded: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) encoded[snakeCase(name)] = encodeValue(name, value)
  return encoded
}

function encodeValue(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return formatScaled(value, DIGITS[name as keyof typeof DIGITS])
  if (!Array.isArray(value)) return value
  return value.map((member: unknown) => (typeof member === 'object' && member !== null ? encodeFields(member) : member))
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
