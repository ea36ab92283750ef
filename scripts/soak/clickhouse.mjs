// chDB's engine behind the ClickHouse front in a process of its own, which misbehaves when told to. Its clock is the
// machine's: the engine asks the kernel past libfaketime, and its time decides nothing.
import { fileURLToPath } from 'node:url'
import { startEmbeddedClickHouse } from '../../dist/embedded/embedded-clickhouse.js'

export async function startClickHouse({ folder, port }) {
  const { clickhouse, stop } = await startEmbeddedClickHouse({
    ...{ port, temporaryDirectory: folder, signal: new AbortController().signal },
    childDirectory: fileURLToPath(new URL('../../dist/embedded', import.meta.url)),
    onExit: ({ code, signal }) => console.error(`ClickHouse ended (${signal ?? code})`),
  })
  return { url: clickhouse.url, host: clickhouse.host, port: clickhouse.port, setFault: clickhouse.setFault, stop }
}
