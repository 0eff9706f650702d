import type { Api, DecodedResponseOf, Fields, RequestOf } from '../../../src/protocol/schema.ts'
import { normalize } from './normalize.ts'
import { HUNG_UP, type Peer } from './peer.ts'

/** Something done to both brokers; what it gives must be the same. */
export interface Step {
  readonly name: string
  run(peer: Peer): Promise<unknown>
}

const SETTLED_WITHIN_MS = 10_000

export interface AskOptions<A> {
  /** Versions other than all that the API has. */
  readonly versions?: readonly number[]
  readonly clientId?: string
  /** Asks again until the answer is of this kind: Kafka does some things in the background. */
  readonly until?: (answer: DecodedResponseOf<A>) => boolean
  /** Takes out what differs on purpose; say why in a comment that begins with `Differs:`. */
  readonly without?: (answer: DecodedResponseOf<A>) => unknown
  /** Keeps something for later steps. */
  readonly note?: (answer: DecodedResponseOf<A>, peer: Peer, version: number) => void
}

export const versionsOf = ({ minVersion, maxVersion }: Api, from = minVersion, to = maxVersion): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A request in every version of its API, one after the other. */
export function ask<A extends Api<Fields, Fields>>(
  name: string,
  api: A,
  body: RequestOf<A> | ((version: number, peer: Peer) => RequestOf<A>),
  options: AskOptions<A> = {},
): Step {
  return {
    name: `${api.name}: ${name}`,
    async run(peer) {
      const answers: Record<string, unknown> = {}
      for (const version of options.versions ?? versionsOf(api)) {
        const request = typeof body === 'function' ? body(version, peer) : body
        let answer = await peer.ask(api, version, request, options.clientId)
        const deadline = Date.now() + SETTLED_WITHIN_MS
        while (answer !== HUNG_UP && options.until?.(answer as DecodedResponseOf<A>) === false) {
          if (Date.now() > deadline) break
          answer = await peer.ask(api, version, request, options.clientId)
        }
        if (answer === HUNG_UP) {
          answers[`v${version}`] = HUNG_UP
          continue
        }
        const found = answer as DecodedResponseOf<A>
        options.note?.(found, peer, version)
        answers[`v${version}`] = normalize(options.without ? options.without(found) : found, peer)
      }
      return answers
    },
  }
}

/** A request that gets no answer. */
export const tell = <A extends Api<Fields, Fields>>(
  name: string,
  api: A,
  body: RequestOf<A>,
  versions = versionsOf(api, api.minVersion, Math.min(api.maxVersion, 12)),
): Step => ({
  name: `${api.name}: ${name}`,
  async run(peer) {
    const ends: Record<string, string> = {}
    for (const version of versions) ends[`v${version}`] = await peer.tell(api, version, body)
    return ends
  },
})

/** Any bytes on a connection of their own. */
export const send = (name: string, bytes: Buffer): Step => ({
  name: `bytes: ${name}`,
  async run(peer) {
    const { frames, end } = await peer.send(bytes)
    return { frames: frames.map((frame) => frame.subarray(0, 6).toString('hex')), end }
  },
})

/** A topic that later steps use. */
export const topic = (
  name: string,
  partitions = 1,
  configs: Readonly<Record<string, string>> = {},
): Step => ({
  name: `there is a topic ${name}`,
  run: (peer) => peer.createTopic(name, partitions, configs),
})
