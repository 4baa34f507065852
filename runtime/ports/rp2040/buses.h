/* I2C, SPI, serial ports and USB of the RP2040: what the rest of the port needs to know of them. */
#ifndef THIMBLE_BUSES_H
#define THIMBLE_BUSES_H

#include <stdbool.h>
#include <stdint.h>

struct need;

/* The part of port_open for I2C, SPI and serial ports: gives the block its clocks, takes it out of reset and connects its pins. False
   if the pins are not those of this unit, or its frequency is out of reach. The other two add what these need besides. */
bool bus_open(const struct need *need);
bool spi_open(const struct need *need);
bool uart_open(const struct need *need);

/* Bytes have arrived. From pins_poll. */
void uart_noted(uint32_t unit, uint64_t time_us);
/* Whether usb_poll has something to do. With interrupts off. */
bool usb_noted(void);

/* Attaches to the bus: needs the 48 MHz USB clock. */
void usb_init(void);
/* Moves bytes between the link and the host. From the main loop (chip_poll). */
void usb_poll(void);

/* Handlers, for the vector table: IRQ 5; 20 and 21; 1, 18, 19, 23 and 24. */
void usb_interrupt(void);
void uart_interrupt(void);
void transfer_interrupt(void);

/* --- Sleeping through a transfer inside of a host call, which all interrupts of the chip may interrupt. The
   timer's alarm 1 belongs to it. --- */

/* From now on transfer_over() is false until `limit_us` have passed. */
void transfer_begin(uint32_t limit_us);
bool transfer_over(void);
/* Sleeps until an interrupt, at once if one of `irqs` (bit = number) is asserted; returns at any other too. */
void transfer_wait(uint32_t irqs);

#define TRANSFER_ALARM 1u
#define TRANSFER_LIMIT (1u << TRANSFER_ALARM) /* among `irqs`: when the limit is over */

#endif
