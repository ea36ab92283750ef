/** What a text is as JSON; undefined where it is none, which has no shape either: whoever asked says what that means. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
