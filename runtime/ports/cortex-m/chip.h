/* What a chip gives the kernel, beside the pins, buses, time, id, seed and reset reason of port.h. Every function is
   called by the privileged kernel in thread mode, unless it says otherwise.

   Interrupts of the chip have priority 0, above the kernel's own exceptions. A handler only notes what happened, in
   memory of its own; chip_poll hands it on. The chip's vectors, from interrupt 0 on, go to section .vectors.chip. */
#ifndef THIMBLE_CHIP_H
#define THIMBLE_CHIP_H

#include <stdbool.h>
#include <stdint.h>

/* Clocks, resets, timer, watchdog, interrupts. Called once, first of all. The MPU, the priorities of system exceptions
   and SysTick belong to the kernel. */
void chip_init(void);

/* port_now_us counts from 0 from now on. Called once, right before the first container starts. */
void chip_start_clock(void);

/* Hands what interrupts have noted to the core (gpio_pin_changed, uart_received, link_receive), and what the link has to
   send (link_take) to the transport. */
void chip_poll(void);

/* Waits until an interrupt, at the latest until `due_us`. Returns at once if something was noted since chip_poll began; may return
   early. Precondition: `due_us` is at most SLEEP_US_MAX ahead, since the watchdog is fed by the main loop. */
void chip_sleep(uint64_t due_us);
#define SLEEP_US_MAX 2000000u

/* Called by the main loop between two events, and by the tick while a container runs, every 64 ms: that ends with the event's
   budget. The watchdog resets the chip where neither happens for seconds: a driver or the kernel is stuck. */
void chip_feed_watchdog(void);

/* Keeps a word for the next life, if a reset other than power-on ends this one. The kernel notes who runs (native.h). Called for each
   event: a store. */
void chip_note(uint32_t word);

/* What the last life noted last, 0 after power-on. Asked once, after chip_init and before chip_note. */
uint32_t chip_noted(void);

/* The kernel cannot go on: resets the chip. `reason` is for whoever debugs. Called in any mode; chip_noted tells the next life
   who ran. */
_Noreturn void chip_panic(uint32_t reason);

/* SysTick counts of a millisecond, by the core's clock: at most 2^24. */
extern const uint32_t chip_ticks_per_ms;

/* Bytes of flash, a power of two: no record of what is installed may name more. */
extern const uint32_t chip_flash_bytes;

/* Flash by its offset from the first byte of the chip's flash. Reading is plain memory. */
const uint8_t *chip_flash_at(uint32_t offset);
#define SECTOR_BYTES 4096u
#define PAGE_BYTES 256u
/* Erases a sector to FF, or programs a page, at an offset of that alignment. Whether that has succeeded can be read. */
void chip_flash_erase(uint32_t offset);
void chip_flash_program(uint32_t offset, const uint8_t bytes[PAGE_BYTES]);

/* What the linker script of a chip gives:
     stack_top            top of the kernel's stack, a multiple of 8
     sandbox_stack        4,096 bytes aligned to 4,096: the stack of containers
     helpers              a multiple of 8,192: the table of helpers/, which ends at helpers_code, then the code of helpers/ and
                          section .helpers (sandbox.S), up to helpers_end, a multiple of 1,024, at most 8,192 away. Containers can
                          read and execute all of it, so nothing else may lie there
     arena_start/_end     memory for containers, multiples of 256
     data_start/_end, data_load, bss_end   multiples of 4; zeros lie from data_end to bss_end */

#endif
