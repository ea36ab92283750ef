/**
 * What the exporter's process and an engine's process say to each other over the IPC channel.
 *
 * This file is read by both sides and loads nothing, so that a child can still report that a package is missing.
 */

/** A way in which the ClickHouse front misbehaves on purpose, for every request until it is changed. */
export type ClickHouseFault =
  /** Answers this HTTP status with ClickHouse's error text. */
  | { readonly kind: 'status'; readonly status: number }
  /** Answers 200 with bytes that no format can parse. */
  | { readonly kind: 'garbage' }
  /** Announces the whole length, sends half of the true answer and cuts the connection. */
  | { readonly kind: 'half_body' }
  /** Waits before it does anything else. */
  | { readonly kind: 'delay'; readonly delayMs: number }

/** A way in which the Postgres front misbehaves on purpose: every connection is cut, and new ones at once. */
export type PostgresFault = { readonly kind: 'hang_up' }

export const FAILURE_REASONS = ['package_missing', 'port_in_use', 'data_folder', 'engine'] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

/** Child to parent. */
export type EngineMessage =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly reason: FailureReason; readonly detail: string }
  | { readonly type: 'fault_set'; readonly id: number }

/** Parent to child. `null` is "no fault": the channel speaks JSON, which has no undefined. */
export interface SetFaultMessage<Fault> {
  readonly type: 'set_fault'
  readonly id: number
  readonly fault: Fault | null
}

/** The message as an EngineMessage, or undefined when it is something else. */
export function readEngineMessage(message: unknown): EngineMessage | undefined {
  return hasType(message, ['ready', 'failed', 'fault_set']) ? (message as EngineMessage) : undefined
}

/** The message as a SetFaultMessage of the engine that it was sent to, or undefined when it is something else. */
export function readSetFaultMessage<Fault>(message: unknown): SetFaultMessage<Fault> | undefined {
  return hasType(message, ['set_fault']) ? (message as SetFaultMessage<Fault>) : undefined
}

function hasType(message: unknown, types: readonly string[]): message is { type: string } {
  return typeof message === 'object' && message !== null && 'type' in message && types.includes(String(message.type))
}

/** How a child names what stopped it: by the error's code where Node gives one. */
export function failureOf(error: unknown): EngineMessage {
  const detail = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason: FailureReason =
    code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'CHDB_PLATFORM'
      ? 'package_missing'
      : code === 'EADDRINUSE'
        ? 'port_in_use'
        : 'engine'
  return { type: 'failed', reason, detail }
}
