// The store's server has no space left: every row that the exporter writes there is refused as such, by triggers, since a
// full disk would be everybody's.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { sumOf } from '../metrics-page.mjs'
import { until } from '../processes.mjs'

const TOLD_AFTER_SECONDS = 200

export const fault = {
  name: 'store-full',
  title: 'the store is full: it refuses every row (disk_full, raised by triggers)',
  holds: 'ticks, scrapes and streams go on; everything is written once there is space',
  isShort: false,
  secondsFor: lengthBetween(15, 60),
  mayAlert: ['QuantStoreFailing'],
  mustAlertFor: (seconds) => (seconds >= TOLD_AFTER_SECONDS ? ['QuantStoreFailing'] : []),
  async play({ postgres, exporter }, { seconds }) {
    const storesUp = async () => sumOf(await exporter.page(), 'quant_store_up')
    const before = await storesUp()
    const { rows } = await postgres.storeAdmin.query(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'quant'`,
    )
    await postgres.storeAdmin.query(
      `CREATE FUNCTION soak_full() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
    )
    // A child of a partitioned table has its parent's already.
    for (const { name } of rows)
      await postgres.storeAdmin.query(
        `CREATE TRIGGER soak_full BEFORE INSERT OR UPDATE ON ${name} FOR EACH STATEMENT EXECUTE FUNCTION soak_full()`,
      )
    await sleep(seconds * 1000)
    const isReady = await exporter.isReady()
    const down = before - (await storesUp())
    await postgres.storeAdmin.query('DROP FUNCTION soak_full() CASCADE')
    await until(async () => (await storesUp()) >= before, {
      withinMs: 120_000,
      describe: () => `the store is written again: ${exporter.log().slice(-1_000)}`,
    })
    return {
      problems: [
        ...(down > 0 ? [] : ['quant_store_up was 1 while nothing could be written']),
        ...(isReady ? [] : ['/readyz was not 200']),
      ],
      remark: `${down} stores down meanwhile`,
    }
  },
}
