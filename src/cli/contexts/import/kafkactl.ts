import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fields } from './fields.ts'
import { ContextBuilder, type Imported, type ImportedFile, type SourceFile } from './imported.ts'
import { readYaml } from './parse-text.ts'

const TLS_NAMES = {
  ca: 'tls.ca',
  certificate: 'tls.cert',
  key: 'tls.certKey',
  keyPassword: 'tls.certKeyPassphrase',
}

/** Contexts of kafkactl's config.yml. */
export async function importKafkactl(root: Fields, file: SourceFile): Promise<ImportedFile> {
  const contexts = root.named('contexts').map(([name, context]) => importContext(name, context, file))
  return { contexts, current: root.text('current-context') ?? (await currentContext(file)) }
}

/** Newer versions keep it in a file beside. */
async function currentContext({ folders }: SourceFile): Promise<string | undefined> {
  const path = join(folders[0]!, 'current-context.yml')
  if (!existsSync(path)) return undefined
  return Fields.of(await readYaml(readFileSync(path, 'utf8'), path))?.text('current-context')
}

function importContext(name: string, context: Fields, { folders }: SourceFile): Imported {
  const builder = new ContextBuilder(folders)
  builder.set('client.id', context.text('clientID'))
  const tls = context.object('tls')
  if (tls?.flag('enabled')) {
    builder.encrypt()
    const parts = {
      ca: tls.text('ca'),
      certificate: tls.text('cert'),
      key: tls.text('certKey'),
      keyPassword: tls.text('certKeyPassphrase'),
    }
    builder.tls(parts, TLS_NAMES)
  } else tls?.skipRest()
  const sasl = context.object('sasl')
  if (sasl?.flag('enabled')) {
    const login = { username: sasl.text('username'), password: sasl.text('password') }
    builder.sasl({ mechanism: sasl.text('mechanism'), ...login }, 'sasl.mechanism')
    if (login.username && !login.password) builder.leaveOut('sasl.password (kafkactl has it in a keyring)')
    // How the handshake is framed; only brokers before 1.0 need the older one.
    sasl.skip('version')
  } else sasl?.skipRest()
  // The version of Kafka is found out with every connection.
  context.skip('kafkaVersion')
  const brokers = context.texts('brokers')
  builder.leaveOut(...context.rest())
  return builder.build(name, brokers.join(',') || null)
}
