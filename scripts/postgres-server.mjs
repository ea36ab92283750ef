// How a Postgres 15 of one's own is made and started, for the bench and the soak.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

export const POSTGRES_BINARIES = '/usr/lib/postgresql/15/bin'
export const POSTGRES = join(POSTGRES_BINARIES, 'postgres')

/** Makes an empty folder a cluster that trusts everybody; what its server has to be started with: it refuses to be root. */
export function initCluster(folder) {
  const identity = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid)
  chmodSync(folder, 0o700)
  const options = { ...identity, cwd: folder }
  execFileSync(
    join(POSTGRES_BINARIES, 'initdb'),
    ['-D', folder, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...options, stdio: 'ignore' },
  )
  return options
}

/** The server's arguments: on loopback alone, and its socket in its folder. */
export function serverArguments(folder, port, settings) {
  const each = settings.flatMap((one) => ['-c', one])
  return ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder, ...each]
}

export async function accepts(dsn) {
  const client = new pg.Client({ connectionString: dsn })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

function idOf(flag) {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim())
}
