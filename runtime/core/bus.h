/* Buses: I2C and SPI transfers, serial ports. */
#ifndef THIMBLE_BUS_H
#define THIMBLE_BUS_H

#include "event.h"

/* Bytes have arrived on a serial port at `time_us`, at or before now. One event waits for each watch. */
void uart_received(uint32_t port, uint64_t time_us);

#endif
