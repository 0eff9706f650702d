import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { RandomBytes } from '../replicas.ts'
import type { Group } from './group.ts'
import type { GroupRecord } from './group-records.ts'

/** Settings of the broker that groups obey, under Kafka's names; looked up each time, as they can change. */
export interface GroupSettings {
  number(name: string): number
  list(name: string): string[]
  text(name: string): string
}

/** What a group needs of the place it lives in. */
export interface GroupHost {
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: GroupSettings
  readonly image: MetadataImage
  readonly randomBytes: RandomBytes
  /** Appends to the partition of the group, all before it returns; throws KafkaError with a coordinator's code. */
  write(records: readonly GroupRecord[]): void
  /** Puts a group in the place of the one that has its id. */
  replace(group: Group): void
}
