import { z } from 'zod'
import { recordOf } from '../lib/record-of.js'
import { POLICIES, POLICY_KEYS, type Policy, type PolicyKey } from '../policy/catalogue.js'
import type { LimitSetting, LimitSettings, PolicySettings } from '../policy/limits.js'
import { IN_WORDS, notes } from './key-notes.js'
import { rangeText } from './limit-variable.js'

/** Frames are judged by calendar, not by book: their limit has no override. */
const OVERRIDABLE = POLICY_KEYS.filter((key) => POLICIES[key].judged !== 'frame_age')

function limitSchema(policy: Policy, words: readonly ['off'] | readonly ['on', 'off']) {
  return z.union([z.number().min(policy.range.min).max(policy.range.max), z.enum(words)])
}

function defaultLimit(key: PolicyKey) {
  const policy = POLICIES[key]
  const { description, limit, variable } = policy
  const byDefault = limit === undefined ? '`off`' : `\`${limit}\``
  return notes(limitSchema(policy, ['off']), {
    allowed: `${rangeText(policy)}, or off`,
    description: variable === undefined ? description : `${description} \`${variable}\` goes before it.`,
    fallback: byDefault,
  }).optional()
}

/** The limits of all books that have no other. */
export const policyDefaults = notes(z.strictObject(recordOf(POLICY_KEYS, defaultLimit)), { allowed: 'a map of limits' })

/** The limits of some books: the same keys, each of which may be left out. */
export function policyOverrides(of: string) {
  const limits = recordOf(OVERRIDABLE, (key) =>
    notes(limitSchema(POLICIES[key], ['on', 'off']), { allowed: `${rangeText(POLICIES[key])}, on or off` }).optional(),
  )
  return notes(z.strictObject(limits), {
    allowed: 'a map of limits',
    description: `Limits ${of}: the keys of \`policy\`, save \`missing_update_seconds\`. \`on\` takes the limit that would hold anyway; it says that the policy holds where a simulation alone trades, too.`,
  })
}

interface WrittenPolicies {
  readonly policy?: Written | undefined
  readonly accounts?: Readonly<Record<string, { readonly policy?: Written | undefined }>> | undefined
  readonly strategies?:
    | Readonly<
        Record<string, { readonly policy?: Written | undefined; readonly accounts?: WrittenPolicies['accounts'] }>
      >
    | undefined
}
type Written = { readonly [Key in PolicyKey]?: LimitSetting | undefined }

/** What the file says of limits. */
export function toFilePolicy({
  policy,
  accounts,
  strategies = {},
}: WrittenPolicies): Omit<PolicySettings, 'environment'> {
  return {
    defaults: given(policy),
    accounts: ofAccounts(accounts),
    strategies: new Map(
      Object.entries(strategies)
        .map(([id, own]) => [id, { everywhere: given(own.policy), accounts: ofAccounts(own.accounts) }] as const)
        .filter(([, { everywhere, accounts: inAccounts }]) => Object.keys(everywhere).length + inAccounts.size > 0),
    ),
  }
}

function ofAccounts(accounts: WrittenPolicies['accounts']): Map<string, LimitSettings> {
  return new Map(Object.entries(accounts ?? {}).map(([account, { policy }]) => [account, given(policy)]))
}

/** The limits that are there. */
export function given(limits: Written | undefined): LimitSettings {
  return Object.fromEntries(Object.entries(limits ?? {}).filter(([, limit]) => limit !== undefined))
}

/** `on` takes a limit from elsewhere: told where there is none to take. */
export function refuseOnWithoutLimit(written: WrittenPolicies, context: z.core.$RefinementCtx): void {
  const { defaults, accounts, strategies } = toFilePolicy(written)
  const check = (limits: LimitSettings, path: readonly string[]) => {
    for (const key of POLICY_KEYS)
      if (limits[key] === 'on' && POLICIES[key].limit === undefined && typeof defaults[key] !== 'number')
        context.addIssue({
          code: 'custom',
          path: [...path, 'policy', key],
          message: `there is no limit to switch on; write the limit, here or at policy.${key}`,
          params: IN_WORDS,
        })
  }
  for (const [account, limits] of accounts) check(limits, ['accounts', account])
  for (const [id, own] of strategies) {
    check(own.everywhere, ['strategies', id])
    for (const [account, limits] of own.accounts) check(limits, ['strategies', id, 'accounts', account])
  }
}
