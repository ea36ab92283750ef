import { backfill } from './backfill.js'
import { calc } from './calc.js'
import type { Command } from './command.js'
import { config } from './config.js'
import { demo } from './demo.js'
import { doctor } from './doctor.js'
import { embedded } from './embedded.js'
import { explain } from './explain.js'
import { gate } from './gate.js'
import { incident } from './incident.js'
import { migrate } from './migrate.js'
import { policy } from './policy.js'
import { record } from './record.js'
import { replay } from './replay.js'
import { serve } from './serve.js'
import { simulate } from './simulate.js'
import { watch } from './watch.js'

export const DEFAULT_COMMAND = 'serve'

/** Every command there is; help and the parser are made from this table. */
export const COMMANDS: readonly Command[] = [
  serve,
  demo,
  watch,
  gate,
  doctor,
  replay,
  explain,
  calc,
  record,
  migrate,
  backfill,
  incident,
  embedded,
  simulate,
  policy,
  config,
]
