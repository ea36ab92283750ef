import type { EpochMs } from './time.js'

/** What can go wrong in a simulated trading system. */
export const SIMULATED_INCIDENT_NAMES = [
  'feed-pause',
  'signal-gap',
  'stale-context',
  'reject-storm',
  'route-fallback',
  'drawdown',
  'slippage',
  'cash-gap',
] as const
export type SimulatedIncident = (typeof SIMULATED_INCIDENT_NAMES)[number]

/** Those of the simulated world, and one that befalls the database that the world is written to. */
export const INCIDENT_NAMES = [...SIMULATED_INCIDENT_NAMES, 'db-down'] as const
export type IncidentName = (typeof INCIDENT_NAMES)[number]

/** What each of them does, in a sentence. */
export const INCIDENT_SUMMARIES: Readonly<Record<IncidentName, string>> = {
  'feed-pause': 'market data stops being stored, bars and signals alike; trading goes on',
  'signal-gap': 'no signals are made, so nothing is decided and no account is snapshotted; bars go on',
  'stale-context': 'reviews are made on a market context that is half an hour old',
  'reject-storm': 'the broker rejects nine in ten orders, half of them without a row of their own',
  'route-fallback': 'every order leaves by another adapter than the one that was meant',
  drawdown: 'what the accounts hold moves against them by about 9 % of their equity in four minutes',
  slippage: 'fills cost 70 to 140 bps more than the quote',
  'cash-gap': 'the broker shows 0.5 % of what each account began with less cash than its fills explain',
  'db-down': 'Postgres hangs up on everybody; its data is there again afterwards',
}

/** One incident as it is now. Both instants are T; neither is there while it is off. */
export interface IncidentState {
  readonly name: IncidentName
  readonly isOn: boolean
  readonly since: EpochMs | undefined
  /** When it ends by itself; undefined: when it is stopped. */
  readonly until: EpochMs | undefined
}

/**
 * Switches incidents on and off. Called from a control route, one call at a time or several at once, in any order.
 *
 * Starting one that is on gives it a new end; stopping one that is off does nothing. A rejection is a QuantError
 * `engine_failed`: the database's process is gone.
 */
export interface IncidentControl {
  /** The incidents that there are here. */
  readonly names: readonly IncidentName[]
  list(): readonly IncidentState[]
  /** @param forMs how long it lasts, in milliseconds of T; undefined: until it is stopped */
  start(name: IncidentName, forMs?: number): Promise<IncidentState>
  stop(name: IncidentName): Promise<IncidentState>
}
