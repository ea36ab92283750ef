import type { BookKey } from '../domain/book.js'
import { ALL_POLICIES, isOffInSimulation, POLICIES, type Policy, type PolicyKey } from './catalogue.js'

/** A limit in the policy's unit; `off`; or `on`, the limit that would hold anyway, where a simulation alone trades too. */
export type LimitSetting = number | 'on' | 'off'
export type LimitSettings = Readonly<Partial<Record<PolicyKey, LimitSetting>>>

/** What configuration says of limits, from the general to the specific. */
export interface PolicySettings {
  /** Of every book, from the file. */
  readonly defaults: LimitSettings
  /** Of every book, from the environment, which goes before the file's. */
  readonly environment: LimitSettings
  readonly accounts: ReadonlyMap<string, LimitSettings>
  readonly strategies: ReadonlyMap<string, StrategyLimits>
}

export interface StrategyLimits {
  readonly everywhere: LimitSettings
  /** In one of its accounts. */
  readonly accounts: ReadonlyMap<string, LimitSettings>
}

/** Who decided: the most specific that says anything, or that only a simulation trades in the account. */
export type LimitSource =
  | 'strategy_and_account'
  | 'strategy'
  | 'account'
  | 'environment'
  | 'file'
  | 'code'
  | 'simulation'

export interface EffectiveLimit {
  readonly policy: Policy
  /** Undefined: the policy is off for the book. */
  readonly limit: number | undefined
  /** Where the limit stands, or what turned it off. */
  readonly source: LimitSource
}

interface Layer {
  readonly source: LimitSource
  readonly settings: LimitSettings | undefined
}

const CODE: LimitSettings = Object.fromEntries(ALL_POLICIES.map(({ key, limit }) => [key, limit]))

/**
 * The limit that holds for a policy in a book: what is said most specifically, of the strategy in the account, of the
 * strategy, of the account, by the environment, by the file for all, by default.
 *
 * `isSimulated`: all orders of the account came from a simulation. Then a policy that judges trading is off unless one of
 * the first three says something else.
 */
export function effectiveLimit(
  settings: PolicySettings,
  key: PolicyKey,
  book: BookKey,
  isSimulated: boolean,
): EffectiveLimit {
  const policy = POLICIES[key]
  const { specific, general } = layersOf(settings, book)
  const layers =
    isSimulated && isOffInSimulation(policy) && !says(specific, key) ? [SIMULATION] : [...specific, ...general]
  const first = layers.find((layer) => says([layer], key))
  const deciding = first?.settings?.[key] === 'on' ? layers.find((layer) => isNumber(layer, key)) : first
  const limit = deciding?.settings?.[key]
  return { policy, limit: typeof limit === 'number' ? limit : undefined, source: deciding?.source ?? 'code' }
}

const SIMULATION: Layer = {
  source: 'simulation',
  settings: Object.fromEntries(ALL_POLICIES.map(({ key }) => [key, 'off'])),
}

function layersOf(settings: PolicySettings, { strategyId, account }: BookKey) {
  const ofStrategy = settings.strategies.get(strategyId)
  const specific: readonly Layer[] = [
    { source: 'strategy_and_account', settings: ofStrategy?.accounts.get(account) },
    { source: 'strategy', settings: ofStrategy?.everywhere },
    { source: 'account', settings: settings.accounts.get(account) },
  ]
  const general: readonly Layer[] = [
    { source: 'environment', settings: settings.environment },
    { source: 'file', settings: settings.defaults },
    { source: 'code', settings: CODE },
  ]
  return { specific, general }
}

function says(layers: readonly Layer[], key: PolicyKey): boolean {
  return layers.some(({ settings }) => settings?.[key] !== undefined)
}

function isNumber({ settings }: Layer, key: PolicyKey): boolean {
  return typeof settings?.[key] === 'number'
}

/** A strategy and its accounts, as far as overrides can name them. */
export interface KnownStrategy {
  readonly strategyId: string
  readonly accounts: readonly string[]
}

/** The places in the file of overrides that name no strategy, account or book that is known. */
export function unmatchedOverrides(settings: PolicySettings, known: readonly KnownStrategy[]): string[] {
  const accountsOf = new Map(known.map(({ strategyId, accounts }) => [strategyId, new Set(accounts)]))
  const allAccounts = new Set(known.flatMap(({ accounts }) => accounts))
  const places: string[] = []
  for (const [account, limits] of settings.accounts)
    if (isAny(limits) && !allAccounts.has(account)) places.push(`accounts.${account}.policy`)
  for (const [strategyId, { everywhere, accounts }] of settings.strategies) {
    if (isAny(everywhere) && !accountsOf.has(strategyId)) places.push(`strategies.${strategyId}.policy`)
    for (const [account, limits] of accounts)
      if (isAny(limits) && accountsOf.get(strategyId)?.has(account) !== true)
        places.push(`strategies.${strategyId}.accounts.${account}.policy`)
  }
  return places
}

function isAny(limits: LimitSettings): boolean {
  return Object.keys(limits).length > 0
}
