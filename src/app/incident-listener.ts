import type { ListenAddress } from '../domain/connections.js'
import type { IncidentControl } from '../domain/incident.js'
import type { Logger } from '../lib/logger.js'
import { nearNames } from '../lib/near-names.js'
import { createHttpApp } from '../snapshot-api/http-app.js'
import { createIncidentRouter } from '../snapshot-api/incidents/incident-router.js'
import { listen, type RunningServer } from './http-server.js'

/** The control route of a simulation, on a loopback address of its own. */
export function listenForIncidents(
  control: IncidentControl,
  address: ListenAddress,
  log: Pick<Logger, 'error'>,
): Promise<RunningServer> {
  return listen(
    createHttpApp({ routers: [createIncidentRouter({ control, nearNames })], log }),
    address,
    '--control-listen',
  )
}
