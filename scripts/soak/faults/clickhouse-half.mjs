import { clickhouseFault } from '../clickhouse-fault.mjs'

export const fault = clickhouseFault({
  name: 'clickhouse-half',
  title: 'ClickHouse answers half and hangs up',
  holds: 'half an answer is refused as a whole; its bars are read again',
  order: { kind: 'half_body' },
})
