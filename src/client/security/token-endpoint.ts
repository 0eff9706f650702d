import type { IncomingMessage } from 'node:http'
import type { Secret } from './secret.ts'
import type { SecuritySettings } from './security-properties.ts'

export interface TokenCall {
  readonly url: URL
  readonly authorization: Secret
  readonly form: string
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** For https; what Node trusts when left out. */
  readonly ssl: SecuritySettings | undefined
}

export interface TokenAnswer {
  readonly status: number
  readonly body: string
}

const MAX_BODY_BYTES = 1024 * 1024

/** Posts a form and gives the answer, whatever its status is. */
export async function postForm(call: TokenCall): Promise<TokenAnswer> {
  const { url, ssl, connectTimeoutMs, readTimeoutMs } = call
  const isSecure = url.protocol === 'https:'
  const { request } = isSecure ? await import('node:https') : await import('node:http')
  const context = ssl === undefined ? {} : await (await import('./tls-transport.ts')).contextOptions(ssl)
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent: false,
      timeout: connectTimeoutMs + readTimeoutMs,
      headers: {
        accept: 'application/json',
        authorization: call.authorization.reveal(),
        'cache-control': 'no-cache',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(call.form),
      },
      ...context,
    })
    sent.on('timeout', () =>
      sent.destroy(new Error(`no answer within ${connectTimeoutMs + readTimeoutMs} ms`)),
    )
    sent.on('error', reject)
    sent.on('response', (answer: IncomingMessage) => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_BODY_BYTES) sent.destroy(new Error('the answer is too long'))
        chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
    })
    sent.end(call.form)
  })
}
