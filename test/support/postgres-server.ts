import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { IssuedCertificate } from './authority.js'
import { freePort } from './free-port.js'

const BINARIES = '/usr/lib/postgresql/15/bin'

/** Whether a real Postgres 15 server is installed (Debian: postgresql-15). */
export const hasPostgresServer = existsSync(join(BINARIES, 'postgres'))

export interface PostgresServer {
  readonly dsn: string
  readonly port: number
  /** Every new connection meets this certificate, and TLS is on; needs `tls` at the start. */
  useCertificate(certificate: IssuedCertificate): Promise<void>
  /** What the server has written to its log. */
  log(): string
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  readonly tls?: IssuedCertificate
  /** Lines of pg_hba.conf before those that let everybody in. */
  readonly hba?: readonly string[]
  /** Settings of the server such as `log_statement=mod`. */
  readonly settings?: readonly string[]
}

/** A real server with an empty cluster in a temporary folder; run as user postgres when we are root. */
export async function startPostgresServer({
  tls,
  hba = [],
  settings = [],
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'quant-postgres-'))
  const identity: { uid?: number; gid?: number } = process.getuid?.() === 0 ? userOf('postgres') : {}
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(folder, identity.uid, identity.gid)
  const options = { ...identity, cwd: folder, stdio: 'ignore' as const }
  execFileSync(
    join(BINARIES, 'initdb'),
    ['-D', folder, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    options,
  )
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    if (identity.uid !== undefined && identity.gid !== undefined) chownSync(path, identity.uid, identity.gid)
  }
  const writeCertificate = ({ certificate, key }: IssuedCertificate) => {
    write('server.crt', certificate)
    write('server.key', key)
  }
  write('pg_hba.conf', [...hba, 'local all all trust', 'host all all 127.0.0.1/32 trust', ''].join('\n'))
  if (tls !== undefined) writeCertificate(tls)
  const port = await freePort()
  const server = spawn(
    join(BINARIES, 'postgres'),
    [
      ...['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off'],
      ...['-c', `ssl=${tls === undefined ? 'off' : 'on'}`],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  server.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const dsn = `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`
  await accepts(dsn)
  return {
    dsn,
    port,
    async useCertificate(certificate) {
      writeCertificate(certificate)
      const client = new pg.Client({ connectionString: dsn })
      await client.connect()
      await client.query('SELECT pg_reload_conf()')
      await client.end()
      // The postmaster reads it when the signal reaches it.
      await sleep(300)
    },
    log: () => log,
    stop: () => stop(server, folder),
  }
}

function userOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }).trim())
  return { uid: id('-u'), gid: id('-g') }
}

async function accepts(dsn: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const client = new pg.Client({ connectionString: dsn })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await sleep(50)
    }
  }
  throw new Error('postgres did not accept connections within 5 s')
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await ended
  rmSync(folder, { recursive: true, force: true })
}
