import { uart_read, uart_watch, uart_write } from "./contract";
import { handlerOf } from "./handler";

/** A need declared as `{"uart": 9600}`. Results and buffers are as for `I2cDevice`. */
@unmanaged
export class UartPort {
  /** Queues up to `length` bytes for sending and returns how many were taken. */
  write(data: usize, length: u32): i32 {
    return uart_write(changetype<u32>(this), data, length);
  }

  /** Takes up to `length` received bytes and returns how many there were. */
  read(buffer: usize, length: u32): i32 {
    return uart_read(changetype<u32>(this), buffer, length);
  }

  /** Calls `handler` when bytes have arrived. */
  // @ts-ignore: decorator
  @inline
  watch(handler: () => void): void {
    uart_watch(changetype<u32>(this), handlerOf(handler));
  }
}
