import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import { checkError, errorCode, KafkaError } from '../../protocol/errors.ts'
import { ApiVersions } from '../../protocol/messages/metadata.ts'
import type { Api, DecodedResponseOf, RequestOf } from '../../protocol/schema.ts'

type VersionsAnswer = DecodedResponseOf<typeof ApiVersions>

/** The highest version of `api` that both sides know; KafkaError UNSUPPORTED_VERSION when there is none. */
export function chooseVersion(
  api: Api,
  known: VersionsAnswer['apiKeys'],
  address: string,
  atMost = api.maxVersion,
): number {
  const range = known.find(({ apiKey }) => apiKey === api.key)
  if (range === undefined) {
    throw new KafkaError('UNSUPPORTED_VERSION', `The broker at ${address} does not support ${api.name}`)
  }
  const version = Math.min(range.maxVersion, atMost)
  if (version < range.minVersion || version < api.minVersion) {
    throw new KafkaError(
      'UNSUPPORTED_VERSION',
      `The broker at ${address} supports ${api.name} ${range.minVersion}-${range.maxVersion}, ` +
        `this client ${api.minVersion}-${atMost}`,
    )
  }
  return version
}

/**
 * Asks the broker which versions it knows. An older broker refuses a version of ApiVersions it does not know with an
 * answer in version 0, which since Kafka 2.4 says what it does know.
 */
export async function negotiate(
  clientVersion: string,
  ask: (version: number, request: RequestOf<typeof ApiVersions>) => Promise<Buffer>,
): Promise<VersionsAnswer> {
  const request = { clientSoftwareName: 'ktool', clientSoftwareVersion: clientVersion }
  let version = ApiVersions.maxVersion
  for (;;) {
    const frame = await ask(version, version < 3 ? {} : request)
    const reader = new Reader(frame, 4)
    const refused = version > 0 && frame.readInt16BE(4) === errorCode('UNSUPPORTED_VERSION')
    const answer = codec(ApiVersions.response, refused ? 0 : version).decode(reader)
    if (!refused) {
      checkError(answer.errorCode)
      return answer
    }
    const range = answer.apiKeys.find(({ apiKey }) => apiKey === ApiVersions.key)
    version = range === undefined ? 0 : Math.min(range.maxVersion, version - 1)
  }
}
