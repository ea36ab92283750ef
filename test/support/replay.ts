import { replayFiles } from '../../src/app/replay.js'
import { PriceHistory } from '../../src/compute/replay/price-history.js'
import { Replayer } from '../../src/compute/replay/replayer.js'
import { readConfig } from '../../src/config/config.js'
import type { Fact } from '../../src/domain/facts.js'
import type { FrameSet } from '../../src/domain/frame.js'
import type { EpochMs } from '../../src/domain/time.js'
import { answered, CALENDARS, createEngine, type EngineParts, SETTINGS } from './engine.js'

export interface ReplayParts extends EngineParts {
  readonly startAt: EpochMs
  readonly knownBy?: EpochMs
}

/** A replay of facts in the order given, on the product's default settings. */
export function replayOf(facts: readonly Fact[], { knownBy, ...parts }: ReplayParts): Replayer {
  const prices = new PriceHistory()
  for (const fact of facts) if (fact.fact === 'bar' || fact.fact === 'signal') prices.add(fact)
  return new Replayer({
    engine: createEngine(parts),
    facts: facts.filter(({ fact }) => fact !== 'bar' && fact !== 'signal'),
    prices,
    periodsMs: SETTINGS.periodsMs,
    knownBy,
    sourcesAt: answered,
  })
}

/** The frames that recorded files give at some instants, with the product's defaults. */
export async function replayedFrames(
  folder: string,
  ats: readonly EpochMs[],
  knownBy?: EpochMs,
): Promise<ReadonlyMap<EpochMs, FrameSet>> {
  const config = readConfig({ environment: {}, readFile: () => '', isTerminal: false })
  const told: string[] = []
  const replayed = replayFiles(
    {
      ...{ config, calendars: CALENDARS, ats, knownBy, signal: new AbortController().signal },
      ...{ log: { error: (message: string) => void told.push(message) }, onProgress: () => undefined },
    },
    {
      paths: [folder],
      onRejection: (file, line, reason) => void told.push(`${file}:${line}: ${reason}`),
      onCutOff: () => undefined,
    },
  )
  const frames = new Map<EpochMs, FrameSet>()
  for await (const one of replayed) frames.set(one.frames.stamp.at, one.frames)
  if (told.length > 0) throw new Error(told.join('\n'))
  return frames
}
