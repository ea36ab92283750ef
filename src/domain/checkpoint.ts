/** A row of a source and the version of it that was read. */
export type RowVersionPair = readonly [id: string, version: string]

/** The versions of everything that an order was made of. */
export interface OrderVersions {
  readonly row: RowVersionPair
  readonly events: readonly RowVersionPair[]
  readonly activities: readonly RowVersionPair[]
}

/** What a source may begin with instead of reading certain orders: told to it, and asked by it. */
export interface HydrationStart {
  /** Orders that need not be read, and those that it was taken from all the same. */
  readonly spared: readonly OrderVersions[]
  readonly kept: readonly OrderVersions[]
  /** The source's schema when they were read. */
  readonly schemaKey: string
  /** The positions are to be taken up; before any order is told. */
  begin(): void
  /** Whether all that was told agrees with them. */
  isSound(): boolean
  /** Rows are others than it was taken from: it is not taken up. */
  refuse(): void
  /** They are to be forgotten; the orders that they stood for are told at once. */
  forget(): void
}
