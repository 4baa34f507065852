/* I2C, SPI, serial ports and USB of the RP2040: what the rest of the port needs to know of them. */
#ifndef THIMBLE_BUSES_H
#define THIMBLE_BUSES_H

#include <stdbool.h>
#include <stdint.h>

struct need;

/* The part of port_open for I2C, SPI and serial ports: gives the block its clocks, takes it out of reset and connects its pins. False
   if the pins are not those of this unit, or its frequency is out of reach. */
bool bus_open(const struct need *need);
/* What a serial port needs then. */
bool uart_open(const struct need *need);

/* Bytes have arrived. From pins_poll. */
void uart_noted(uint32_t unit, uint64_t time_us);
/* Whether usb_poll has something to do. With interrupts off. */
bool usb_noted(void);

/* Attaches to the bus: needs the 48 MHz USB clock. */
void usb_init(void);
/* Moves bytes between the link and the host. From the main loop (chip_poll). */
void usb_poll(void);

/* Handlers, for the vector table: IRQ 5; 20 and 21. */
void usb_interrupt(void);
void uart_interrupt(void);

#endif
