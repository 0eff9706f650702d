import { Writer } from '../../src/bytes/writer.ts'
import { apiByKey } from '../../src/protocol/apis.ts'
import { codec } from '../../src/protocol/compile.ts'
import { writeRequestHeader } from '../../src/protocol/header.ts'
import type { Api } from '../../src/protocol/schema.ts'
import { BatchBuilder } from '../../src/records/record.ts'
import { randomInteger } from '../support/random.ts'
import { sample } from '../support/samples.ts'
import { MUTATIONS } from './mutations.ts'

export interface AdvertisedApi {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

/** Requests of every advertised API and version, changed at random. */
export class FrameSource {
  readonly #apis: readonly (readonly [api: Api, version: number])[]
  readonly #random: () => number
  readonly #topic: string

  /** `topic` exists, so that some requests get further than its name. */
  constructor(advertised: readonly AdvertisedApi[], topic: string, random: () => number) {
    this.#random = random
    this.#topic = topic
    this.#apis = advertised.flatMap(({ apiKey, minVersion, maxVersion }) => {
      const api = apiByKey(apiKey)!
      const from = Math.max(minVersion, api.minVersion)
      return Array.from({ length: maxVersion - from + 1 }, (_, index) => [api, from + index] as const)
    })
  }

  next(): Buffer {
    const mutate = MUTATIONS[randomInteger(this.#random, 0, MUTATIONS.length)]!
    return mutate(this.#valid(), this.#random)
  }

  #valid(): Buffer {
    const [api, version] = this.#apis[randomInteger(this.#random, 0, this.#apis.length)]!
    const writer = new Writer()
    writeRequestHeader(writer, api, version, randomInteger(this.#random, 0, 1000), 'fuzz')
    codec(api.request, version).encode(writer, this.#body(api, version) as Record<string, never>)
    const body = writer.takeBytes()
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    return Buffer.concat([length, body])
  }

  #body(api: Api, version: number): Record<string, unknown> {
    const body = sample(api.request, version, this.#random)
    // Random bytes are hardly ever records: half of the time a real batch goes to a real topic.
    if (api.name === 'Produce' && version < 13 && this.#random() < 0.5) {
      const partitionData = [{ index: randomInteger(this.#random, -1, 3), records: this.#batch() }]
      return { ...body, acks: -1, transactionalId: null, topicData: [{ name: this.#topic, partitionData }] }
    }
    return body
  }

  #batch(): Buffer {
    const builder = new BatchBuilder()
    for (let count = randomInteger(this.#random, 1, 5); count > 0; count--) {
      builder.append(1_700_000_000_000, null, Buffer.from('fuzz'))
    }
    return builder.build({})
  }
}
