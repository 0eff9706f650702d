/** Kafka's sentence around the reason of a failure. */
export const groupFailure = (reason: string): string =>
  `Error: Executing consumer group command failed due to ${reason}`
