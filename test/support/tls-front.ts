import { connect } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'
import { certificateText } from './certificates.ts'

/** A loopback port that speaks TLS and passes on what it decrypts; closed when the test finishes. */
export async function tlsFront(targetPort: number, options: TlsOptions = {}): Promise<number> {
  const sockets = new Set<TLSSocket>()
  const own = { key: certificateText('localhost.key'), cert: certificateText('localhost.pem') }
  const server = createServer({ ...own, ...options }, (socket) => {
    const target = connect(targetPort, '127.0.0.1')
    sockets.add(socket)
    socket.on('error', () => target.destroy())
    target.on('error', () => socket.destroy())
    socket.pipe(target).pipe(socket)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
