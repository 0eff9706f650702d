/** One line of the table. Times in the unit named; a program that does not compete has null. */
export interface Row {
  readonly what: string
  readonly unit: string
  readonly ktool: number
  readonly kafka: number | null
  readonly kcat?: number
  /** What the ratio is taken against, if not Apache Kafka: its name and value. */
  readonly against?: readonly [name: string, value: number]
}

export interface BenchOptions {
  /** Fraction of the records to use; 1 is what the table in the README shows. */
  readonly scale: number
  readonly say: (text: string) => void
}

/** A file of this folder answers one question; the first line of its text is the question. */
export interface Question {
  readonly name: string
  readonly question: string
  measure(options: BenchOptions): Promise<Row[]>
}
