import { contentOf } from './fact-content.js'
import type { Fact } from './facts.js'
import type { EpochMs } from './time.js'

/** One telling of a thing that may have been told before, otherwise. */
export interface Telling {
  readonly revision: string | number | undefined
  readonly knownAt: EpochMs
}

/** When a fact could be known. */
export function knownAtOf(fact: Fact): EpochMs {
  return fact.knownAt ?? fact.at
}

/**
 * The one of several tellings of a thing that stands, whatever the order in which they are given.
 *
 * The latest revision: numbers are compared as numbers where all are, else as text. A telling without a revision, as a
 * retraction often is, is taken for one of the newest revision known by its time. Of equal revisions the one known
 * later; of equals in that too the one whose content sorts last, so that there is always one answer.
 * Source: METRICS section 2, fine print 8.
 */
export function latestOf<Told>(
  tellings: readonly Told[],
  tellingOf: (told: Told) => Telling,
  contentOf: (told: Told) => string | bigint,
): Told | undefined {
  const [only] = tellings
  if (tellings.length < 2) return only
  const ranked = tellings.map((told) => ({ told, ...tellingOf(told) }))
  const revisions = ranked.flatMap(({ revision }) => revision ?? [])
  const areNumbers = revisions.every((revision) => numberOf(revision) !== undefined)
  const keyOf = (revision: string | number) => (areNumbers ? (numberOf(revision) ?? 0) : String(revision))
  let latest: { told: Told; key: RevisionKey; knownAt: EpochMs } | undefined
  for (const { told, revision, knownAt } of ranked) {
    const key = revision === undefined ? newestKnownBy(knownAt) : keyOf(revision)
    if (latest === undefined || isLater({ told, key, knownAt }, latest)) latest = { told, key, knownAt }
  }
  return latest?.told

  function newestKnownBy(at: EpochMs): RevisionKey {
    let newest: RevisionKey
    for (const { revision, knownAt } of ranked) {
      if (revision === undefined || knownAt > at) continue
      const key = keyOf(revision)
      if (newest === undefined || key > newest) newest = key
    }
    return newest
  }

  function isLater(a: NonNullable<typeof latest>, b: NonNullable<typeof latest>): boolean {
    if (a.key === undefined || b.key === undefined) {
      if (a.key !== b.key) return b.key === undefined
    } else if (a.key > b.key || a.key < b.key) return a.key > b.key
    if (a.knownAt !== b.knownAt) return a.knownAt > b.knownAt
    return contentOf(a.told) > contentOf(b.told)
  }
}

type RevisionKey = bigint | number | string | undefined

/** The latest revision of one fact, or what takes it back. */
export function latestRevision(tellings: readonly Fact[]): Fact | undefined {
  return latestOf(
    tellings,
    (fact) => ({ revision: fact.revision, knownAt: knownAtOf(fact) }),
    (fact) => contentOf(fact),
  )
}

/** Row versions come as long digits too. */
function numberOf(revision: string | number): bigint | number | undefined {
  if (typeof revision === 'number') return revision
  return /^\d+$/.test(revision) ? BigInt(revision) : undefined
}
