/**
 * The process that removes the data folder of a ClickHouse process whose parent is gone: `… <data folder>`.
 *
 * A process of its own because the engine writes as long as it lives: the ClickHouse process can only start this one and
 * die. The second look is for a machine so busy that dying takes longer than starting.
 */
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const SECOND_LOOK_MS = 300

const dataFolder = process.argv[2]
if (dataFolder === undefined) throw new Error('this file is started by the embedded ClickHouse, not by hand')
const remove = () => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
remove()
await sleep(SECOND_LOOK_MS)
remove()
