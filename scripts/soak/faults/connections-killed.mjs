// Every connection of the exporter to Postgres is cut by the server, the writer's session of the store among them.
import { AT_ONCE } from '../fault-length.mjs'
import { READER, STORE } from '../postgres.mjs'

export const fault = {
  name: 'connections-killed',
  title: 'all connections to Postgres are killed',
  holds: 'the next poll reads on new connections, from where the last one ended; the store is written again',
  isShort: true,
  secondsFor: AT_ONCE,
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ postgres }) {
    const { rowCount } = await postgres.admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ANY($1)',
      [[READER, STORE]],
    )
    return { problems: rowCount > 0 ? [] : ['there was no connection to kill'], remark: `${rowCount} connections` }
  },
}
