/** What handlers know of the connection that a request came over. */
export interface ClientConnection {
  /** The address of the peer, as `127.0.0.1`. */
  readonly clientAddress: string
  /** The address that the client came to: what is advertised to it, so that it can come back. */
  readonly localAddress: string
  /** Name of the listener that the client came in by. */
  readonly listener: string
  /** Name and version of the client's library, once it has told them with ApiVersions. */
  software: { name: string; version: string } | null
  /** Null if a long answer may be made now; otherwise resolves when it may, to false once the connection is closed. */
  roomForAnswer(): Promise<boolean> | null
  /** Runs `ended` when the connection is gone; the function that is given back forgets it. */
  onClose(ended: () => void): () => void
}
