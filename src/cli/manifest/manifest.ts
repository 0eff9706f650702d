/** A topic as it is, or as it is to be. */
export interface TopicSpec {
  readonly name: string
  /** Null, in a file: as it is, or the broker's default for a new topic. */
  readonly partitions: number | null
  readonly replicationFactor: number | null
  /** The settings of the topic's own under Kafka's names; null, in a file: as they are. */
  readonly configs: ReadonlyMap<string, string> | null
}
