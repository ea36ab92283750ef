import { choiceOf, type Fields, listOf, MalformedAnswer, optionalTextOf, parseFields, textOf } from './fields.js'
import { linkOfAnswer } from './refusal.js'
import { unreachable } from './unreachable.js'

/** What the gate of a running exporter said of a book. What is not known, for whatever reason, is never a pass. */
export interface GateAnswer {
  readonly decision: 'pass' | 'fail' | 'unknown'
  /** Why, each on a line for people; empty exactly where it is a pass. */
  readonly reasons: readonly string[]
}

/** Asks once. Who does not answer, refuses, or answers something else makes it unknown; nothing is thrown. */
export async function askGate(url: string, token: string | undefined, signal: AbortSignal): Promise<GateAnswer> {
  try {
    const headers = { Accept: 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) }
    const response = await fetch(url, { signal, headers, redirect: 'error' })
    if (response.status === 200) return readGate(await response.text())
    const link = await linkOfAnswer(response, 0)
    return unknown(`${response.status}: ${'why' in link ? link.why : link.state}`)
  } catch (error) {
    if (error instanceof MalformedAnswer) return unknown(`what came could not be read: ${error.message}`)
    return unknown(unreachable(error))
  }
}

/** Reads a body of /gate; throws MalformedAnswer where it is none, or contradicts itself. */
export function readGate(body: string): GateAnswer {
  const fields = parseFields(body)
  const decision = choiceOf(fields, 'decision', ['pass', 'fail', 'unknown'])
  const reasons = listOf(fields, 'reasons', describeReason)
  if ((decision === 'pass') !== (reasons.length === 0))
    throw new MalformedAnswer(`a ${decision} with ${reasons.length} reasons`)
  return { decision, reasons }
}

function describeReason(fields: Fields): string {
  const [policy, group] = [optionalTextOf(fields, 'policy'), optionalTextOf(fields, 'group')]
  const about = policy ?? group
  return `${textOf(fields, 'reason')}${about === undefined ? '' : ` (${about})`}: ${textOf(fields, 'detail')}`
}

function unknown(reason: string): GateAnswer {
  return { decision: 'unknown', reasons: [reason] }
}
