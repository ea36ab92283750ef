import { toFeeRules } from '../../src/config/cost-schedule.js'
import type { FeeRule } from '../../src/domain/fee-schedule.js'
import type { ReferenceOptions } from '../support/reference.js'

/** One dollar an order and a cent a unit, in two of the accounts. */
const SCHEDULED_IN = ['A1', 'A3']
const RULES = toFeeRules([{ name: 'commission', per_order: '1', per_share: '0.01', accounts: SCHEDULED_IN }])

interface Spec {
  readonly hasSchedule: boolean
}

export function settingsOf({ hasSchedule }: Spec): { readonly feeRules: readonly FeeRule[] } {
  return { feeRules: hasSchedule ? RULES : [] }
}

/** The same in words of its own. */
export function referenceScheduleOf({ hasSchedule }: Spec): Pick<ReferenceOptions, 'scheduledCostIn'> {
  if (!hasSchedule) return {}
  return {
    scheduledCostIn: (account) =>
      SCHEDULED_IN.includes(account)
        ? (_, quantity) => (quantity === 0n ? undefined : 10n ** 17n + quantity * 10n ** 6n)
        : undefined,
  }
}
