import { errorCode } from '../../protocol/errors.ts'
import { ApiVersions } from '../../protocol/messages/metadata.ts'
import { type Handler, handle } from '../handle.ts'

/** The answer to a version of ApiVersions that is not known: always in version 0, naming the versions that are. */
export const unsupportedApiVersions = {
  api: ApiVersions,
  answer: {
    errorCode: errorCode('UNSUPPORTED_VERSION'),
    apiKeys: [
      { apiKey: ApiVersions.key, minVersion: ApiVersions.minVersion, maxVersion: ApiVersions.maxVersion },
    ],
  },
}

// A name that a metrics system can take (KIP-511).
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** Before version 4 a client fails on a feature whose range starts at 0 (KAFKA-17011). */
const FEATURES_FROM_ZERO = 4

/** Made from the table of handlers, so that nothing is told that is not served. */
export const apiVersions = (handlers: () => Iterable<Handler>) =>
  handle(ApiVersions, {
    answersBriefly: true,
    run(request, { broker, connection, version }) {
      const { clientSoftwareName: name, clientSoftwareVersion } = request
      if (version >= 3) {
        if (!SOFTWARE.test(name) || !SOFTWARE.test(clientSoftwareVersion)) {
          return { errorCode: errorCode('INVALID_REQUEST'), apiKeys: [] }
        }
        connection.software = { name, version: clientSoftwareVersion }
      }
      const { supported, finalized, epoch } = broker.features()
      return {
        errorCode: 0,
        apiKeys: Array.from(handlers(), ({ api, advertisedMinVersion }) => ({
          apiKey: api.key,
          minVersion: advertisedMinVersion,
          maxVersion: api.maxVersion,
        })).sort((a, b) => a.apiKey - b.apiKey),
        supportedFeatures: supported.filter(
          ({ minVersion }) => minVersion > 0 || version >= FEATURES_FROM_ZERO,
        ),
        finalizedFeaturesEpoch: epoch,
        finalizedFeatures: finalized,
      }
    },
    refuse: ({ code }) => ({ errorCode: errorCode(code), apiKeys: [] }),
  })
