import type { Fields } from './fields.ts'
import { ContextBuilder, type Imported, type ImportedFile, type SourceFile } from './imported.ts'

const TLS_NAMES = {
  ca: 'TLS.cafile',
  certificate: 'TLS.clientfile',
  key: 'TLS.clientkeyfile',
  keyPassword: '',
}

/** Clusters of kaf's ~/.kaf/config. */
export function importKaf(root: Fields, file: SourceFile): ImportedFile {
  const current = root.text('current-cluster')
  return { contexts: root.objects('clusters').map((cluster) => importCluster(cluster, file)), current }
}

function importCluster(cluster: Fields, { folders, fallbackName }: SourceFile): Imported {
  const builder = new ContextBuilder(folders)
  const name = cluster.text('name') ?? fallbackName
  const protocol = cluster.text('security-protocol')
  const tls = cluster.object('TLS')
  if (tls !== null || protocol === 'SASL_SSL' || protocol === 'SSL') builder.encrypt()
  if (tls !== null) {
    const parts = {
      ca: tls.text('cafile'),
      certificate: tls.text('clientfile'),
      key: tls.text('clientkeyfile'),
    }
    builder.tls(parts, TLS_NAMES)
  }
  const sasl = cluster.object('SASL')
  if (sasl !== null) {
    const mechanism = sasl.text('mechanism')
    const url = sasl.text('tokenURL')
    const client = { clientId: sasl.text('clientID'), clientSecret: sasl.text('clientSecret') }
    const scopes = sasl.texts('scopes')
    const options = Object.entries({ ...client, scope: scopes.join(' ') || undefined })
    const known = options.filter((option): option is [string, string] => option[1] !== undefined)
    builder.set('sasl.oauthbearer.token.endpoint.url', url)
    builder.sasl(
      {
        mechanism,
        username: sasl.text('username'),
        password: sasl.text('password'),
        options: Object.fromEntries(known),
      },
      'SASL.mechanism',
    )
  }
  // The version of Kafka is found out with every connection.
  cluster.skip('version')
  const brokers = cluster.texts('brokers')
  builder.leaveOut(...cluster.rest())
  return builder.build(name, brokers.join(',') || null)
}
