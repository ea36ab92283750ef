import { environmentOf } from '../../../src/app/demo.js'
import { readConfig } from '../../../src/config/config.js'

test("a demo inherits nothing of where series are kept: the rows that wait in that folder are another store's", () => {
  const surroundings = {
    QUANT_SERIES_CLICKHOUSE_URL: 'https://quant:secret@clickhouse:8443/quant',
    QUANT_SERIES_CLICKHOUSE_CLUSTER: 'main',
    QUANT_SERIES_CLICKHOUSE_CA_CERT: 'system',
    QUANT_SERIES_SPILL_DIR: '/var/lib/quant/spill',
  }
  const engines = {
    postgres: { dsn: 'postgresql://demo@127.0.0.1:5433/torghut?sslmode=disable' },
    clickhouse: { host: '127.0.0.1', port: 8124, url: 'http://127.0.0.1:8124' },
  } as Parameters<typeof environmentOf>[0]
  const { series } = readConfig({
    environment: { ...surroundings, ...environmentOf(engines) },
    readFile: () => '',
    isTerminal: false,
  })
  expect(series).toMatchObject({
    place: { connection: { url: 'http://127.0.0.1:8124', ca: undefined }, cluster: undefined },
    spill: undefined,
  })
})
