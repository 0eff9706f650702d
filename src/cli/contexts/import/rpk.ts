import type { Fields } from './fields.ts'
import { ContextBuilder, type Imported, type ImportedFile, type SourceFile } from './imported.ts'

const TLS_NAMES = {
  ca: 'kafka_api.tls.ca_file',
  certificate: 'kafka_api.tls.cert_file',
  key: 'kafka_api.tls.key_file',
  keyPassword: '',
}

/** Profiles of rpk.yaml; fields of older versions in second place. */
export function importRpk(root: Fields, file: SourceFile): ImportedFile {
  const current = root.text('current_profile')
  return { contexts: root.objects('profiles').map((profile) => importProfile(profile, file)), current }
}

function importProfile(profile: Fields, { folders, fallbackName }: SourceFile): Imported {
  const builder = new ContextBuilder(folders)
  const name = profile.text('name') ?? fallbackName
  const description = profile.text('description')
  const api = profile.object('kafka_api')
  const tls = api?.object('tls') ?? null
  if (tls !== null) {
    builder.encrypt()
    const parts = {
      ca: tls.text('ca_file', 'truststore_file'),
      certificate: tls.text('cert_file'),
      key: tls.text('key_file'),
    }
    builder.tls(parts, TLS_NAMES)
  }
  const sasl = api?.object('sasl') ?? null
  if (sasl !== null) {
    const login = { username: sasl.text('user'), password: sasl.text('password') }
    builder.sasl({ mechanism: sasl.text('mechanism', 'type'), ...login }, 'kafka_api.sasl.mechanism')
  }
  // How a shell's prompt shows the profile, and when a licence was looked at.
  profile.skip('prompt', 'license_check')
  const brokers = api?.texts('brokers') ?? []
  builder.leaveOut(...profile.rest())
  return builder.build(name, brokers.join(',') || null, description)
}
