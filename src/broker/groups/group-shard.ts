import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Codec } from '../../records/codec.ts'
import { BatchBuilder } from '../../records/record.ts'
import { toKafkaError } from '../failures.ts'
import { ClassicGroup } from './classic-group.ts'
import { recordOfGroup } from './classic-records.ts'
import { ConsumerGroup } from './consumer-group.ts'
import type { Group } from './group.ts'
import type { GroupHost, GroupSettings } from './group-host.ts'
import type { GroupRecord } from './group-records.ts'
import { OffsetStore } from './offset-store.ts'

/** How a failure to append reaches those who asked the coordinator. */
const COORDINATOR_CODES: Partial<Record<ErrorName, ErrorName>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'COORDINATOR_NOT_AVAILABLE',
  NOT_ENOUGH_REPLICAS: 'COORDINATOR_NOT_AVAILABLE',
  REQUEST_TIMED_OUT: 'COORDINATOR_NOT_AVAILABLE',
  NOT_LEADER_OR_FOLLOWER: 'NOT_COORDINATOR',
  KAFKA_STORAGE_ERROR: 'NOT_COORDINATOR',
  MESSAGE_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  RECORD_LIST_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  INVALID_FETCH_SIZE: 'UNKNOWN_SERVER_ERROR',
}

/** Where a shard's records go. */
export interface ShardLog {
  /** Appends all of the batches or none. */
  append(batches: Buffer): void
  /** max.message.bytes of the topic. */
  readonly maxBatchBytes: number
  /** offsets.topic.compression.codec */
  readonly codec: Codec | null
}

const INITIAL_BATCH_BYTES = 1024
/** Room for what surrounds key and value of a record. */
const RECORD_OVERHEAD_BYTES = 40

/** The groups of one partition of __consumer_offsets. */
export class GroupShard implements GroupHost {
  readonly groups = new Map<string, Group>()
  readonly offsets = new OffsetStore()
  readonly clock: GroupHost['clock']
  readonly logger: GroupHost['logger']
  readonly settings: GroupSettings
  readonly image: GroupHost['image']
  readonly randomBytes: GroupHost['randomBytes']
  readonly #log: ShardLog
  readonly #builder = new BatchBuilder(INITIAL_BATCH_BYTES)

  constructor(host: Omit<GroupHost, 'write' | 'replace'>, log: ShardLog) {
    this.clock = host.clock
    this.logger = host.logger
    this.settings = host.settings
    this.image = host.image
    this.randomBytes = host.randomBytes
    this.#log = log
  }

  /** The group; throws GROUP_ID_NOT_FOUND when there is none. */
  group(id: string): Group {
    const group = this.groups.get(id)
    if (!group) throw new KafkaError('GROUP_ID_NOT_FOUND', `Group ${id} not found.`)
    return group
  }

  /** The group if it is there and speaks the classic protocol. */
  classicGroup(id: string): ClassicGroup | undefined {
    const group = this.groups.get(id)
    return group instanceof ClassicGroup ? group : undefined
  }

  /**
   * The group that somebody wants to join, made if that is somebody new. Undefined for a member of a group that is not
   * there; throws KafkaError when the group speaks another protocol.
   */
  classicGroupToJoin(id: string, memberId: string): ClassicGroup | undefined {
    const known = this.groups.get(id)
    if (known instanceof ClassicGroup) return known
    if (known && !known.isEmpty) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    if (memberId !== '') return undefined
    const group = new ClassicGroup(this, id)
    // So that whoever is given a member id finds the group after a restart.
    this.write([...(known?.tombstones() ?? []), recordOfGroup(group)])
    known?.unload()
    this.groups.set(id, group)
    return group
  }

  /** The group if it speaks the protocol of KIP-848; throws GROUP_ID_NOT_FOUND. */
  consumerGroup(id: string): ConsumerGroup {
    const group = this.group(id)
    if (group instanceof ConsumerGroup) return group
    throw new KafkaError('GROUP_ID_NOT_FOUND', `Group ${id} is not a consumer group.`)
  }

  /**
   * Appends in as few batches as max.message.bytes allows, all of them or none; throws KafkaError with a coordinator's
   * code.
   */
  write(records: readonly GroupRecord[]): void {
    const now = this.clock.now()
    const builder = this.#builder
    const { maxBatchBytes, codec } = this.#log
    const built: Buffer[] = []
    const finish = () => built.push(builder.build(codec ? { codec } : {}))
    for (const { key, value } of records) {
      const bytes = key.length + (value?.length ?? 0) + RECORD_OVERHEAD_BYTES
      if (builder.recordCount > 0 && builder.sizeBytes + bytes > maxBatchBytes) finish()
      builder.append(now, key, value)
    }
    if (builder.recordCount > 0) finish()
    if (built.length > 0) this.#append(built.length === 1 ? built[0]! : Buffer.concat(built))
  }

  replace(group: Group): void {
    this.groups.set(group.id, group)
  }

  #append(batches: Buffer): void {
    try {
      this.#log.append(batches)
    } catch (error) {
      const { code, message } = toKafkaError(error, this.logger, 'writing the state of groups')
      throw new KafkaError(COORDINATOR_CODES[code] ?? code, message, { cause: error })
    }
  }

  unload(): void {
    for (const group of this.groups.values()) group.unload()
    this.groups.clear()
  }
}
