import { accountEquity } from './metrics/account/account-equity.js'
import { accountGrossExposure } from './metrics/account/account-gross-exposure.js'
import { accountMaxDrawdown } from './metrics/account/account-max-drawdown.js'
import { accountNetPnl } from './metrics/account/account-net-pnl.js'
import type { AccountMetric } from './metrics/definition.js'

/** Every metric of accounts, in the order in which frames and documents show them. */
export const ACCOUNT_DICTIONARY: readonly AccountMetric[] = [
  accountEquity,
  accountGrossExposure,
  accountNetPnl,
  accountMaxDrawdown,
]
