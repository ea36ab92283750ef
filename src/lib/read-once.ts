/** What is known under a key, or is read now and known from now on. */
export function readOnce<Key, Value>(known: Map<Key, Value>, key: Key, read: () => Value): Value {
  const before = known.get(key)
  if (before !== undefined) return before
  const value = read()
  known.set(key, value)
  return value
}
