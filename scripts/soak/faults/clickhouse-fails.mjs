import { clickhouseFault } from '../clickhouse-fault.mjs'

export const fault = clickhouseFault({
  name: 'clickhouse-fails',
  title: 'ClickHouse answers 500',
  holds: 'frames go on with the prices that are known; Postgres is read as ever',
  order: { kind: 'status', status: 500 },
})
