import { clickhouseFault } from '../clickhouse-fault.mjs'

export const fault = clickhouseFault({
  name: 'clickhouse-slow',
  title: 'ClickHouse is slow',
  holds: 'an answer that takes seconds holds up nobody but itself',
  errs: false,
  order: { kind: 'delay', delayMs: 3_000 },
})
