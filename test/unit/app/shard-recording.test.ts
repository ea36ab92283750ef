import { standingClock, startExporter } from '../../support/exporter.js'

test('a shard records nothing: what it reads is not for all books', async () => {
  const environment = { TORGHUT_DB_DSN: 'postgresql://nobody@127.0.0.1:1/none?sslmode=disable', QUANT_SHARD: '1/2' }
  await expect(startExporter(environment, standingClock(0), { recordInto: '/nowhere' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('quant-exporter record'),
  })
})
