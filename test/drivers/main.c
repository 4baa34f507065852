/* A firmware that is nothing but the drivers: it calls what the test asks for. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"
#include "link.h"

#define HEARD_BYTES 4096u

/* What the test asks for: a function, its arguments; done counts answers. */
volatile struct {
  uint32_t asked, done, function, arguments[6], result;
} mailbox;

/* What the drivers told the core, and what the link has to send. */
volatile struct {
  uint32_t uart_events, uart_port, length;
  uint8_t bytes[HEARD_BYTES];
} heard;
volatile struct {
  uint32_t count;
  struct {
    uint32_t pin, high, time_us, time_high;
  } edge[256];
} seen;
volatile struct {
  uint32_t length;
  uint8_t bytes[HEARD_BYTES];
} to_send;
volatile bool polls;
uint8_t buffers[4][512];

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];

static void stray(void) {
  for (;;) {
  }
}

_Noreturn void reset(void);
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
  stack_top, (const void *)reset, (const void *)stray, (const void *)stray,
  [11] = (const void *)stray, [14] = (const void *)stray, [15] = (const void *)stray};

void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us) {
  uint32_t at = seen.count++ % 256;
  seen.edge[at].pin = pin;
  seen.edge[at].high = high;
  seen.edge[at].time_us = (uint32_t)time_us;
  seen.edge[at].time_high = (uint32_t)(time_us >> 32);
}

/* What never comes back: only the watchdog ends it. */
void wedge(void) {
  for (;;) {
  }
}
_Noreturn void panic(uint32_t reason) { chip_panic(reason); }
/* A call has one result: the low word. */
uint32_t low_word_of_time(void) { return (uint32_t)port_now_us(); }

void uart_received(uint32_t port, uint64_t time_us) {
  (void)time_us;
  heard.uart_port = port;
  heard.uart_events++;
}

uint32_t link_take(uint8_t *out, uint32_t capacity) {
  uint32_t length = to_send.length; /* once: the test writes it at any time */
  if (length > capacity) length = capacity;
  for (uint32_t i = 0; i < length; i++) out[i] = to_send.bytes[i];
  to_send.length -= length;
  for (uint32_t i = 0; i < to_send.length; i++) to_send.bytes[i] = to_send.bytes[i + length];
  return length;
}

void link_receive(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length && heard.length < HEARD_BYTES; i++) heard.bytes[heard.length++] = bytes[i];
}

/* Of every container. */
uint32_t installed_name_hash(uint32_t place) {
  (void)place;
  return 0x68656174;
}

bool is_equal(const void *a, const void *b, uint32_t bytes) {
  const uint8_t *at = a, *other = b;
  for (uint32_t i = 0; i < bytes; i++) {
    if (at[i] != other[i]) return false;
  }
  return true;
}

typedef uint32_t function(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

_Noreturn void reset(void) {
  for (uint32_t *to = data_start, *from = data_load; to < data_end;) *to++ = *from++;
  for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
  *(reg *)0xe000ed08 = (uint32_t)(uintptr_t)vectors;
  chip_init();
  polls = true;
  for (;;) {
    chip_feed_watchdog();
    if (polls) chip_poll();
    if (mailbox.asked != mailbox.done) {
      volatile uint32_t *a = mailbox.arguments;
      mailbox.result = ((function *)(mailbox.function | 1))(a[0], a[1], a[2], a[3], a[4], a[5]);
      mailbox.done++;
    }
  }
}

void *memcpy(void *to, const void *from, unsigned length) {
  for (unsigned i = 0; i < length; i++) ((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
  return to;
}

/* To where it lies lower, as it is used. */
void *memmove(void *to, const void *from, unsigned length) { return memcpy(to, from, length); }

void *memset(void *to, int value, unsigned length) {
  for (unsigned i = 0; i < length; i++) ((volatile uint8_t *)to)[i] = (uint8_t)value;
  return to;
}
