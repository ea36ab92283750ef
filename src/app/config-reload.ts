import { changedBesidePolicy } from '../config/changed-keys.js'
import type { Config } from '../config/config.js'
import type { QuantConfigFile } from '../config/quant-config-file.js'
import { rereadQuantConfig } from '../config/read-quant-config.js'
import { QuantErrors } from '../domain/errors.js'
import type { ReloadResult } from '../exporter/self-metrics.js'
import { describeError, type Logger } from '../lib/logger.js'
import { Loop } from '../lib/loop.js'
import type { Releasers } from '../lib/releasers.js'
import { readTextFileLater } from '../lib/text-file.js'
import type { PolicySettings } from '../policy/limits.js'

/** How often is looked whether the file says something else. */
const LOOK_MS = 2_000

export interface ConfigReloadOptions {
  readonly config: Config
  /** Whose settings are replaced. */
  readonly policy: { settings: PolicySettings }
  readonly log: Logger
  /** Told of every reading that was judged. */
  readonly onResult: (result: ReloadResult) => void
  /** The text of the file; rejects as node's own functions do. */
  readonly readText?: (path: string) => Promise<string>
}

/** What the file held at one look: its text, or why it could not be read. */
type Seen = { readonly text: string } | { readonly error: unknown }

/**
 * Takes limits of alerts from QUANT_CONFIG while the process runs. Of everything else the file says, what held at the
 * start goes on: it is woven into what has been computed since.
 */
export class ConfigReload {
  readonly #options: ConfigReloadOptions
  readonly #path: string
  readonly #readText: (path: string) => Promise<string>
  #judged: Seen
  /** Another content, seen once: somebody may be in the middle of writing it. */
  #pending: Seen | undefined

  constructor(path: string, options: ConfigReloadOptions) {
    this.#path = path
    this.#options = options
    this.#readText = options.readText ?? readTextFileLater
    this.#judged = { text: options.config.file.text }
  }

  /**
   * Looks whether the content is another than the one judged last, and judges it at the second look that finds the same.
   * Its times are not asked: a mounted file is replaced by way of a link, and may keep them.
   */
  async look(): Promise<void> {
    const seen = await this.#see()
    if (isSame(seen, this.#judged)) this.#pending = undefined
    else if (this.#pending === undefined || !isSame(seen, this.#pending)) this.#pending = seen
    else this.#judge(seen)
  }

  /** Reads and judges at once, whatever the content was. */
  async reload(): Promise<void> {
    this.#judge(await this.#see())
  }

  async #see(): Promise<Seen> {
    try {
      return { text: await this.#readText(this.#path) }
    } catch (error) {
      return { error }
    }
  }

  #judge(seen: Seen): void {
    const { config, policy, log, onResult } = this.#options
    this.#pending = undefined
    this.#judged = seen
    let file: QuantConfigFile
    try {
      file = rereadQuantConfig(this.#path, () => textOf(seen))
    } catch (error) {
      const problems = error instanceof QuantErrors ? error.problems.join('; ') : describeError(error)
      log.error('QUANT_CONFIG was read again and refused; the limits of before stay in force', { problems })
      onResult('refused')
      return
    }
    policy.settings = { ...file.policy, environment: config.policy.environment }
    log.info('QUANT_CONFIG was read again: its limits of alerts are in force')
    const others = changedBesidePolicy(config.file, file)
    if (others.length > 0)
      log.warn('QUANT_CONFIG says other things than at the start, which count after a restart', {
        keys: others.join(', '),
      })
    onResult('applied')
  }
}

function textOf(seen: Seen): string {
  if ('error' in seen) throw seen.error
  return seen.text
}

function isSame(one: Seen, other: Seen): boolean {
  if ('text' in one) return 'text' in other && one.text === other.text
  return 'error' in other && describeError(one.error) === describeError(other.error)
}

/** Watches the file of a running process, where there is one; what comes back reads it at once. */
export function watchConfig({
  releasers,
  random,
  policy,
  ...options
}: Omit<ConfigReloadOptions, 'policy'> & {
  readonly policy: ConfigReloadOptions['policy'] | undefined
  readonly releasers: Releasers
  readonly random: () => number
}): () => Promise<void> {
  const { config, log } = options
  if (config.filePath === undefined || policy === undefined)
    return async () => log.info('nothing to read again: QUANT_CONFIG is not set, or the main switch is off')
  const reload = new ConfigReload(config.filePath, { ...options, policy })
  const loop = new Loop({
    ...{ periodMs: LOOK_MS, random },
    run: () => reload.look(),
    onError: (error) => log.error('QUANT_CONFIG could not be looked at', { error: describeError(error) }),
  })
  releasers.push('configuration', () => loop.stop())
  loop.start()
  return () => reload.reload()
}
