// Reads a file of topics, as docs/topics-as-code.md describes it. YAML knows where each value stands, so that a
// mistake is told with its line; JSON is YAML as well.
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml'
import { closest } from '../did-you-mean.ts'
import { Failure } from '../failures.ts'
import type { TopicSpec } from './manifest.ts'

const TOPIC_FIELDS = ['name', 'partitions', 'replicationFactor', 'configs']

/** What a file says. */
export interface Manifest {
  readonly topics: readonly TopicSpec[]
  /** Whether it says which topics there are: `topics: {}` does and stands for none, an empty file does not. */
  readonly hasTopics: boolean
}

/** The topics of a file, by name; Failure with file and line where it makes no sense. */
export function readManifest(text: string, file: string): Manifest {
  const lines = new LineCounter()
  const documents = parseDocuments(text, lines)
  const reader = new ManifestReader(file, lines)
  for (const { errors } of documents) {
    const [error] = errors
    if (error) throw reader.mistake(error.pos[0], reasonOf(error))
  }
  const found = documents.flatMap(({ contents }) =>
    contents === null ? [] : [reader.document(contents as Node)],
  )
  const topics = found.flatMap((list) => list ?? [])
  const seen = new Set<string>()
  for (const { name } of topics) {
    if (seen.has(name)) throw new Failure(`${file}: topic '${name}' is there twice`)
    seen.add(name)
  }
  return {
    topics: topics.sort((a, b) => (a.name < b.name ? -1 : 1)),
    hasTopics: found.some((list) => list !== null),
  }
}

function parseDocuments(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { lineCounter, intAsBigInt: true, uniqueKeys: false })
  return Array.isArray(documents) ? documents : []
}

/** What the parser says; it calls itself for each level, and runs out of stack where there are thousands. */
const reasonOf = ({ code, message }: YAMLParseError): string =>
  code === 'RESOURCE_EXHAUSTION'
    ? 'too many levels of lists and maps within one another'
    : message.split('\n')[0]!.replace(/ at line.*$/, '')

class ManifestReader {
  readonly #file: string
  readonly #lines: LineCounter

  constructor(file: string, lines: LineCounter) {
    this.#file = file
    this.#lines = lines
  }

  mistake(at: number, what: string): Failure {
    return new Failure(`${this.#file}:${this.#lines.linePos(at).line}: ${what}`)
  }

  /** `topics:` with a map or a list below it; or the list alone, as `export -o json` writes it. Null when it has none of them. */
  document(contents: Node): TopicSpec[] | null {
    if (isSeq(contents)) return this.#list(contents.items as Node[])
    if (isScalar(contents) && contents.value === null) return null
    if (!isMap(contents)) throw this.#refuse(contents, 'this is no list of topics')
    let topics: TopicSpec[] | null = null
    for (const { key, value } of this.#fields(contents, ['topics'])) {
      if (isScalar(value) && value.value === null) continue
      if (isSeq(value)) topics = this.#list(value.items as Node[])
      else if (isMap(value)) topics = this.#map(value)
      else throw this.#refuse(value, `${key} is neither a map nor a list`)
    }
    return topics
  }

  #map(map: YAMLMap): TopicSpec[] {
    return this.#pairs(map).map(({ key, value, at }) => this.#topic(key, value, at))
  }

  #list(items: readonly Node[]): TopicSpec[] {
    return items.map((item) => {
      if (!isMap(item)) throw this.#refuse(item, 'a topic of a list is a map with a name')
      const name = item.get('name')
      if (typeof name !== 'string') throw this.#refuse(item, 'a topic of a list has a name')
      return this.#topic(name, item, item)
    })
  }

  #topic(name: string, body: Node | null, at: Node): TopicSpec {
    const spec = { name, partitions: null, replicationFactor: null, configs: null }
    if (body === null || (isScalar(body) && body.value === null)) return spec
    if (!isMap(body)) throw this.#refuse(at, `topic '${name}' is no map`)
    const values = new Map(this.#fields(body, TOPIC_FIELDS).map(({ key, value }) => [key, value]))
    const inner = values.get('name')
    if (inner && isScalar(inner) && inner.value !== name) {
      throw this.#refuse(inner, `topic '${name}' has another name, '${inner.value}', within`)
    }
    return {
      name,
      partitions: this.#count(values.get('partitions'), `partitions of '${name}'`),
      replicationFactor: this.#count(values.get('replicationFactor'), `replicationFactor of '${name}'`),
      configs: this.#configs(values.get('configs'), name),
    }
  }

  #fields(map: YAMLMap, known: readonly string[]): { key: string; value: Node }[] {
    return this.#pairs(map).map(({ key, value, at }) => {
      if (known.includes(key)) return { key, value: value as Node }
      const near = closest(key, known)
      const remedy = near === undefined ? known.join(', ') : `did you mean ${near}?`
      throw this.#refuse(at, `'${key}' is not known here: ${remedy}`)
    })
  }

  #pairs(map: YAMLMap): { key: string; value: Node | null; at: Node }[] {
    const seen = new Set<string>()
    return map.items.map((pair) => {
      const at = pair.key as Node
      if (!isScalar(at) || at.value === null) throw this.#refuse(at, 'a name is no text')
      const key = String(at.value)
      if (seen.has(key)) throw this.#refuse(at, `'${key}' is there twice`)
      seen.add(key)
      return { key, value: pair.value as Node | null, at }
    })
  }

  #count(node: Node | undefined, what: string): number | null {
    if (node === undefined || (isScalar(node) && node.value === null)) return null
    const value = isScalar(node) && typeof node.value === 'bigint' ? Number(node.value) : 0
    if (value >= 1 && value < 2 ** 31) return value
    throw this.#refuse(node, `${what} is '${isScalar(node) ? node.value : '…'}', not a positive integer`)
  }

  #configs(node: Node | undefined, topic: string): Map<string, string> | null {
    if (node === undefined || (isScalar(node) && node.value === null)) return null
    if (!isMap(node)) throw this.#refuse(node, `configs of '${topic}' are no map`)
    return new Map(
      this.#pairs(node).map(({ key, value }) => [key, this.#config(value, `${key} of '${topic}'`)]),
    )
  }

  /** Kafka's settings are texts; a list is written with commas, as cleanup.policy wants it. */
  #config(node: Node | null, what: string): string {
    if (isSeq(node)) return node.items.map((item) => this.#config(item as Node, what)).join(',')
    if (isScalar(node) && node.value !== null && typeof node.value !== 'object') return String(node.value)
    throw new Failure(`${this.#file}: ${what} has no value`)
  }

  #refuse(node: Node | null, what: string): Failure {
    return this.mistake(node?.range?.[0] ?? 0, what)
  }
}
