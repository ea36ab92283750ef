/** HTTP statuses as ClickHouse's own server gives them, by exception code; all others are 500. */
const STATUS_BY_CODE: ReadonlyMap<number, number> = new Map([
  ...[6, 25, 26, 27, 36, 38, 41, 44, 53, 62, 72, 164, 354].map((code) => [code, 400] as const),
  ...[46, 47, 50, 56, 60, 73, 81, 115].map((code) => [code, 404] as const),
  [307, 413],
  [48, 501],
])

/** An error in ClickHouse's words: what goes into the body, the exception-code header and the status line. */
export interface ClickHouseException {
  readonly code: number
  readonly status: number
  /** `Code: N. DB::Exception: … (NAME)` */
  readonly text: string
}

/** @param name the code's name in ClickHouse, such as `READONLY` */
export function clickHouseException(code: number, name: string, message: string): ClickHouseException {
  return { code, status: STATUS_BY_CODE.get(code) ?? 500, text: `Code: ${code}. DB::Exception: ${message} (${name})` }
}

/** The engine's errors carry ClickHouse's text, some behind words of its own; others are unknown exceptions. */
export function exceptionFromError(error: unknown): ClickHouseException {
  const text = error instanceof Error ? error.message : String(error)
  const match = /Code: (\d+)\. DB::Exception: /.exec(text)
  if (match === null) return clickHouseException(1002, 'UNKNOWN_EXCEPTION', text)
  const code = Number(match[1])
  return { code, status: STATUS_BY_CODE.get(code) ?? 500, text: text.slice(match.index) }
}
