export type GroupKind = 'consumer' | 'share' | 'streams'

/** Kafka's sentence around the reason of a failure, of the tool for groups of a kind. */
export const failureOf =
  (kind: GroupKind) =>
  (reason: string): string =>
    `Error: Executing ${kind} group command failed due to ${reason}`

export const groupFailure = failureOf('consumer')
