/* The link: frames to and from whatever is at the other end of the wire (SPEC section 7). This file makes port_message_send
   and port_log; the chip moves the bytes. Outgoing frames wait whole in a ring. Nothing here waits for the host. */
#ifndef THIMBLE_LINK_H
#define THIMBLE_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct container;

/* No place in the code is known. */
#define LINK_NONE 0xffffffffu

/* No container was noted. */
#define LINK_NOBODY 255u

/* Beside the outcomes of a swap. */
#define LINK_REFUSED 3u

/* Longest body of an outgoing frame, a line of the log: what a host must be ready for. */
#define LINK_BODY_OUT_MAX 379u
/* Longest body of an incoming frame, a message; a longer one is counted as wrong. */
#define LINK_BODY_IN_MAX 319u

/* --- What the kernel tells the outside world. These frames make the oldest ones give way. --- */

/* Names the firmware and the device. `places` is how many containers it has, `noted` the one that ran when the watchdog ended the last
   life, or LINK_NOBODY; both are told again whenever the host asks. Called once, before any other function of this file. */
void link_hello(uint32_t places, uint32_t noted);
/* The container has been started, or started again. */
void link_started(const struct container *self);
/* The container has ended as its trap, failures and state say. `code_offset` counts from the start of its code, or is LINK_NONE. */
void link_ended(const struct container *self, uint32_t code_offset);
/* How a swap stands, and which version runs now. `outcome` is enum swap_outcome, or LINK_REFUSED if there is no swap; `code` the trap code for which
   the other version is gone again, or the error code for which there is none, else 0. */
void link_swapped(const struct container *self, uint32_t outcome, uint32_t code);

/* --- For the chip's transport, called from the main loop only (chip_poll) --- */

/* Copies up to `capacity` bytes that are to be sent and returns how many; 0 if there are none. */
uint32_t link_take(uint8_t *out, uint32_t capacity);
/* Takes received bytes, in any portions, and hands what they say to the core. Frames that are wrong are counted. */
void link_receive(const uint8_t *bytes, uint32_t length);

/* --- What the link asks for --- */

/* Given by the kernel: the app's name as the payload has it, one byte that counts the bytes and then those. */
const uint8_t *link_name(const struct container *self);
/* Given by the chip: a host has the port open. While none has, the oldest frames give way to new ones. */
bool chip_link_is_read(void);

#endif
