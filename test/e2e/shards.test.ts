import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bookId } from '../../src/domain/book.js'
import { ShardOwnership } from '../../src/domain/shards.js'
import { saveAlerts } from '../../src/stores/postgres/alerts.js'
import { alertId, episode } from '../support/alerts.js'
import { EventClient } from '../support/event-stream.js'
import { freePort } from '../support/free-port.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { type RunningCli, startCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { type Prometheus, startPrometheus } from '../support/prometheus.js'
import { fillWithBooks, type TradedBook } from '../support/sharded-torghut.js'
import { createStoreDatabase, openedStore } from '../support/store.js'
import { until } from '../support/until.js'

const BASE = '/api/torghut/trading/control-plane/quant'
const COUNT = 3
/** The one that is killed. */
const VICTIM = 1
const PATIENCE_MS = 120_000

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const hasPrometheus = hasProgram('prometheus', 'prometheus')
const withBoth = hasPostgresServer && hasPrometheus ? describe : describe.skip

withBoth('three shards on one store (packages postgresql-15 and prometheus)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-shards-'))
  const ownership = new ShardOwnership({ index: 0, count: COUNT })
  const shards: RunningCli[] = []
  let server: PostgresServer
  let ports: number[]
  let books: readonly TradedBook[]
  let environment: Record<string, string>
  let prometheus: Prometheus

  const url = (index: number, path = '') => `http://127.0.0.1:${ports[index]}${path}`
  const start = (index: number) => {
    shards[index] = startCli(['serve'], {
      ...environment,
      QUANT_SHARD: `${index}/${COUNT}`,
      QUANT_LISTEN: `127.0.0.1:${ports[index]}`,
    })
  }
  const isReady = (index: number) =>
    fetch(url(index, '/readyz')).then(
      ({ ok }) => ok,
      () => false,
    )
  const ask = async (index: number, path: string) => {
    const response = await fetch(url(index, BASE + path))
    return { status: response.status, body: (await response.json()) as Body }
  }
  const question = ({ strategyId, account }: TradedBook) => `strategy_id=${strategyId}&account=${account}`
  const ownedBy = (index: number) => books.filter((book) => ownership.ownerOfBook(book) === index)
  /** The books that a page of metrics has gauges of. */
  const shownBy = async (index: number) => {
    const page = await (await fetch(url(index, '/metrics'))).text()
    const keys = [...page.matchAll(/^quant_open_positions\{[^}]*\}/gm)].map(([line]) =>
      bookId({ strategyId: labelOf(line, 'strategy_id'), account: labelOf(line, 'account') }),
    )
    return [...new Set(keys)].sort()
  }

  beforeAll(async () => {
    server = await startPostgresServer()
    const [torghut, store] = [
      await createStoreDatabase(server, 'torghut'),
      await createStoreDatabase(server, 'quant_store'),
    ]
    books = await fillWithBooks(torghut, Date.now())
    ports = [await freePort(), await freePort(), await freePort()]
    const pool = await openedStore(store)
    // What is over stays so, whoever starts: one episode of a book of each shard.
    const episodes = [0, 1, 2].map((index) =>
      episode(index, { ...ownedBy(index)[0], resolved: { at: Date.now(), reason: 'recovered' } }),
    )
    await saveAlerts(async (text, values = []) => (await pool.query(text, [...values])).rows, 0, episodes)
    await pool.end()
    environment = {
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
      TORGHUT_DB_DSN: torghut,
      QUANT_STORE_DSN: store,
      QUANT_SHARD_PEERS: ports.map((port) => `http://127.0.0.1:${port}`).join(','),
    }
    for (const index of ports.keys()) start(index)
    for (const index of ports.keys()) await until(() => isReady(index), PATIENCE_MS)
    const rules = join(folder, 'rules.yaml')
    // As they are shipped, save for how long a shard may be away before somebody is told.
    writeFileSync(
      rules,
      readFileSync('prometheus-rules/out/quant-exporter.rules.yaml', 'utf8').replaceAll('for: 1m', 'for: 5s'),
    )
    prometheus = await startPrometheus(
      ports.map((port) => `127.0.0.1:${port}`),
      [rules],
    )
  }, 300_000)

  afterAll(async () => {
    for (const { child } of shards) child.kill('SIGKILL')
    await Promise.all(shards.map(({ finished }) => finished))
    await prometheus?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  test('have every book exactly once, each its own', async () => {
    for (const index of ports.keys()) {
      const own = ownedBy(index).map(bookId).sort()
      expect(own.length).toBeGreaterThan(0)
      await until(async () => (await shownBy(index)).length === own.length, PATIENCE_MS)
      expect(await shownBy(index)).toEqual(own)
    }
  }, 300_000)

  test('answer for any book, whichever is asked', async () => {
    for (const book of books) {
      const answers = await Promise.all(
        [...ports.keys()].map((index) => ask(index, `/snapshot?${question(book)}&metrics=open_positions`)),
      )
      for (const { status, body } of answers)
        expect([status, body.strategy_id, body.account]).toEqual([200, book.strategyId, book.account])
      // It is one process that says it.
      expect(new Set(answers.map(({ body }) => body.formula_set)).size).toBe(1)
    }
    const [far] = ownedBy(2)
    if (far === undefined) throw new Error('a shard has no book')
    const explained = await ask(0, `/explain?${question(far)}&metric_name=open_positions`)
    expect([explained.status, explained.body.account]).toEqual([200, far.account])
    const client = new EventClient()
    await client.connect(`${url(0, BASE)}/stream?${question(far)}`)
    await until(() => client.events.some(({ event }) => event === 'quant.metrics.delta'), PATIENCE_MS)
    expect([...client.books.keys()]).toEqual([`${far.strategyId} ${far.account} 1d`])
    expect(client.faults).toEqual([])
    client.cut()
  }, 300_000)

  test('tell the same strategies and alerts, all of them', async () => {
    const strategies = await Promise.all([...ports.keys()].map((index) => ask(index, '/strategies')))
    for (const { body } of strategies) {
      const told = body.strategies.flatMap(({ strategy_id, accounts }) =>
        accounts.map((account) => bookId({ strategyId: strategy_id, account })),
      )
      expect(told.sort()).toEqual(books.map(bookId).sort())
    }
    for (const index of ports.keys()) {
      const { body } = await ask(index, '/alerts?state=resolved')
      const ids = body.alerts.map(({ alert_id }) => alert_id)
      expect(ids).toEqual(expect.arrayContaining([0, 1, 2].map(alertId)))
    }
    expect((await ask(0, '/health')).body).toMatchObject({ shard: 0, shards: COUNT, writer: true })
  }, 300_000)

  test('miss the books of one that is killed and nothing else, until it is back', async () => {
    const firing = (alert: string) => prometheus.ask(`ALERTS{alertname="${alert}",alertstate="firing"}`)
    const seen = async () =>
      (await prometheus.ask('count(count by (strategy_id, account) (quant_open_positions))'))[0] ?? '0'
    await until(async () => (await seen()) === String(books.length), PATIENCE_MS)
    expect(await firing('QuantExporterDown')).toEqual([])

    shards[VICTIM]?.child.kill('SIGKILL')
    await until(async () => (await firing('QuantExporterDown')).length === 1, PATIENCE_MS)
    await until(async () => (await seen()) === String(books.length - ownedBy(VICTIM).length), PATIENCE_MS)
    for (const book of books) {
      const isMissing = ownership.ownerOfBook(book) === VICTIM
      const { status, body } = await ask(0, `/snapshot?${question(book)}`)
      expect([status, body.account]).toEqual(isMissing ? [503, undefined] : [200, book.account])
      if (isMissing) expect((await ask(0, `/gate?${question(book)}`)).body.decision).toBe('unknown')
    }
    expect((await ask(0, '/strategies')).body.strategies).toHaveLength(new Set(books.map((b) => b.strategyId)).size)
    expect((await ask(2, '/alerts?state=resolved')).status).toBe(200)

    start(VICTIM)
    await until(() => isReady(VICTIM), PATIENCE_MS)
    await until(async () => (await firing('QuantExporterDown')).length === 0, PATIENCE_MS)
    await until(async () => (await seen()) === String(books.length), PATIENCE_MS)
    for (const book of ownedBy(VICTIM)) expect((await ask(0, `/snapshot?${question(book)}`)).status).toBe(200)
  }, 600_000)
})

/** What is looked at of any answer. */
interface Body {
  readonly strategy_id?: string
  readonly account?: string
  readonly formula_set?: string
  readonly decision?: string
  readonly strategies: readonly { readonly strategy_id: string; readonly accounts: readonly string[] }[]
  readonly alerts: readonly { readonly alert_id: string }[]
}

function labelOf(line: string, name: string): string {
  return new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? ''
}
