/** Programs whose files of clusters can be taken over; `properties` are those of Java's clients. */
export const IMPORT_FORMATS = ['kcat', 'kafkactl', 'kaf', 'kcl', 'rpk', 'properties'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]
