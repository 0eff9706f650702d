import type { Fields } from './fields.ts'
import { ContextBuilder, type Imported, type ImportedFile, type SourceFile } from './imported.ts'

const TLS_NAMES = {
  ca: 'tls.ca_cert_path',
  certificate: 'tls.client_cert_path',
  key: 'tls.client_key_path',
  keyPassword: '',
}

/** Profiles of kcl's config.toml, or the one that a file without profiles is. */
export function importKcl(root: Fields, file: SourceFile): ImportedFile {
  const current = root.text('current_profile')
  const profiles = root.named('profiles')
  const contexts = profiles.map(([name, profile]) => importProfile(name, profile, file))
  return {
    contexts: profiles.length > 0 ? contexts : [importProfile(file.fallbackName, root, file)],
    current,
  }
}

function importProfile(name: string, profile: Fields, { folders }: SourceFile): Imported {
  const builder = new ContextBuilder(folders)
  const tls = profile.object('tls')
  if (tls !== null) {
    builder.encrypt()
    const parts = {
      ca: tls.text('ca_cert_path'),
      certificate: tls.text('client_cert_path'),
      key: tls.text('client_key_path'),
    }
    builder.tls(parts, TLS_NAMES)
  }
  const sasl = profile.object('sasl')
  const mechanism = sasl?.text('method')
  if (sasl && mechanism) {
    const options: Record<string, string> = sasl.flag('is_token') ? { tokenauth: 'true' } : {}
    const login = { username: sasl.text('user'), password: sasl.text('pass') }
    builder.sasl({ mechanism, ...login, options }, 'sasl.method')
  }
  const brokers = profile.texts('seed_brokers')
  builder.leaveOut(...profile.rest())
  return builder.build(name, brokers.join(',') || null)
}
