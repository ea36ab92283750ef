import type { RequestHandler, Response } from 'express'
import { bookId } from '../../domain/book.js'
import type { BookFrame } from '../../domain/frame.js'
import { readGroups, readMetrics } from '../../domain/reading.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { ApiOptions } from '../api-options.js'
import { missingSwitch } from '../availability.js'
import { checkNames, findBook, liveBooks } from '../find-book.js'
import { decideGate, type GateReason, type GateReasonCode, type GateVerdict, verdictOf } from '../gate-decision.js'
import { readGateQuery } from '../gate-query.js'
import type { GateBody } from '../gate-schema.js'
import { sendJson } from '../responses.js'
import { DEFAULT_WINDOW } from '../snapshot-query.js'

/** `GET /gate`: whether a book may be promoted. Whatever the state it answers; what is not known is never a pass. */
export function gateRoute(options: ApiOptions): RequestHandler {
  return (request, response) => {
    send(response, verdict(request.url, options), options.reader.now())
  }
}

/** What is not known since the shard that knows it does not answer is no pass either. */
export function gateWithoutOwner({ reader }: Pick<ApiOptions, 'reader'>): (response: Response, why: string) => void {
  return (response, why) => send(response, unknown('other_shard', why), reader.now())
}

function send(response: Response, { decision, reasons }: GateVerdict, now: EpochMs): void {
  const body: GateBody = { decision, reasons: reasons.map(reasonBody), evaluated_at: toIso(now) }
  sendJson(response, body)
}

function verdict(url: string, options: ApiOptions): GateVerdict {
  const { reader, gate, alerts, nearNames } = options
  const { query, refusal } = readGateQuery(url)
  const { strategyId, account } = query
  const frames = reader.frames()
  const strategies = reader.strategies()
  const known = frames && { frames, strategies, nearNames }
  if (known !== undefined && strategyId !== undefined) checkNames({ strategyId, account }, known, refusal)
  refusal.throwIfAny()
  const variable = missingSwitch(reader, options) ?? (gate.isEnabled ? undefined : gate.enabledVariable)
  if (variable !== undefined) return unknown('disabled', `turned off: start the exporter with ${variable}=true`)
  if (known === undefined || strategyId === undefined) return unknown('warming_up', 'the first frame is not out yet')
  const isLive = liveBooks(known.frames).some(
    (book) => book.strategyId === strategyId && (account === undefined || book.account === account),
  )
  if (!isLive) return unknown('no_live_book', 'there is no live book: no position, no recent fact')
  const frame = findBook({ strategyId, account }, known, refusal)
  refusal.throwIfAny()
  if (frame === undefined) throw new Error('a book was neither found nor refused')
  if (alerts.isShadow)
    return unknown('shadow', `policies are judged in shadow: start the exporter with ${gate.alertsVariable}=true`)
  return ofBook(frame, options)
}

function ofBook(frame: BookFrame, { reader, gate, alerts, policies, dictionary, calendars }: ApiOptions): GateVerdict {
  const { strategyId, account, calendar } = frame.book
  const now = reader.now()
  return decideGate({
    isStrategyEnabled: reader.strategies().some((strategy) => strategy.strategyId === strategyId && strategy.enabled),
    episodes: alerts.open().filter((episode) => episode.strategyId === strategyId && episode.account === account),
    readings: policies?.readings(bookId(frame.book)) ?? [],
    judgedAt: policies?.judgedAt,
    now,
    maxAgeMs: gate.maxAgeMs,
    groups: readGroups(readMetrics(frame, DEFAULT_WINDOW, dictionary, { now, calendar: calendars[calendar] })),
  })
}

function unknown(reason: GateReasonCode, detail: string): GateVerdict {
  return verdictOf([{ reason, detail }])
}

function reasonBody({ reason, detail, policy, alertId, group }: GateReason): GateBody['reasons'][number] {
  return {
    ...{ reason, detail },
    ...(policy === undefined ? {} : { policy }),
    ...(alertId === undefined ? {} : { alert_id: alertId }),
    ...(group === undefined ? {} : { group }),
  }
}
