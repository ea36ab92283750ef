import type { ComputeSettings } from '../../src/compute/settings.js'

/** One dollar an order and a cent a unit, in two of the accounts. */
const SCHEDULED_IN = ['A1', 'A3']

export function settingsOf({ hasSchedule }: { readonly hasSchedule: boolean }): Partial<ComputeSettings> {
  if (!hasSchedule) return {}
  return {
    scheduledCostIn: (account) =>
      SCHEDULED_IN.includes(account)
        ? (_, quantity) => (quantity === 0n ? undefined : 10n ** 17n + quantity * 10n ** 6n)
        : undefined,
  }
}
