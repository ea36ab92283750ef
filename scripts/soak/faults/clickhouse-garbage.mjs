import { clickhouseFault } from '../clickhouse-fault.mjs'

export const fault = clickhouseFault({
  name: 'clickhouse-garbage',
  title: 'ClickHouse answers garbage',
  holds: 'an answer that is no answer is refused as a whole; nothing of it is applied',
  isShort: true,
  order: { kind: 'garbage' },
})
