import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { recordRange } from '../../src/app/record.js'
import { replayDatabase } from '../../src/app/replay.js'
import { readConfig } from '../../src/config/config.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js'
import { CALENDARS, expectSameFrames } from '../support/engine.js'
import { framesAt } from '../support/exporter.js'
import { at, type PolledTorghut, pollTorghut, T } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { replayedFrames } from '../support/replay.js'

const FROM = T - 2 * HOUR_MS
/** Between the session before the longest window and its open. */
const BEFORE_LONGEST = -28 * DAY_MS - 12 * HOUR_MS
const ATS = [FROM, T - HOUR_MS, T]
const withServer = hasPostgresServer ? describe : describe.skip

withServer('a database on a real Postgres 15 (package postgresql-15)', () => {
  let folder: string
  let server: PostgresServer
  let torghut: PolledTorghut
  let environment: Record<string, string>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-range-'))
    server = await startPostgresServer()
    torghut = await pollTorghut(server)
    environment = { TORGHUT_DB_DSN: server.dsn.replace('/postgres?', `/${torghut.admin.database}?`) }
    const trade = async (offsetMs: number, side: string, price: number, symbol = 'AAPL', raw = {}) => {
      const made = { created_at: at(offsetMs), updated_at: at(offsetMs) }
      const decisionId = await torghut.decision({ created_at: at(offsetMs), symbol })
      return torghut.order(decisionId, {
        ...{ ...made, symbol, side, filled_qty: '10', avg_fill_price: String(price), status: 'filled' },
        raw_order: { submitted_at: at(offsetMs), filled_at: at(offsetMs), ...raw },
      })
    }
    await trade(-50 * DAY_MS, 'buy', 90, 'AAPL', { commission: '0.5' })
    await trade(-49 * DAY_MS, 'buy', 110)
    await trade(-48 * DAY_MS, 'sell', 120)
    await trade(-47 * DAY_MS, 'buy', 20, 'FLAT')
    await trade(-46 * DAY_MS, 'sell', 21, 'FLAT')
    await trade(-3 * DAY_MS, 'sell', 130)
    await trade(-90 * MINUTE_MS, 'buy', 125)
    await trade(-30 * MINUTE_MS, 'sell', 140, 'NEW')
    const held = [{ symbol: 'AAPL', qty: '10', side: 'long', current_price: '131' }]
    for (const offsetMs of [-60 * DAY_MS, BEFORE_LONGEST, -26 * HOUR_MS, -3 * HOUR_MS, -100 * MINUTE_MS, -MINUTE_MS])
      await torghut.snapshot({
        ...{ as_of: at(offsetMs), created_at: at(offsetMs), equity: '5000' },
        ...([BEFORE_LONGEST, -MINUTE_MS].includes(offsetMs)
          ? { cash: '3690', positions: held }
          : { cash: '5000', positions: [] }),
      })
  }, 60_000)

  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true })
  })

  const options = () => ({
    config: readConfig({ environment, readFile: () => '', isTerminal: false }),
    calendars: CALENDARS,
    signal: new AbortController().signal,
    log: { error: () => undefined },
    onProgress: () => undefined,
  })

  async function fromDatabase(knownBy?: EpochMs): Promise<FrameSet[]> {
    const frames: FrameSet[] = []
    for await (const one of replayDatabase({ ...options(), ats: ATS, knownBy })) {
      expect(one.knownBy).toBe(knownBy === undefined ? undefined : 'approximate')
      frames.push(one.frames)
    }
    return frames
  }

  test('replays at any instant to what a process says that looks at it then', async () => {
    for (const frames of await fromDatabase()) expectSameFrames(frames, await framesAt(environment, frames.stamp.at))
  })

  test('replays by what was known at the end to the same, since events have their own times', async () => {
    const known = await fromDatabase(T)
    for (const [index, frames] of (await fromDatabase()).entries()) expectSameFrames(known[index] ?? frames, frames)
  })

  test('recorded from an instant on, replays to the same without the orders before its longest window', async () => {
    const out = join(folder, 'range.ndjson.gz')
    const count = await recordRange({ ...options(), out, from: FROM, to: T })
    const lines = gunzipSync(readFileSync(out)).toString().trim().split('\n')
    expect(lines).toHaveLength(count)
    const ofKind = (kind: string) => lines.map((line) => JSON.parse(line)).filter(({ fact }) => fact === kind)
    // Of the five orders before, the one with costs and the last of each symbol say more than positions.
    expect(ofKind('execution')).toHaveLength(3 + 3)
    expect(ofKind('opening_position').map(({ symbol, qty, cost }) => [symbol, qty, cost])).toEqual([
      ['AAPL', '10', '1000'],
      ['FLAT', '0', '0'],
    ])
    const replayed = await replayedFrames(out, ATS)
    for (const frames of await fromDatabase()) {
      const again = replayed.get(frames.stamp.at)
      if (again === undefined) throw new Error('no frame')
      // An opening position is another fact than the orders that it stands for.
      expectSameFrames(withoutDigests(again), withoutDigests(frames))
    }
    await expect(recordRange({ ...options(), out, from: FROM, to: T })).rejects.toThrow(/it is there already/)
  })

  test('recorded at one instant, replays to the same there', async () => {
    const out = join(folder, 'all.ndjson')
    await recordRange({ ...options(), out, from: undefined, to: T })
    const frames = (await replayedFrames(out, [T])).get(T)
    if (frames === undefined) throw new Error('no frame')
    expectSameFrames(frames, await framesAt(environment, T))
  })
})

function withoutDigests(frames: FrameSet): FrameSet {
  return { ...frames, books: new Map([...frames.books].map(([id, frame]) => [id, { ...frame, inputsDigest: '' }])) }
}
