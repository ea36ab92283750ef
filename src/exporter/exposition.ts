import { once } from 'node:events'
import { constants, createGzip } from 'node:zlib'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { ExportRule } from '../domain/export-rule.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import type { MetricDescription } from '../domain/metric.js'
import type { PolicyReader } from '../domain/policy.js'
import type { FrameReader } from '../domain/ports.js'
import { accountFamilies } from './account-families.js'
import { adapterFamilies } from './adapter-families.js'
import { besideFamilies } from './beside-families.js'
import {
  allClosedUntil,
  bookFamilies,
  companionFamilies,
  formulaFamily,
  sessionFamilies,
} from './companion-families.js'
import { GaugeFamily } from './exposition-text.js'
import { LabelCache } from './label-cache.js'
import { instantFamilies, metricFamilies } from './metric-families.js'
import { policyFamilies, policyStateFamilies } from './policy-families.js'
import type { SelfMetrics } from './self-metrics.js'
import { type LimitedSeries, limitFamilies, type SeriesPart, withinLimit } from './series-limit.js'
import { ShownSeries } from './shown-series.js'
import { eachFamily, type FamilySlices } from './slices.js'

export interface ExpositionOptions {
  readonly reader: FrameReader
  readonly dictionary: readonly MetricDescription[]
  /** Of accounts. */
  readonly accountDictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly selfMetrics: SelfMetrics
  /** Undefined where nothing is judged. */
  readonly policies?: PolicyReader | undefined
  /** More series than this are not exported, policies and own ones aside; gauges say what is left out. */
  readonly maxSeries: number
  /** What is exported of a strategy, by its id; without one all of it. */
  readonly exportRules?: ReadonlyMap<string, ExportRule>
  readonly wallNow: () => number
  readonly lastTickAt: () => number | undefined
  readonly onError: (error: unknown) => void
}

type Chunks = readonly Uint8Array[]

/**
 * All that can be scraped, as text in pieces, each a family whole.
 *
 * It is made slice by slice, so that a large scrape holds up neither a tick nor a probe, and scrapes that come while one
 * is being made share it. The frames of one exposition are of one T.
 */
export class Exposition {
  readonly #options: ExpositionOptions
  readonly #labels = new LabelCache()
  #plain: Promise<Chunks> | undefined
  #compressed: Promise<Chunks> | undefined

  constructor(options: ExpositionOptions) {
    this.#options = options
  }

  plain(): Promise<Chunks> {
    this.#plain ??= this.#render().finally(() => {
      this.#plain = undefined
    })
    return this.#plain
  }

  /** The same, gzipped. */
  compressed(): Promise<Chunks> {
    this.#compressed ??= this.plain()
      .then(gzipped)
      .finally(() => {
        this.#compressed = undefined
      })
    return this.#compressed
  }

  /** A part that fails leaves the others in. */
  async #render(): Promise<Chunks> {
    const { reader, selfMetrics, onError } = this.#options
    const state = reader.state()
    selfMetrics.setState({ enabled: state !== 'disabled', ready: state === 'ready' })
    const chunks: Uint8Array[] = [Buffer.from(await selfMetrics.render())]
    for (const part of [() => this.#clocks(), () => this.#books(), () => this.#policies()]) {
      try {
        chunks.push(...(await part()))
      } catch (error) {
        onError(error)
      }
    }
    return chunks
  }

  #clocks(): Chunks {
    const { reader, calendars, selfMetrics, wallNow, lastTickAt } = this.#options
    const wall = new GaugeFamily('quant_exporter_time_seconds', 'Wall clock of the exporter.')
    wall.add('', wallNow() / 1000)
    if (reader.state() === 'disabled') return wall.chunks()
    const clock = new GaugeFamily(
      'quant_clock_timestamp_seconds',
      'T: the instant that frames are about; every data instant is of this clock.',
    )
    const [now, frames] = [reader.now(), reader.frames()]
    clock.add('', now / 1000)
    return [
      wall,
      clock,
      ...sessionFamilies(calendars, now),
      ...bookFamilies(frames, lastTickAt(), selfMetrics.shard),
      allClosedUntil(frames, calendars, now, wallNow()),
    ].flatMap((family) => family.chunks())
  }

  async #books(): Promise<Chunks> {
    const { reader, dictionary, accountDictionary } = this.#options
    const set = reader.frames()
    if (set === undefined) return []
    const shown = await this.#withinLimit(set, reader.now())
    return [
      ...[
        ...limitFamilies(shown, this.#options.selfMetrics.shard),
        formulaFamily([...dictionary, ...accountDictionary]),
      ].flatMap((family) => family.chunks()),
      ...shown.texts,
    ]
  }

  /** Never left out, however many series there are: alerts rest on them. */
  async #policies(): Promise<Chunks> {
    const { reader, policies } = this.#options
    const set = reader.frames()
    if (set === undefined || policies === undefined) return []
    const texts: Uint8Array[] = policyStateFamilies(policies).flatMap((family) => family.chunks())
    await eachFamily(policyFamilies([...set.books.values()], policies, this.#labels), (family) => {
      texts.push(...family.chunks())
    })
    return texts
  }

  async #withinLimit({ books, accounts }: FrameSet, now: number): Promise<LimitedSeries> {
    const { maxSeries, selfMetrics, exportRules = new Map() } = this.#options
    const frames = [...books.values()]
    this.#labels.retain(frames)
    return withinLimit({
      ...{ maxSeries, books: frames.length },
      histograms: partOf(await selfMetrics.renderOrders()),
      render: async (kept, hasShortWindows) => {
        const kinds = { frames: frames.slice(0, kept), now, shown: new ShownSeries(exportRules, hasShortWindows) }
        return {
          values: await rendered(this.#values(kinds, accounts)),
          adapters: hasShortWindows ? await rendered(this.#adapters(kinds)) : NOTHING,
        }
      },
    })
  }

  /** An account is there while one of its books is. */
  *#values({ frames, ...at }: Shown, accounts: FrameSet['accounts']): FamilySlices {
    const { dictionary, accountDictionary, calendars } = this.#options
    const context = { dictionary, calendars, ...at }
    const labels = new Set(frames.map(({ book }) => book.account))
    yield* metricFamilies(frames, context, this.#labels)
    yield* instantFamilies(frames, context, this.#labels)
    yield* besideFamilies(frames, context, this.#labels)
    yield* companionFamilies(frames, context, this.#labels)
    yield* accountFamilies(
      [...accounts.values()].filter(({ account }) => labels.has(account)),
      accountDictionary,
    )
  }

  #adapters({ frames, shown }: Shown): FamilySlices {
    return adapterFamilies(frames, { dictionary: this.#options.dictionary, shown }, this.#labels)
  }
}

/** The books that are exported, at T, and what of them. */
interface Shown {
  readonly frames: readonly BookFrame[]
  readonly now: number
  readonly shown: ShownSeries
}

const NOTHING: SeriesPart = { texts: [], size: 0 }

async function rendered(families: FamilySlices): Promise<SeriesPart> {
  const texts: Uint8Array[] = []
  let size = 0
  await eachFamily(families, (family) => {
    size += family.size
    texts.push(...family.chunks())
  })
  return { texts, size }
}

/** A text of another hand: every line that is no comment is a sample. */
function partOf(text: string): SeriesPart {
  return { texts: [Buffer.from(`${text}\n`)], size: text.match(/^[^#\n]/gm)?.length ?? 0 }
}

/** Compressed on another thread while the event loop goes on. */
async function gzipped(chunks: Chunks): Promise<Chunks> {
  const stream = createGzip({ level: constants.Z_BEST_SPEED })
  const compressed: Uint8Array[] = []
  stream.on('data', (chunk: Uint8Array) => void compressed.push(chunk))
  const ended = once(stream, 'end')
  for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain')
  stream.end()
  await ended
  return compressed
}
