import { systemClock } from '../client/clock.ts'
import type { Cluster, ClusterOptions } from '../client/cluster.ts'
import { clusterOptions, commonSettings } from '../client/config/common-config.ts'
import { Lifetime } from '../client/lifetime.ts'
import type { Io } from './io.ts'
import type { Given } from './option-spec.ts'
import type { Format, Listing } from './output/listing.ts'
import { render } from './output/listing.ts'
import { unescaped } from './output/terminal-io.ts'
import { type ServerChoice, type ServerNaming, type ServerSettings, serverSettings } from './server-choice.ts'

/** The values of SERVER_OPTIONS, or only a context's name: `{ context: 'staging' }`. */
export interface ServerOptions extends ServerNaming {}

export type Connect = (options: ClusterOptions) => Cluster | Promise<Cluster>

/** What a tool works with besides its options. */
export class Context {
  readonly io: Io
  /** The tool's arguments as they were typed. */
  readonly args: readonly string[]
  readonly given: Given
  readonly format: Format
  /** The time of the run, which all its clients share. */
  readonly lifetime: Lifetime
  readonly #connect: Connect
  readonly #color: boolean
  readonly #closers: (() => unknown)[] = []
  #abort: AbortController | undefined
  /** In the order in which they were chosen: a tool may talk to several. */
  readonly #servers: ServerChoice[] = []
  /** Told once, however often the settings are asked for. */
  readonly #warnings = new Set<string>()

  constructor(io: Io, { args, given, format, color, connect }: ContextOptions) {
    this.io = io
    this.args = args
    this.given = given
    this.format = format
    this.#color = color
    this.#connect = connect
    this.lifetime = new Lifetime(systemClock, {
      onSlowClose: (unfinished) => this.#sayWhatIsUnfinished(unfinished),
    })
  }

  /** Aborted by the first signal that ends the program. */
  get interrupted(): AbortSignal {
    return this.#interruption().signal
  }

  /** Ends what the tool waits for, and leaves it the time for closing. */
  interrupt(): void {
    this.lifetime.interrupt()
    this.#interruption().abort()
  }

  #sayWhatIsUnfinished(unfinished: readonly string[]): void {
    const what = unfinished.length === 0 ? '' : ` for ${unfinished.join(', ')}`
    const again = this.interrupted.aborted ? 'interrupt again' : 'interrupt'
    this.say(`closing: waiting up to 5 s${what}; ${again} to end at once`)
  }

  /** Calls back when the tool is interrupted; at once when it has been while things were still being prepared. */
  onInterrupt(action: () => unknown): void {
    const { interrupted } = this
    if (interrupted.aborted) action()
    else interrupted.addEventListener('abort', action, { once: true })
  }

  /** Made when first asked for: most tools never do. */
  #interruption(): AbortController {
    this.#abort ??= new AbortController()
    return this.#abort
  }

  /** The server that a failure is about, as far as its address tells; else the one that was chosen last. */
  serverOf(error: unknown): ServerChoice | undefined {
    const address = error instanceof Error && 'address' in error ? String(error.address) : null
    const isMeant = ({ addresses }: ServerChoice) =>
      address?.split(', ').some((one) => addresses.includes(one))
    return this.#servers.find(isMeant) ?? this.#servers.at(-1)
  }

  /** Whether data is printed as Kafka's tool prints it. */
  get isText(): boolean {
    return this.format === 'text'
  }

  async print(listing: Listing): Promise<void> {
    const borders = this.format === 'table' && this.io.isTerminal.out
    const text =
      this.format === 'text'
        ? await this.#text(listing)
        : await render(this.format, listing, { borders, color: this.#color && borders })
    // The cells of a table are escaped already, and its colours must not be.
    if (borders) unescaped(this.io).out(text)
    else this.io.out(text)
    await this.io.output.drained()
  }

  async #text(listing: Listing): Promise<string> {
    if (!this.io.isTerminal.out) return listing.text()
    const { terminalText } = await import('./output/terminal-text.ts')
    return terminalText(listing)
  }

  /** A line for people, on standard error. */
  say(line: string): void {
    this.io.err(`${line}\n`)
  }

  /** A warning that Kafka's tool prints among its data; in other formats it would spoil them. */
  warn(line: string): void {
    if (this.isText) this.io.out(`${line}\n`)
    else this.say(line)
  }

  /** The address and client properties that the options name, or else the current context. */
  async settings(options: ServerOptions): Promise<ServerSettings> {
    const settings = await serverSettings(options, this.io)
    if (settings.notice !== undefined) this.#sayOnce(settings.notice)
    if (settings.properties.size > 0) {
      const { propertyWarnings } = await import('./properties/property-warnings.ts')
      for (const line of propertyWarnings(settings.properties.keys(), options.commandProperty ?? [])) {
        this.#sayOnce(line)
      }
    }
    return settings
  }

  #sayOnce(line: string): void {
    if (!this.#warnings.has(line)) this.say(line)
    this.#warnings.add(line)
  }

  /** A client of the cluster that the options name; closed when the tool ends. */
  async cluster(options: ServerOptions, more: Partial<ClusterOptions> = {}): Promise<Cluster> {
    const { server, properties, readOnly, changeNotice } = await this.settings(options)
    this.#servers.push(server)
    const cluster = await this.#connect({
      ...clusterOptions(commonSettings(properties)),
      ...more,
      bootstrapServers: server.addresses,
      controllers: server.source === '--bootstrap-controller',
      readOnly: readOnly ?? more.readOnly,
      beforeChange: changeNotice === undefined ? undefined : () => this.#sayOnce(changeNotice),
      ...this.#shared,
    })
    this.onClose(() => cluster.close())
    return cluster
  }

  /** A client of brokers that no option names, as those that this process itself runs; closed when the tool ends. */
  async clusterAt(bootstrapServers: string): Promise<Cluster> {
    const cluster = await this.#connect({ bootstrapServers, ...this.#shared })
    this.onClose(() => cluster.close())
    return cluster
  }

  /** What is the same for all clients of a run. */
  get #shared(): Partial<ClusterOptions> {
    return { lifetime: this.lifetime, onNotice: (line) => this.say(line) }
  }

  /** Calls back when the tool is done, whatever happened. */
  onClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  /** Closes what was opened last first, all of it even when something cannot be closed; that is thrown in the end. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (const closer of this.#closers.splice(0).reverse()) {
      try {
        await closer()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}

export interface ContextOptions {
  readonly args: readonly string[]
  readonly given: Given
  readonly format: Format
  readonly color: boolean
  readonly connect: Connect
}
