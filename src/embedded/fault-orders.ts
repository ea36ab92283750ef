import type { SetFaultMessage } from './engine-messages.js'

/** Orders to an engine's process that wait for their acknowledgement. */
export interface FaultOrders<Fault> {
  /** Resolves when the process has answered; rejects when it cannot be reached or ends before it has. */
  give(fault: Fault | undefined, send: (message: SetFaultMessage<Fault>) => Promise<void>): Promise<void>
  acknowledge(id: number): void
  /** The process is gone: what still waits is rejected. */
  abandon(): void
}

export function createFaultOrders<Fault>(): FaultOrders<Fault> {
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  let lastId = 0
  return {
    give: (fault, send) =>
      new Promise((resolve, reject) => {
        lastId += 1
        const id = lastId
        waiting.set(id, { resolve, reject })
        send({ type: 'set_fault', id, fault: fault ?? null }).catch((error) => {
          waiting.delete(id)
          reject(error)
        })
      }),
    acknowledge: (id) => {
      waiting.get(id)?.resolve()
      waiting.delete(id)
    },
    abandon: () => {
      for (const { reject } of waiting.values())
        reject(new Error('the process of the database ended before it answered'))
      waiting.clear()
    },
  }
}
