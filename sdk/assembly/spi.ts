import { spi_transfer, spi_write, spi_writeRead } from "./contract";

/**
 * A need declared as `{"spi": "mode0"}`: one device on a bus, selected during each call. Results and buffers are as for `I2cDevice`.
 */
@unmanaged
export class SpiDevice {
  /** Writes `length` bytes and drops what comes back. */
  write(data: usize, length: u32): i32 {
    return spi_write(changetype<u32>(this), data, length);
  }

  /** Writes `dataLength` bytes, then reads `length` bytes while sending zeros. */
  writeRead(data: usize, dataLength: u32, buffer: usize, length: u32): i32 {
    return spi_writeRead(changetype<u32>(this), data, buffer, dataLength | (length << 16));
  }

  /** Writes `length` bytes and reads as many into `buffer`, which may be `data`. */
  transfer(data: usize, buffer: usize, length: u32): i32 {
    return spi_transfer(changetype<u32>(this), data, buffer, length | (length << 16));
  }
}
