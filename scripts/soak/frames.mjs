// The frames of an exporter over its API, and how those of two differ.
import { WINDOWS } from '../../dist/domain/window.js'
import { API } from './exporter.mjs'

/** Books that are looked at; of a thousand, some from all over. */
const MOST_BOOKS = 25
/** Evaluated when an answer is written, not when a frame is made. */
const IS_AGE = /freshness|_age_|lag_seconds|missing_update/

async function ask(url, path) {
  const response = await fetch(`${url}${API}${path}`)
  if (!response.ok) throw new Error(`${path} is answered with ${response.status}`)
  return response.json()
}

export async function booksOf(url) {
  const { strategies } = await ask(url, '/strategies')
  const books = strategies.flatMap(({ strategy_id, accounts }) => accounts.map((account) => ({ strategy_id, account })))
  const each = Math.max(1, Math.ceil(books.length / MOST_BOOKS))
  return books.filter((_, index) => index % each === 0)
}

/** Every value of the books in every window, by name; with the one T that they are all of, or undefined where T went on. */
export async function framesOf(url, books) {
  const parts = new Map()
  const instants = new Set()
  const bodies = await Promise.all(
    books.flatMap((book) => WINDOWS.map((window) => ask(url, `/snapshot?${new URLSearchParams({ ...book, window })}`))),
  )
  for (const { strategy, account, window, frame_as_of, inputs_digest, metrics } of bodies) {
    instants.add(frame_as_of)
    parts.set(`${strategy} ${account} digest`, inputs_digest)
    for (const { metric_name, value, status, reason, meta } of metrics)
      if (!IS_AGE.test(metric_name))
        parts.set(`${strategy} ${account} ${window} ${metric_name}`, JSON.stringify([status, value, reason, meta]))
  }
  return instants.size === 1 ? { at: Date.parse([...instants][0]), parts } : undefined
}

/** What is another in two sets of frames, a line each. */
export function differences(actual, expected) {
  return [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((name) => actual.get(name) !== expected.get(name))
    .map((name) => `${name}: ${actual.get(name)}, afresh ${expected.get(name)}`)
}
