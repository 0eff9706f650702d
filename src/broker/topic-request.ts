/** A topic that is made without a client asking for it; what is left out takes the broker's defaults. */
export interface TopicRequest {
  readonly name: string
  readonly partitions?: number | undefined
  readonly replicationFactor?: number | undefined
  /** Topic settings under Kafka's names, as strings. */
  readonly configs?: Readonly<Record<string, string>> | undefined
}
