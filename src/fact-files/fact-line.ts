import { canonicalSymbol } from '../domain/book.js'
import { readFactJson } from '../domain/fact-json.js'
import type { BarFact, Fact, SignalFact } from '../domain/facts.js'
import { type EpochMs, parseIso } from '../domain/time.js'

/** A line of a fact file that cannot be used. */
export interface BadLine {
  readonly reason: string
  /** False where the line is not even JSON, as when the file was cut off in it. */
  readonly isJson: boolean
}

/**
 * A parser of lines. Bars and signals come by the million, so theirs in the usual form are read character by character;
 * whatever is unusual about a line (escapes, nulls, other fields, many digits) is left to JSON and the schema, which
 * also say what is wrong. Both give equal facts: a property holds them together.
 */
export function createLineParser(): (line: string) => Fact | BadLine {
  const symbols = new Map<string, string>()
  return (line) => readPriceLine(line, symbols) ?? readAnyLine(line)
}

function readAnyLine(line: string): Fact | BadLine {
  let raw: unknown
  try {
    raw = JSON.parse(line)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { reason: `not JSON: ${error.message}`, isJson: false }
  }
  const fact = readFactJson(raw)
  return typeof fact === 'string' ? { reason: fact, isJson: true } : fact
}

/** A bar or signal in the usual form; undefined for anything else. */
function readPriceLine(line: string, symbols: Map<string, string>): BarFact | SignalFact | undefined {
  if (line.charCodeAt(0) !== OPENING_BRACE) return undefined
  let kind: string | undefined
  let symbol: string | undefined
  let at: EpochMs | undefined
  let knownAt: EpochMs | undefined
  let ingestedAt: EpochMs | undefined
  let revision: number | undefined
  let [close, vwap, bid, ask]: (bigint | undefined)[] = []
  let position = skipSpace(line, 1)
  for (;;) {
    if (line.charCodeAt(position) !== QUOTE) return undefined
    const nameEnd = line.indexOf('"', position + 1)
    if (nameEnd < 0) return undefined
    const name = line.slice(position + 1, nameEnd)
    position = skipSpace(line, nameEnd + 1)
    if (line.charCodeAt(position) !== COLON) return undefined
    position = skipSpace(line, position + 1)
    const isText = line.charCodeAt(position) === QUOTE
    const start = isText ? position + 1 : position
    const end = isText ? line.indexOf('"', start) : numberEnd(line, start)
    if (end < 0) return undefined
    switch (name) {
      case 'fact':
        kind = line.slice(start, end)
        break
      case 'symbol':
        symbol = isText ? symbolOf(line.slice(start, end), symbols) : undefined
        if (symbol === undefined) return undefined
        break
      case 'source':
        if (line.slice(start, end) !== 'ta') return undefined
        break
      case 'revision':
        revision = isText ? undefined : wholeNumber(line, start, end)
        if (revision === undefined) return undefined
        break
      case 'at':
        at = instantOf(line, start, end, isText)
        if (at === undefined) return undefined
        break
      case 'known_at':
        knownAt = instantOf(line, start, end, isText)
        if (knownAt === undefined) return undefined
        break
      case 'ingested_at':
        ingestedAt = instantOf(line, start, end, isText)
        if (ingestedAt === undefined) return undefined
        break
      case 'close':
        close = priceOf(line, start, end)
        if (close === undefined) return undefined
        break
      case 'vwap':
        vwap = priceOf(line, start, end)
        if (vwap === undefined) return undefined
        break
      case 'bid':
        bid = priceOf(line, start, end)
        if (bid === undefined) return undefined
        break
      case 'ask':
        ask = priceOf(line, start, end)
        if (ask === undefined) return undefined
        break
      default:
        return undefined
    }
    position = skipSpace(line, isText ? end + 1 : end)
    const next = line.charCodeAt(position)
    position = skipSpace(line, position + 1)
    if (next === CLOSING_BRACE) break
    if (next !== COMMA) return undefined
  }
  if (position < line.length || symbol === undefined || at === undefined) return undefined
  if (kind === 'bar' && close !== undefined) return { fact: 'bar', at, knownAt, revision, symbol, close, vwap }
  return kind === 'signal' && close === undefined && vwap === undefined
    ? { fact: 'signal', at, knownAt, revision, symbol, source: 'ta', bid, ask, ingestedAt }
    : undefined
}

const OPENING_BRACE = 123
const CLOSING_BRACE = 125
const QUOTE = 34
const COLON = 58
const COMMA = 44
const POINT = 46
const ZERO = 48
const NINE = 57

function skipSpace(line: string, from: number): number {
  let position = from
  for (;;) {
    const code = line.charCodeAt(position)
    if (code !== 32 && code !== 9 && code !== 13 && code !== 10) return position
    position += 1
  }
}

/** The end of digits and points; −1 where there are none. What follows is for the caller to judge. */
function numberEnd(line: string, start: number): number {
  let position = start
  for (;;) {
    const code = line.charCodeAt(position)
    if (code !== POINT && !(code >= ZERO && code <= NINE)) return position === start ? -1 : position
    position += 1
  }
}

const PLAIN_SYMBOL = /^[A-Za-z0-9./_-]{1,64}$/

/** Symbols recur, so each spelling is worked out once. */
function symbolOf(text: string, symbols: Map<string, string>): string | undefined {
  const known = symbols.get(text)
  if (known !== undefined || !PLAIN_SYMBOL.test(text)) return known
  const symbol = canonicalSymbol(text)
  symbols.set(text, symbol)
  return symbol
}

/** Epoch milliseconds of the years 1973 to 5138, or RFC 3339. */
function instantOf(line: string, start: number, end: number, isText: boolean): EpochMs | undefined {
  if (isText) return parseIso(line.slice(start, end))
  const digits = end - start
  return digits >= 12 && digits <= 14 ? wholeNumber(line, start, end) : undefined
}

/** At most 15 digits, which a double holds. */
function wholeNumber(line: string, start: number, end: number): number | undefined {
  if (end - start > 15 || (line.charCodeAt(start) === ZERO && end - start > 1)) return undefined
  let value = 0
  for (let position = start; position < end; position += 1) {
    const code = line.charCodeAt(position)
    if (code === POINT) return undefined
    value = value * 10 + (code - ZERO)
  }
  return value
}

const PRICE_FACTORS = [1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1] as const

/** A price below ten million with at most eight decimals, scaled: 15 digits, which a double holds exactly. */
function priceOf(line: string, start: number, end: number): bigint | undefined {
  let value = 0
  let point = -1
  for (let position = start; position < end; position += 1) {
    const code = line.charCodeAt(position)
    if (code >= ZERO && code <= NINE) value = value * 10 + (code - ZERO)
    else if (code === POINT && point < 0) point = position
    else return undefined
  }
  const whole = (point < 0 ? end : point) - start
  const decimals = point < 0 ? 0 : end - point - 1
  const isPlain = whole >= 1 && whole <= 7 && (point < 0 || decimals >= 1) && value > 0
  const factor = PRICE_FACTORS[decimals]
  if (!isPlain || factor === undefined || (whole > 1 && line.charCodeAt(start) === ZERO)) return undefined
  return BigInt(value * factor)
}
