import { readdirSync } from 'node:fs'
import { APIS } from '../../src/protocol/apis.ts'
import type { Message, StoredMessage } from '../../src/protocol/schema.ts'

const folder = new URL('../../src/protocol/messages/', import.meta.url)
const isStored = (value: unknown): value is StoredMessage =>
  typeof value === 'object' && value !== null && 'message' in value

/** Every message that is kept in a log rather than sent. */
export const STORED: readonly StoredMessage[] = (
  await Promise.all(
    readdirSync(folder)
      .filter((file) => file.startsWith('stored-'))
      .map((file) => import(new URL(file, folder).href) as Promise<Record<string, unknown>>),
  )
).flatMap((module) => Object.values(module).filter(isStored))

/** Every message that is declared, on the wire and stored, with each of its versions. */
export const MESSAGE_VERSIONS: readonly [message: Message, version: number][] = [
  ...APIS.flatMap((api) => [api.request, api.response]),
  ...STORED.map(({ message }) => message),
].flatMap((message) => {
  const { from, to } = message.versions
  return Array.from({ length: to - from + 1 }, (_, index): [Message, number] => [message, from + index])
})
