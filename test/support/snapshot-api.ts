import type { Express } from 'express'
import request from 'supertest'
import { createCalendars } from '../../src/domain/calendars.js'
import type { FrameReader } from '../../src/domain/ports.js'
import { API_BASE_PATH, createSnapshotApi, type SnapshotApiOptions } from '../../src/snapshot-api/snapshot-api.js'
import { alertBoard } from './alerts.js'
import { frameReader, SMALL_DICTIONARY } from './frames.js'

export const BASE = API_BASE_PATH
const CALENDARS = createCalendars()

export const GATE_SETTINGS: SnapshotApiOptions['gate'] = {
  isEnabled: true,
  enabledVariable: 'QUANT_GATE_ENABLED',
  alertsVariable: 'JANGAR_TORGHUT_QUANT_ALERTS_ENABLED',
  maxAgeMs: 15_000,
}

interface LoggedError {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

interface TestApi {
  readonly app: Express
  readonly logged: readonly LoggedError[]
}

/** The API over a reader double, on loopback, everything turned on. */
export function testApi(reader: FrameReader = frameReader(), options: Partial<SnapshotApiOptions> = {}): TestApi {
  const logged: LoggedError[] = []
  const app = createSnapshotApi({
    reader,
    betweenTicks: async (work) => work(),
    explain: () => undefined,
    stored: undefined,
    stream: undefined,
    alerts: alertBoard(),
    policies: undefined,
    gate: GATE_SETTINGS,
    dictionary: SMALL_DICTIONARY,
    calendars: CALENDARS,
    build: { version: '1.2.3', revision: 'abc1234' },
    enabledVariable: 'JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED',
    isLoopback: true,
    apiEnabled: true,
    log: { error: (message, fields = {}) => logged.push({ message, fields }) },
    newRequestId: () => 'generated-id',
    ...options,
  })
  return { app, logged }
}

/** GET below the base path, over a reader double. */
export function get(path: string, reader?: FrameReader, options?: Partial<SnapshotApiOptions>): request.Test {
  return request(testApi(reader, options).app).get(`${BASE}${path}`)
}
