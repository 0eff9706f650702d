import type { Clock } from '../clock.ts'
import type { Login } from '../wire/connection.ts'
import type { Transport } from '../wire/transport.ts'
import type { SecuritySettings } from './security-properties.ts'

/** What a connection needs to be let in; each is missing where the settings ask for none. */
export interface Security {
  readonly transport?: Transport | undefined
  readonly login?: Login | undefined
}

/** Reads the stores and texts that the settings name; SettingError when they make no sense. */
export async function openSecurity(settings: SecuritySettings, clock: Clock): Promise<Security> {
  const protocol = settings['security.protocol']
  return {
    transport: protocol.endsWith('SSL') ? await tlsTransport(settings) : undefined,
    login: protocol.startsWith('SASL') ? await login(settings, clock) : undefined,
  }
}

async function tlsTransport(settings: SecuritySettings): Promise<Transport> {
  const { tlsTransportOf } = await import('./tls-transport.ts')
  return await tlsTransportOf(settings)
}

async function login(settings: SecuritySettings, clock: Clock): Promise<Login> {
  const { loginOf } = await import('./login.ts')
  return await loginOf(settings, clock)
}
