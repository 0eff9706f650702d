import { Failure } from '../../failures.ts'

/** Fields of a YAML or TOML document. What nobody took is what ktool has no place for. */
export class Fields {
  readonly #values: ReadonlyMap<string, { readonly name: string; readonly value: unknown }>
  readonly #path: string
  readonly #taken = new Set<string>()
  readonly #inner: Fields[] = []

  /** Null for what is no object. Names are compared without case, as some of the programs do. */
  static of(value: unknown, path = ''): Fields | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return new Fields(value as Record<string, unknown>, path)
  }

  private constructor(value: Record<string, unknown>, path: string) {
    this.#values = new Map(
      Object.entries(value).map(([name, value]) => [name.toLowerCase(), { name, value }]),
    )
    this.#path = path
  }

  /** The first of these that is there, as a text. */
  text(...names: readonly string[]): string | undefined {
    const texts = names.map((name) => this.#take(name)).filter((value) => value !== undefined)
    const [value] = texts
    if (value === undefined || value === '') return undefined
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return String(value)
    throw new Failure(`${this.pathOf(names[0]!)} is not a text`)
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : text.toLowerCase() === 'true'
  }

  /** Texts of a list, or of one text with commas. */
  texts(name: string): string[] {
    const value = this.#take(name)
    if (value === undefined) return []
    const list: unknown[] = Array.isArray(value) ? value : String(value).split(',')
    return list.map((text) => String(text).trim()).filter((text) => text !== '')
  }

  /** An object within, whether it has fields or not; null when there is none. */
  object(name: string): Fields | null {
    const fields = Fields.of(this.#take(name), this.pathOf(name))
    if (fields !== null) this.#inner.push(fields)
    return fields
  }

  /** Objects of a list. */
  objects(name: string): Fields[] {
    const value = this.#take(name)
    return (Array.isArray(value) ? value : []).flatMap((item) => Fields.of(item) ?? [])
  }

  /** Objects by their names. */
  named(name: string): [string, Fields][] {
    const value = this.#take(name)
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, item]) => {
      const fields = Fields.of(item)
      return fields === null ? [] : [[key, fields] as [string, Fields]]
    })
  }

  /** Passes over fields that mean nothing here. */
  skip(...names: readonly string[]): void {
    for (const name of names) this.#take(name)
  }

  /** Passes over all that was not asked for. */
  skipRest(): void {
    for (const name of this.#values.keys()) this.#taken.add(name)
  }

  has(name: string): boolean {
    return (this.#values.get(name.toLowerCase())?.value ?? null) !== null
  }

  pathOf(name: string): string {
    const written = this.#values.get(name.toLowerCase())?.name ?? name
    return this.#path === '' ? written : `${this.#path}.${written}`
  }

  /** Paths of what is there and was not asked for. */
  rest(): string[] {
    const own = [...this.#values]
      .filter(([name, { value }]) => !this.#taken.has(name) && !isEmpty(value))
      .map(([name]) => this.pathOf(name))
    return [...own, ...this.#inner.flatMap((fields) => fields.rest())]
  }

  #take(name: string): unknown {
    this.#taken.add(name.toLowerCase())
    return this.#values.get(name.toLowerCase())?.value ?? undefined
  }
}

/** Programs write down what they know nothing of, too. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === '' || value === false) return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
