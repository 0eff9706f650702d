import { ProducerIdsRecord } from '../protocol/messages/stored-metadata.ts'
import type { Controller } from './metadata/controller.ts'
import { metadataRecord } from './metadata/record.ts'

/** Ids are written down in blocks (ProducerIdsBlock), so that a crash costs some numbers but never gives one twice. */
const BLOCK_SIZE = 1000

/** Hands out producer ids, no two alike, across restarts. */
export class ProducerIds {
  readonly #controller: Controller
  readonly #node: number
  #next = 0
  #blockEnd = 0

  constructor(controller: Controller, node: number) {
    this.#controller = controller
    this.#node = node
  }

  next(): number {
    if (this.#next === this.#blockEnd) this.#takeBlock()
    return this.#next++
  }

  #takeBlock(): void {
    const { image } = this.#controller
    const first = image.nextProducerId
    const brokerEpoch = image.brokers.get(this.#node)?.brokerEpoch ?? -1
    this.#controller.commit([
      metadataRecord(ProducerIdsRecord, {
        brokerId: this.#node,
        brokerEpoch,
        nextProducerId: first + BLOCK_SIZE,
      }),
    ])
    this.#next = first
    this.#blockEnd = first + BLOCK_SIZE
  }
}
