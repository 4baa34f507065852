/* I2C, SPI, serial ports and USB of the RP2040: what the rest of the port needs to know of them. */
#ifndef THIMBLE_BUSES_H
#define THIMBLE_BUSES_H

#include <stdbool.h>
#include <stdint.h>

struct need;

/* The part of port_open for each kind: takes the block out of reset and connects its pins. False if the pins are
   not those of this unit, or its frequency is out of reach. */
bool i2c_open(const struct need *need);
bool spi_open(const struct need *need);
bool uart_open(const struct need *need);

/* Tells the core of bytes that have arrived on serial ports. From the main loop (chip_poll). */
void uart_poll(void);
/* Whether uart_poll or usb_poll has something to do; chip_sleep does not sleep then. */
bool uart_noted(void);
bool usb_noted(void);

/* Attaches to the bus: needs the 48 MHz USB clock. */
void usb_init(void);
/* Moves bytes between the link and the host. From the main loop (chip_poll). */
void usb_poll(void);

/* The handlers of interrupts, for the vector table: IRQ 5; 20 and 21; 1, 18, 19, 23 and 24. */
void usb_interrupt(void);
void uart_interrupt(void);
void transfer_interrupt(void);

/* Sleeping through a transfer inside of a host call, which runs below the interrupts. Begin states the longest
   time until transfer_wait gives up; transfer_wait returns at each interrupt, of whatever source, and false when
   the time is over. The timer's alarm 1 belongs to these. */
void transfer_begin(uint32_t limit_us);
bool transfer_wait(uint32_t irq) __attribute__((warn_unused_result));

#endif
