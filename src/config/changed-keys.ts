import type { QuantConfigFile } from './quant-config-file.js'
import type { QuantConfigYaml } from './quant-config-schema.js'
import { writtenLeaves } from './written-leaves.js'

/** The places in the file whose values differ between two readings, limits of alerts aside. */
export function changedBesidePolicy(
  before: Pick<QuantConfigFile, 'written'>,
  after: Pick<QuantConfigFile, 'written'>,
): string[] {
  const [old, young] = [before, after].map(({ written }) => new Map(writtenLeaves(withoutPolicy(written))))
  const places = new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])])
  return [...places].filter((place) => old?.get(place) !== young?.get(place)).sort()
}

/** Of accounts the file says nothing but limits. */
function withoutPolicy({ policy: _limits, accounts: _ofAccounts, strategies = {}, ...rest }: QuantConfigYaml) {
  return {
    ...rest,
    strategies: Object.fromEntries(
      Object.entries(strategies).map(([id, { policy: _own, accounts: _inAccounts, ...keys }]) => [id, keys]),
    ),
  }
}
