import type { Fact } from '../../domain/facts.js'
import { identityOf } from '../../domain/identity.js'
import { knownAtOf, latestRevision } from '../../domain/revisions.js'
import type { EpochMs } from '../../domain/time.js'

interface Known {
  readonly tellings: Fact[]
  latest: Fact | undefined
}

/**
 * What was known of each fact when: all tellings of it, in whatever order they are in the files, and the one that stands
 * at an instant of knowing.
 */
export class Knowledge {
  /** By the instant of knowing. */
  readonly #tellings: readonly Fact[]
  readonly #known = new Map<string, Known>()
  #read = 0

  constructor(facts: readonly Fact[]) {
    this.#tellings = facts.toSorted((a, b) => knownAtOf(a) - knownAtOf(b))
  }

  /** Moves the instant of knowing on; the facts that stand otherwise now, in an order that does not depend on the files'. */
  advanceTo(knownBy: EpochMs): Fact[] {
    const touched = new Map<string, Known>()
    for (; this.#read < this.#tellings.length; this.#read += 1) {
      const fact = this.#tellings[this.#read]
      if (fact === undefined || knownAtOf(fact) > knownBy) break
      const identity = identityOf(fact)
      const known = this.#known.get(identity) ?? { tellings: [], latest: undefined }
      known.tellings.push(fact)
      this.#known.set(identity, known)
      touched.set(identity, known)
    }
    const changed: (readonly [identity: string, fact: Fact])[] = []
    for (const [identity, known] of touched) {
      const latest = latestRevision(known.tellings)
      if (latest !== undefined && latest !== known.latest) changed.push([identity, latest])
      known.latest = latest
    }
    return changed
      .sort(([a, one], [b, other]) => rankOf(one) - rankOf(other) || (a < b ? -1 : 1))
      .map(([, fact]) => fact)
  }
}

/** Descriptions first, since they say how the others are read; what is taken back last, since its fills go with it. */
const RANKS: Readonly<Partial<Record<Fact['fact'], number>>> = { strategy: 0, instrument: 1, retraction: 9 }

function rankOf({ fact }: Fact): number {
  return RANKS[fact] ?? 5
}
