import type { Codec } from './codec.ts'
import { RecordsError } from './records-error.ts'

const none: Codec = { id: 0, name: 'none', compress: (raw) => raw, expand: (packed) => packed }

// Codecs are imported on first use: start-up must not pay for native modules and WebAssembly.
export const CODECS = {
  none: { id: 0, load: async () => none },
  gzip: { id: 1, load: async () => (await import('./codecs/gzip.ts')).gzip },
  snappy: { id: 2, load: async () => (await import('./codecs/snappy.ts')).loadSnappy() },
  lz4: { id: 3, load: async () => (await import('./codecs/lz4.ts')).loadLz4() },
  zstd: { id: 4, load: async () => (await import('./codecs/zstd.ts')).loadZstd() },
} as const satisfies Record<string, { id: number; load: () => Promise<Codec> }>

export type CodecName = keyof typeof CODECS

const NAMES = Object.keys(CODECS) as CodecName[]
const loaded = new Map<number, Codec>([[none.id, none]])

export const isCodecName = (name: string): name is CodecName => Object.hasOwn(CODECS, name)

/** Kafka's name for the id in a batch's attributes; throws UNKNOWN_CODEC. */
export function codecName(id: number): CodecName {
  const name = NAMES[id]
  if (name === undefined) throw new RecordsError('UNKNOWN_CODEC', `${id} is not a compression type`)
  return name
}

/** Makes the codec with this id ready for use; the work is done once. */
export async function loadCodec(id: number): Promise<Codec> {
  const codec = loaded.get(id) ?? (await CODECS[codecName(id)].load())
  loaded.set(id, codec)
  return codec
}

/** Makes every codec ready for use. */
export async function loadCodecs(): Promise<void> {
  await Promise.all(NAMES.map((name) => loadCodec(CODECS[name].id)))
}

/** Whether codecById would answer; false for unknown ids too. */
export const isCodecLoaded = (id: number): boolean => loaded.has(id)

/** The codec with this id; throws UNKNOWN_CODEC, or CODEC_NOT_LOADED before `loadCodec(id)` was awaited. */
export function codecById(id: number): Codec {
  const codec = loaded.get(id)
  if (codec === undefined) throw new RecordsError('CODEC_NOT_LOADED', `${codecName(id)} was not loaded`)
  return codec
}

/** As codecById. */
export const codecByName = (name: CodecName): Codec => codecById(CODECS[name].id)
