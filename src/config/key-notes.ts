import { z } from 'zod'

/** What messages and documentation say of a key of the file. */
export interface KeyNotes {
  /** Ends the sentence "it must be …". */
  readonly allowed: string
  readonly description?: string
  /** What holds without the key, as the documentation says it. */
  readonly fallback?: string
  /** How the documentation writes a key that can have any name. */
  readonly placeholder?: string
}

/** The notes of each part of the schema; a part stands in one place only, so that its notes are its own. */
export const KEY_NOTES = z.registry<KeyNotes>()

/** Adds what messages and documentation say of a part of the schema. */
export function notes<Schema extends z.ZodType>(schema: Schema, about: KeyNotes): Schema {
  KEY_NOTES.add(schema, about)
  return schema
}

/** Issues with this mark have a sentence of their own as their message. */
export const IN_WORDS = { isSentence: true }
