/** A stream of bytes to and from a device: a serial port, a socket, the emulated device. */
export interface Transport {
  /** Bytes that came, in any portions. Set before anything else is done; bytes that came earlier are handed over then. */
  onBytes(handler: (bytes: Uint8Array) => void): void;
  /** Called once when the stream ends by itself: the reason, or undefined if it was closed in order. */
  onEnd(handler: (error: Error | undefined) => void): void;
  /** Sends all of the bytes. Rejects if the stream has ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the stream. Does nothing if it has ended. */
  close(): Promise<void>;
}
