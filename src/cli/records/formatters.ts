import { UsageError } from '../failures.ts'
import type { ByteOutput } from './byte-output.ts'
import { DefaultFormatter } from './default-formatter.ts'
import type { ConsumedRecord, Formatter } from './formatter.ts'

type Properties = ReadonlyMap<string, string>

const PACKAGE = 'org.apache.kafka.tools.consumer.'

/** Reads records and prints nothing. */
class NoOpFormatter implements Formatter {
  write(): void {}
}

/** Prints as the default formatter does, and tells of each record on the log, which is stderr here. */
class LoggingFormatter implements Formatter {
  readonly #printed: DefaultFormatter
  readonly #log: (line: string) => void

  constructor(properties: Properties, log: (line: string) => void) {
    this.#printed = new DefaultFormatter(properties)
    this.#log = log
  }

  write(record: ConsumedRecord, output: ByteOutput): void {
    this.#printed.write(record, output)
    this.#log(`${record.timestampType}:${record.timestamp}, key:${record.key}, value:${record.value}`)
  }
}

/** The formatter of a Java class name (the package may be left out); `log` takes what a formatter says aside. */
export async function formatterOf(
  className: string,
  properties: Properties,
  log: (line: string) => void,
): Promise<Formatter> {
  const name = className.startsWith('org.apache.kafka.')
    ? className.slice(className.lastIndexOf('.') + 1)
    : className
  if (name === 'DefaultMessageFormatter') return new DefaultFormatter(properties)
  if (name === 'NoOpMessageFormatter') return new NoOpFormatter()
  if (name === 'LoggingMessageFormatter') return new LoggingFormatter(properties, log)
  // The declarations of the coordinators' records are loaded only when they are used.
  const { coordinatorFormatter } = await import('./coordinator-formatter.ts')
  const found = coordinatorFormatter(name)
  if (!found) {
    throw new UsageError(
      `'${className}' is not a formatter; ktool has Default-, Logging-, NoOp-, Offsets-, GroupMetadata-, ` +
        `TransactionLog-, ShareGroup- and ShareGroupStateMessageFormatter, as ${PACKAGE}DefaultMessageFormatter`,
      { hint: renamed(className) },
    )
  }
  return found
}

/** What Kafka before 4.0 called it, in other packages, is what cheat sheets have. */
function renamed(className: string): string | undefined {
  const name = className.replace(/^.*[.$]/, '')
  const isKnown = /^(Default|Logging|NoOp|Offsets|GroupMetadata|TransactionLog)MessageFormatter$/.test(name)
  return isKnown ? `it is ${PACKAGE}${name} since Kafka 4.0, or just ${name}` : undefined
}
