import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHeldClock } from '../../src/app/clock.js'
import { createSimulatorLoop } from '../../src/app/simulator-loop.js'
import type { FrameSet } from '../../src/domain/frame.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import type { Loop } from '../../src/lib/loop.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import { startTestEngines } from '../support/embedded.js'
import { expectSameFrames } from '../support/engine.js'
import { startExporter } from '../support/exporter.js'
import { replayedFrames } from '../support/replay.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'
import { until } from '../support/until.js'

const START = Date.parse('2026-11-20T19:30:00Z')
/** Time runs faster, so that every tier ticks and orders, bars and snapshots come. */
const SPEED = 8
const LIVE_MS = 14_000

describe.each([
  ['as they are', undefined],
  ['so that others have their turn at every step', { sliceMs: 0 }],
])('a recorded run, ticks made %s,', (_how, slices) => {
  let folder: string
  let engines: EmbeddedEngines
  let simulator: Simulator
  let loop: Loop | undefined
  /** Every frame that was out, by T, and the last of them once the simulator had stopped and everything was read. */
  const live = new Map<EpochMs, FrameSet>()
  let lastAt: EpochMs

  beforeAll(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'quant-recording-')), 'facts')
    engines = await startTestEngines()
    const addresses = { dsn: engines.postgres.dsn, clickhouse: engines.clickhouse }
    simulator = await fillTorghut(addresses, START, 2)
    const clock = createHeldClock({ startAt: START, speed: SPEED })
    clock.release()
    const exporter = await startExporter(environmentOf(addresses), clock, { recordInto: folder, slices })
    const seeing = setInterval(() => {
      const frames = exporter.reader.frames()
      if (frames !== undefined) live.set(frames.stamp.at, frames)
    }, 1)
    try {
      await exporter.firstFrame()
      loop = createSimulatorLoop(simulator, clock, { info: () => undefined, error: () => undefined })
      loop.start()
      await new Promise((resolve) => setTimeout(resolve, LIVE_MS))
      await loop.stop()
      // Everything that was written has been read, and a frame after that says so.
      const before = { ...exporter.statements }
      const areRead = ({ postgres, clickhouse }: typeof before) =>
        postgres > before.postgres + 6 && clickhouse > before.clickhouse + 6
      await until(() => areRead(exporter.statements), 30_000)
      const readAt = clock.now()
      await until(() => Math.max(...live.keys()) > readAt, 10_000)
    } finally {
      clearInterval(seeing)
      lastAt = Math.max(...live.keys())
      await exporter.stop()
    }
  }, 180_000)

  afterAll(async () => {
    await loop?.stop()
    await simulator?.stop()
    await engines?.stop()
    rmSync(join(folder, '..'), { recursive: true })
  })

  test('is in one file that only its user may read', () => {
    const names = readdirSync(folder)
    expect(names).toEqual([expect.stringMatching(/^facts-\d{8}T\d{9}Z-\d+\.ndjson\.gz$/)])
    expect(statSync(join(folder, names[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  test('replays to what was said at every T, by what was known then', async () => {
    expect(live.size).toBeGreaterThan(12)
    const ats = [...live.keys()].sort((a, b) => a - b)
    const replayed = await replayedFrames(folder, ats, lastAt)
    expect([...replayed.keys()]).toEqual(ats)
    for (const [at, frames] of replayed) {
      const said = live.get(at)
      if (said === undefined) throw new Error(`no frame at ${at}`)
      expectSameFrames(frames, said)
    }
  })

  test('replays to what was said last, by all facts', async () => {
    const frames = (await replayedFrames(folder, [lastAt])).get(lastAt)
    const said = live.get(lastAt)
    if (frames === undefined || said === undefined) throw new Error('no last frame')
    expect(said.books.size).toBeGreaterThan(3)
    expectSameFrames(frames, said)
  })
})
