import { createServer } from 'node:http'
import { type Finished, runCli, startCli } from '../support/process.js'

const ON = { JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true' }
const DSN = { TORGHUT_DB_DSN: 'postgresql://reader:planted-secret@127.0.0.1:1/torghut' }

/** One clear message, no stack, a status that a script can see. */
function expectRefusal({ code, out, err }: Finished, message: RegExp): void {
  expect(err).toMatch(message)
  expect(err).not.toMatch(/\n\s+at /)
  expect(err).not.toContain('planted-secret')
  expect(out).toBe('')
  expect(code).toBeGreaterThan(0)
}

describe('bad input', () => {
  test('a malformed DSN is told without its password', async () => {
    expectRefusal(
      await runCli(['serve'], { ...ON, TORGHUT_DB_DSN: 'postgresql//reader:planted-secret@db/torghut' }),
      /TORGHUT_DB_DSN/,
    )
  })

  test('no DSN while the main switch is on says what to set, and to try the demo', async () => {
    expectRefusal(await runCli([], ON), /TORGHUT_DB_DSN[\s\S]*demo/)
  })

  test('unknown configuration keys are told with the near one', async () => {
    expectRefusal(
      await runCli(['serve'], { ...ON, ...DSN, QUANT_POL_INTERVAL_MS: '500' }),
      /QUANT_POL_INTERVAL_MS[\s\S]*QUANT_POLL_INTERVAL_MS/,
    )
  })

  test('a negative interval says what is allowed', async () => {
    expectRefusal(
      await runCli(['serve'], { ...ON, ...DSN, QUANT_POLL_INTERVAL_MS: '-1' }),
      /QUANT_POLL_INTERVAL_MS[\s\S]*100/,
    )
  })

  test('all problems are told at once', async () => {
    const { err } = await runCli(['serve'], {
      ...ON,
      QUANT_POLL_INTERVAL_MS: '-1',
      QUANT_LISTEN: 'nowhere',
      QUANT_NOTHING: '1',
    })
    for (const key of ['QUANT_POLL_INTERVAL_MS', 'QUANT_LISTEN', 'QUANT_NOTHING', 'TORGHUT_DB_DSN'])
      expect(err).toContain(key)
  })

  test('a port in use names the setting', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      expectRefusal(
        await runCli(['serve'], { QUANT_LISTEN: `127.0.0.1:${port}` }),
        new RegExp(`port ${port} on 127.0.0.1 is in use.*QUANT_LISTEN`),
      )
    } finally {
      server.close()
    }
  })

  test('a Node.js that is too old is told before anything is loaded', async () => {
    const pretend = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '18.19.0' })`
    expectRefusal(await runCli(['serve'], {}, ['--import', pretend]), /needs Node\.js 20 or newer; this is 18\.19\.0/)
  })

  test('an unknown command and an unknown option are told with the near one', async () => {
    expectRefusal(await runCli(['dmeo']), /no command 'dmeo'; did you mean demo\?/)
    expectRefusal(await runCli(['demo', '--sede', '1']), /no option --sede; did you mean --seed\?/)
    expectRefusal(await runCli(['demo', '--speed', 'fast']), /--speed must be a number from 0\.1 to 600; it is 'fast'/)
    expectRefusal(await runCli(['serve', '--at', 'yesterday']), /--at must be a time with a zone/)
    expectRefusal(await runCli(['simulate']), /simulate needs --dsn and --clickhouse/)
  })
})

describe('help for a newcomer', () => {
  test('--help names every command and where to start', async () => {
    const { code, out } = await runCli(['--help'])
    expect(code).toBe(0)
    for (const name of ['serve', 'demo', 'replay', 'record', 'embedded', 'simulate', 'config'])
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(out).toContain('Start here:   quant-exporter demo')
  })

  test.each(['serve', 'demo', 'replay', 'record', 'embedded', 'simulate', 'config'])(
    '%s --help explains every option',
    async (name) => {
      const { code, out } = await runCli([name, '--help'])
      expect(code).toBe(0)
      for (const line of out.split('\n').filter((text) => text.startsWith('  --')))
        expect(line).toMatch(/^ {2}--[a-z-]+( VALUE)? {2,}\S/)
    },
  )

  test('--version is the version of the package', async () => {
    expect((await runCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('serve with the main switch off', () => {
  test('answers probes, has its own metrics only, and says which variable turns it on', async () => {
    const cli = startCli(['serve'], { QUANT_LISTEN: '127.0.0.1:0', QUANT_LOG_FORMAT: 'json' })
    try {
      const url = await listeningUrl(cli)
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
      expect(await (await fetch(url)).text()).toContain('JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true')
      const metrics = await (await fetch(`${url}/metrics`)).text()
      expect(metrics).toMatch(/^quant_exporter_enabled\{shard="0"\} 0$/m)
      expect(metrics).not.toContain('quant_net_pnl_usd')
      const strategies = await fetch(`${url}/api/torghut/trading/control-plane/quant/strategies`)
      expect(strategies.status).toBe(503)
      expect(await strategies.json()).toMatchObject({ reason: 'disabled' })
    } finally {
      cli.child.kill('SIGTERM')
    }
    expect((await cli.finished).code).toBe(0)
  })
})

async function listeningUrl(cli: ReturnType<typeof startCli>): Promise<string> {
  let log = ''
  cli.child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const url = /"api":"([^"]+)"/.exec(log)?.[1]
    if (url !== undefined) return url
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not listening: ${log}`)
}
