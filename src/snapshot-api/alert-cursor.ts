import type { AlertCursor } from '../domain/alerts.js'

const FORM = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Where the next page begins, as one word that a client hands back as it is. */
export function formatCursor({ openedAt, alertId }: AlertCursor): string {
  return Buffer.from(`${openedAt}.${alertId}`).toString('base64url')
}

/** Undefined for what no page gave. */
export function parseCursor(text: string): AlertCursor | undefined {
  const [, openedAt, alertId] = FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return openedAt === undefined || alertId === undefined ? undefined : { openedAt: Number(openedAt), alertId }
}
