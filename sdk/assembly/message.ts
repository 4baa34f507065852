import {
  message_publish,
  message_publishNumber,
  message_publishText,
  message_read,
  message_readNumber,
  message_subscribe,
} from "./contract";
import { handlerOf } from "./handler";

/**
 * A need declared as `{"publish": "topic"}`. Sending cannot fail: what finds a full queue is dropped and counted.
 * A need with `fields` has a `publish` of its own, with one parameter a field.
 */
@unmanaged
export class Outbox {
  /** Sends `value / 10^decimals` as a decimal number: `publishNumber(21453, 3)` sends `21.453`. `decimals` is 0 to 9. */
  publishNumber(value: i32, decimals: u32 = 0): void {
    message_publishNumber(changetype<u32>(this), value, decimals);
  }

  /** Sends a text of at most 120 code units. A literal costs 13 bytes and 2 a code unit. */
  publishText(text: string): void {
    message_publishText(changetype<u32>(this), changetype<usize>(text), text.length);
  }

  /** Sends `length` bytes, at most 240. */
  publishBytes(data: usize, length: u32): void {
    message_publish(changetype<u32>(this), data, length);
  }
}

/** A need declared as `{"subscribe": "topic"}`. */
@unmanaged
export class Inbox {
  /** Copies the payload of the message being handled and returns its length, or a negative `ErrorCode`. */
  read(buffer: usize, capacity: u32): i32 {
    return message_read(changetype<u32>(this), buffer, capacity);
  }

  /**
   * The message being handled as a number times 10^decimals: `21.5` with 3 decimals is 21500. `fallback` if it is no number, does not
   * fit 32 bits, or no message is being handled.
   */
  readNumber(decimals: u32, fallback: i32): i32 {
    const value = message_readNumber(changetype<u32>(this), decimals);
    return value < 0 ? fallback : <i32>value;
  }
}

/** Calls `handler` for each message that arrives on the topic; read it there with `inbox.read` or `inbox.readNumber`. */
// @ts-ignore: decorator
@inline
export function onMessage(inbox: Inbox, handler: () => void): void {
  message_subscribe(changetype<u32>(inbox), handlerOf(handler));
}
