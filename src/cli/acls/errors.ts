/** Each reason once: what keeps one ACL mostly keeps them all. */
export function distinctErrors<E extends Error>(errors: readonly (E | undefined)[]): E[] {
  const byMessage = new Map(errors.flatMap((error) => (error ? [[error.message, error] as const] : [])))
  return [...byMessage.values()]
}
