import { addInt64, type Int64 } from '../bytes/int64.ts'
import { ProducerIdsRecord } from '../protocol/messages/stored-metadata.ts'
import type { Controller } from './metadata/controller.ts'
import { metadataRecord } from './metadata/record.ts'

/** Ids are written down in blocks (ProducerIdsBlock), so that a crash costs some numbers but never gives one twice. */
const BLOCK_SIZE = 1000

/** Hands out producer ids, no two alike, across restarts. */
export class ProducerIds {
  readonly #controller: Controller
  readonly #node: number
  #next: Int64 = 0
  #blockEnd: Int64 = 0

  constructor(controller: Controller, node: number) {
    this.#controller = controller
    this.#node = node
  }

  next(): Int64 {
    if (this.#next === this.#blockEnd) this.#takeBlock()
    const id = this.#next
    this.#next = addInt64(id, 1)
    return id
  }

  #takeBlock(): void {
    const { image } = this.#controller
    const first = image.nextProducerId
    const brokerEpoch = image.brokers.get(this.#node)?.brokerEpoch ?? -1
    const nextProducerId = addInt64(first, BLOCK_SIZE)
    this.#controller.commit([
      metadataRecord(ProducerIdsRecord, { brokerId: this.#node, brokerEpoch, nextProducerId }),
    ])
    this.#next = first
    this.#blockEnd = nextProducerId
  }
}
