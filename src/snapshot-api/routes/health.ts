import type { RequestHandler } from 'express'
import { roundForOutput } from '../../domain/exact.js'
import { UNIT_DECIMALS } from '../../domain/metric.js'
import type { HealthReport, StageHealth } from '../../domain/ports.js'
import type { Shard } from '../../domain/shards.js'
import type { ApiOptions } from '../api-options.js'
import { isoOrNull } from '../iso-or-null.js'
import { parseQuery } from '../query.js'
import { Refusal } from '../refusal.js'
import { sendJson } from '../responses.js'
import type { HealthBody } from '../schemas.js'
import { sessionBody } from '../session-body.js'

/** `GET /health`: how each stage is doing. 200 while the process can answer; the body carries the truth. */
export function healthRoute({ reader, calendars, build, shards }: ApiOptions): RequestHandler {
  return (request, response) => {
    new Refusal(parseQuery(request.url, []).problems).throwIfAny()
    const { status, stages, isWriter, frames, facts } = reader.health()
    const now = reader.now()
    const body: HealthBody = {
      status,
      stages: stages.map(stageBody),
      ...(shards === undefined ? {} : shardBody(shards.ownership.shard)),
      ...(isWriter === undefined ? {} : { writer: isWriter }),
      frames: framesBody(frames),
      facts: {
        rejected: facts.rejected,
        orphans: facts.orphans,
        waiting_for_price: facts.waitingForPrice,
        snapshots_refused: facts.snapshotsRefused,
        inferred_flows: facts.inferredFlows,
        rebases: facts.rebases,
      },
      session: Object.values(calendars).map((calendar) => sessionBody(calendar, now)),
      build: { version: build.version, revision: build.revision },
    }
    sendJson(response, body)
  }
}

function shardBody({ index, count }: Shard): Pick<HealthBody, 'shard' | 'shards'> {
  return { shard: index, shards: count }
}

function stageBody(stage: StageHealth): HealthBody['stages'][number] {
  return {
    stage: stage.stage,
    status: stage.status,
    lag_seconds: rounded(stage.lagSeconds),
    last_success_at: isoOrNull(stage.lastSuccessAt),
    last_error_at: isoOrNull(stage.lastErrorAt),
    last_error_code: stage.lastErrorCode,
    errors_total: stage.errorsTotal,
    last_frame_seq: stage.lastFrameSeq,
    ...(stage.verifiedAt === undefined ? {} : { verified_at: isoOrNull(stage.verifiedAt) }),
  }
}

function framesBody({ lastAt, missingSeconds, droppedTotal }: HealthReport['frames']): HealthBody['frames'] {
  return { last_at: isoOrNull(lastAt), missing_seconds: rounded(missingSeconds), dropped_total: droppedTotal }
}

function rounded(seconds: number | null): number | null {
  return seconds === null ? null : roundForOutput(seconds, UNIT_DECIMALS.seconds)
}
