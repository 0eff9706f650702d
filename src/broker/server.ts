import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AnswerMemory } from './answer-memory.ts'
import type { Clock } from './clock.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'
import { FrameBuffers } from './frame-buffers.ts'
import { FrameMemory } from './frame-memory.ts'
import { type Input, socketInput, streamInput } from './input.ts'
import type { Logger } from './logger.ts'
import { StalledConnections } from './stalled-connections.ts'

export interface ListenerOptions {
  readonly listener: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The broker id that this port shows. */
  readonly node: number
}

type Peer = Pick<ConnectionOptions, 'node' | 'listener' | 'clientAddress' | 'localAddress'>

/** Which port a client came to. */
type Door = Pick<ConnectionOptions, 'node' | 'listener'>

/** Read anew for every connection, since some of these change at run time. */
export interface ConnectionLimits {
  /** socket.request.max.bytes */
  readonly maxRequestBytes: number
  /** queued.max.request.bytes */
  readonly maxQueuedBytes: number
  /** max.connections */
  readonly maxConnections: number
  /** max.connections.per.ip, for this address */
  maxConnectionsFrom(address: string): number
  /** connections.max.idle.ms */
  readonly maxIdleMs: number
}

/** Node gives the addresses of IPv4 clients on an IPv6 socket in a form that no client expects. */
const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '')

const IDLE_CHECK_MS = 5000
const READ_BUFFER_BYTES = 64 * 1024
/** So many clients may wait for a place (socket.listen.backlog.size of Kafka). */
const MAX_WAITING = 50

/** The listeners of one process: they share buffers and limits. */
export class BrokerServer {
  readonly #dispatcher: Dispatcher
  readonly #limits: () => ConnectionLimits
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #buffers = new FrameBuffers()
  /** What sockets are read into; as much as small requests need, since large ones go to buffers of their own. */
  readonly #readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
  readonly #memory: FrameMemory
  readonly #answers = new AnswerMemory()
  readonly #servers: Server[] = []
  readonly #connections = new Set<Connection>()
  readonly #stalled: StalledConnections
  /** Clients beyond max.connections, as Kafka leaves them in the backlog of the listener: taken when others go. */
  readonly #waiting = new Map<Socket, Door>()
  #stopIdleCheck: () => void = () => {}

  constructor(dispatcher: Dispatcher, limits: () => ConnectionLimits, clock: Clock, logger: Logger) {
    this.#dispatcher = dispatcher
    this.#limits = limits
    this.#clock = clock
    this.#logger = logger
    this.#memory = new FrameMemory(() => limits().maxQueuedBytes, this.#buffers.largestBytes)
    this.#stalled = new StalledConnections(this.#connections, clock, logger)
    this.#stalled.watch({
      memory: this.#memory,
      heldBy: ({ unsentBytes }) => unsentBytes,
      omission: (bytes) => `sent nothing of a request of ${bytes} bytes`,
    })
    this.#stalled.watch({
      memory: this.#answers,
      heldBy: ({ unreadBytes }) => unreadBytes,
      omission: (bytes) => `read nothing of answers of ${bytes} bytes`,
    })
  }

  /** Takes connections on the port; gives the port when it is open. */
  async listen({ listener, host, port, node }: ListenerOptions): Promise<number> {
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#accept(socket, { listener, node }),
    )
    this.#servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        server.on('error', (error) => this.#logger.error(`listening on ${host}:${port} failed`, error))
        resolve()
      })
    })
    if (this.#servers.length === 1) this.#watchIdle()
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  /** Closes the ports at once and the connections with them. */
  async close(): Promise<void> {
    this.#stopIdleCheck()
    this.#stalled.stop()
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const socket of this.#waiting.keys()) socket.destroy()
    this.#waiting.clear()
    for (const connection of [...this.#connections]) connection.close()
    await Promise.all(closed)
  }

  #accept(socket: Socket, door: Door): void {
    const clientAddress = plainAddress(socket.remoteAddress)
    const limits = this.#limits()
    if (this.#connections.size >= limits.maxConnections && this.#waiting.size < MAX_WAITING) {
      this.#waiting.set(socket, door)
      socket.on('error', () => {})
      socket.once('close', () => this.#waiting.delete(socket))
      return
    }
    if (this.#isTooMany(clientAddress, limits)) {
      this.#logger.warn(`refused a connection from ${clientAddress}: too many are open`)
      socket.destroy()
      return
    }
    const localAddress = plainAddress(socket.localAddress)
    this.#serve(socketInput(socket, this.#readBuffer), { ...door, clientAddress, localAddress })
  }

  #acceptWaiting(): void {
    for (const [socket, door] of this.#waiting) {
      if (this.#connections.size >= this.#limits().maxConnections) return
      this.#waiting.delete(socket)
      this.#accept(socket, door)
    }
  }

  /** Serves one client over any stream. */
  handle(stream: Duplex, peer: Peer): Connection {
    return this.#serve(streamInput(stream), peer)
  }

  #serve(input: Input, peer: Peer): Connection {
    const connection = new Connection({
      ...peer,
      input,
      dispatcher: this.#dispatcher,
      buffers: this.#buffers,
      memory: this.#memory,
      answers: this.#answers,
      maxRequestBytes: this.#limits().maxRequestBytes,
      clock: this.#clock,
      logger: this.#logger,
    })
    this.#connections.add(connection)
    connection.onClose(() => {
      this.#connections.delete(connection)
      this.#acceptWaiting()
    })
    return connection
  }

  #isTooMany(address: string, limits: ConnectionLimits): boolean {
    if (this.#connections.size >= limits.maxConnections) return true
    const allowed = limits.maxConnectionsFrom(address)
    if (this.#connections.size < allowed) return false
    let open = 0
    for (const { clientAddress } of this.#connections) if (clientAddress === address) open++
    return open >= allowed
  }

  #watchIdle(): void {
    this.#stopIdleCheck = this.#clock.after(IDLE_CHECK_MS, () => {
      const { maxIdleMs } = this.#limits()
      const oldest = this.#clock.monotonicMs() - maxIdleMs
      for (const connection of [...this.#connections]) {
        if (maxIdleMs >= 0 && connection.isIdle && connection.lastActiveMs < oldest) connection.close()
      }
      this.#watchIdle()
    })
  }
}
