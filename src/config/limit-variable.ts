import { z } from 'zod'
import { POLICIES, type Policy, type PolicyKey } from '../policy/catalogue.js'
import { type Format, optionalSetting, type Setting } from './setting.js'

const UNITS: Partial<Record<Policy['unit'], string>> = { seconds: 's', bps: 'bps' }

/** The variable that sets a limit for all books; only of a policy that has one. */
export function limitVariable(policyKey: PolicyKey): Setting<number | 'off' | undefined> {
  const policy = POLICIES[policyKey]
  const { variable, description, limit } = policy
  if (variable === undefined) throw new Error(`the policy ${policyKey} has no variable`)
  const unit = UNITS[policy.unit]
  return optionalSetting({
    key: variable,
    section: 'Alerts',
    description: `${description} It goes before \`policy.${policyKey}\` in QUANT_CONFIG; limits of single strategies and accounts go before it.`,
    ...(unit === undefined ? {} : { unit }),
    fallbackNote: `\`policy.${policyKey}\`, else \`${limit}\``,
    format: limitFormat(policy),
  })
}

export function rangeText({ range: { min, max } }: Policy): string {
  return `a number from ${min} to ${max}`
}

function limitFormat(policy: Policy): Format<number | 'off'> {
  const { min, max } = policy.range
  const number = z
    .string()
    .regex(/^-?\d{1,15}(\.\d{1,9})?$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)
  return {
    schema: z.union([z.literal('off'), number]),
    allowed: `${rangeText(policy)}, or off`,
    example: String(policy.limit),
  }
}
