// The trading system writes nothing for a while, and then all of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'

export const fault = {
  name: 'source-paused',
  title: 'the trading system is paused',
  holds: 'a database without news is no trouble: nothing alerts, and what comes late is read',
  isShort: false,
  secondsFor: lengthBetween(20, 60),
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ simulator, probe }, { seconds }) {
    await probe.pause()
    simulator.pause()
    await sleep(seconds * 1000)
    simulator.resume()
    probe.resume()
    return { problems: [] }
  },
}
