import { i2c_read, i2c_readRegisters, i2c_write, i2c_writeRead, i2c_writeRegister } from "./contract";

/**
 * A need declared as `{"i2c": "0x76"}`: one device on a bus. Calls return a length or 0, or a negative `ErrorCode`:
 * `-ErrorCode.NakAddress` is -1. Buffers are addresses: `changetype<usize>(buffer)` of a `StaticArray<u8>`, or `memory.data(n)`.
 * A buffer holds at most 256 bytes.
 */
@unmanaged
export class I2cDevice {
  /** Reads `length` bytes. */
  // @ts-ignore: decorator
  @inline
  read(buffer: usize, length: u32): i32 {
    return i2c_read(changetype<u32>(this), buffer, length);
  }

  /** Writes `length` bytes. */
  // @ts-ignore: decorator
  @inline
  write(data: usize, length: u32): i32 {
    return i2c_write(changetype<u32>(this), data, length);
  }

  /** Writes `dataLength` bytes, then reads `length` bytes after a repeated start. */
  // @ts-ignore: decorator
  @inline
  writeRead(data: usize, dataLength: u32, buffer: usize, length: u32): i32 {
    return i2c_writeRead(changetype<u32>(this), data, buffer, dataLength | (length << 16));
  }

  /** Reads `length` consecutive registers from `register` on. */
  // @ts-ignore: decorator
  @inline
  readRegisters(register: u32, buffer: usize, length: u32): i32 {
    return i2c_readRegisters(changetype<u32>(this), register, buffer, length);
  }

  /** Writes one register. Cost: 9 bytes. */
  // @ts-ignore: decorator
  @inline
  writeRegister(register: u32, value: u32): i32 {
    return i2c_writeRegister(changetype<u32>(this), register, value);
  }
}
