/* All that a chip must give the core. Each function returns soon: bus transfers take their time on the wire,
   nothing else takes more than a few microseconds. Pins, buses and channels are those of needs that
   port_open has accepted. The port may call gpio_pin_changed and uart_received (from its interrupts, the
   simulator from a transfer) only while no other function of the core than the one that called the port
   is at work. */
#ifndef THIMBLE_PORT_H
#define THIMBLE_PORT_H

#include <stdbool.h>
#include <stdint.h>

struct container;
struct need;

#define PORT_CHECKED __attribute__((warn_unused_result))

/* --- Time --- */

/* Microseconds since the device started; never decreases. */
uint64_t port_now_us(void);
/* Milliseconds since 1970-01-01T00:00:00Z, or a negative value while that is not known. */
int64_t port_wall_ms(void);

/* --- Pins --- */

/* Configures what a need of a hardware kind is wired to; other kinds need nothing. An output is driven
   inactive before it becomes an output; a PWM output starts at duty 0 and 1,000 hertz. False if this chip
   has no such pin, bus or channel, or cannot use it so. */
PORT_CHECKED bool port_open(const struct need *need);
/* The electrical level of an input, or the level last written to an output; true is high. */
bool port_pin_read(uint32_t pin);
/* `high` is 0 or 1. */
void port_pin_write(uint32_t pin, uint32_t high);
/* From now on level changes of this input are reported by gpio_pin_changed, or are not. */
void port_pin_watch(uint32_t pin, bool on);
/* duty 0 is always low, 65535 always high. */
void port_pwm_set_duty(uint32_t pin, uint32_t duty);
/* What was set last. */
uint32_t port_pwm_duty(uint32_t pin);
/* hertz is 8 to 1,000,000. The duty stays. */
void port_pwm_set_frequency(uint32_t pin, uint32_t hertz);
/* One conversion: 0 to 4095 of the reference voltage. */
uint32_t port_adc_read(uint32_t channel);

/* --- Buses --- Lengths are at most LIST_BYTES_MAX. 0 or a negated enum error_code. */

/* One transaction: writes `length` bytes, then, if out_length > 0 or length is 0, a (repeated) start and a
   read of out_length bytes. After an error `out` is unspecified. */
PORT_CHECKED int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                                       uint32_t out_length);
/* Selects the device and exchanges `total` bytes: `length` of `data`, then zeros. What comes in from byte
   `skip` on goes to `out`, total - skip bytes. length <= total <= 2 * LIST_BYTES_MAX, skip <= total. */
PORT_CHECKED int32_t port_spi_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint32_t total,
                                       uint8_t *out, uint32_t skip);
/* How many of the bytes were taken for sending: 0 to length. */
PORT_CHECKED int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length);
/* Takes up to `capacity` received bytes and returns how many, or -ERROR_OVERRUN once after bytes were lost. */
PORT_CHECKED int32_t port_uart_read(const struct need *port, uint8_t *out, uint32_t capacity);
/* Received bytes that wait. */
uint32_t port_uart_waiting(const struct need *port);

/* --- The link --- */

/* Takes a message for the outside world. False if the queue of outgoing messages is full. */
PORT_CHECKED bool port_message_send(const struct container *self, const uint8_t *topic, uint32_t topic_length,
                                    const uint8_t *payload, uint32_t length);
/* Takes a line of UTF-8 without its end. `level` is enum level. False if there is no room for it. */
PORT_CHECKED bool port_log(const struct container *self, uint32_t level, const uint8_t *text, uint32_t length);

/* --- The store: values by container and key (0 to 255), up to STORE_BYTES_MAX bytes each --- */

/* What a value is: four bytes for a number. */
enum stored { STORED_NUMBER = 1, STORED_BYTES = 2 };

/* The length of the value, copied to `out`; or -ERROR_NOT_FOUND, -ERROR_WRONG_TYPE if it is something else, or -ERROR_TOO_SMALL. */
PORT_CHECKED int32_t port_store_read(const struct container *self, uint32_t key, enum stored what, void *out, uint32_t capacity);
/* 0, -ERROR_QUOTA beyond this container's allowance, -ERROR_FULL if the device has no room. */
PORT_CHECKED int32_t port_store_write(const struct container *self, uint32_t key, enum stored what, const void *data,
                                      uint32_t length);
void port_store_remove(const struct container *self, uint32_t key);

/* --- The device --- */

/* What the random numbers start from: the same for as long as the device runs. */
uint32_t port_random_seed(void);
/* The unique id. */
void port_device_id(uint8_t out[8]);
/* enum reset_reason. */
uint32_t port_reset_reason(void);

/* --- Containers --- */

/* Whether the container may be called at this microsecond. Where time stands still while an event is handled, none is called twice
   in one. */
bool port_is_ready(const struct container *self);
/* Entries of the container's table, at least 1; the same for as long as it is loaded. */
uint32_t port_container_entries(const struct container *self);
/* Makes memory and globals what the module states and calls its start function. Returns enum trap_code. Called
   before each call of entry 0. */
uint32_t port_container_instantiate(struct container *self);
/* Calls an entry of the container's table with `value`, which an entry without parameters does not get. Returns
   enum trap_code: NONE if the call came to its end, BAD_INDIRECT_CALL if there is no such entry. */
uint32_t port_container_call(struct container *self, uint32_t entry, int32_t value);
/* A trap has ended the container: its code is not called before it is instantiated again, never if it is PARKED. */
void port_container_ended(struct container *self);
/* The slot is EMPTY: what was set aside for the container may be used for others. */
void port_container_released(struct container *self);
/* How the swap of `other` for `self` or back stands: outcome is enum swap_outcome; `self` runs from now on. SWAP_TRIAL: `other` stands
   by. SWAP_KEPT: `other` is released next. SWAP_BACK: `other` has failed, its trap says why, and it is released next. */
void port_swapped(struct container *self, struct container *other, uint32_t outcome);

/* Access to a container's memory: direct on a chip, through a buffer where core and container have separate
   memories. The range has been checked; size_bytes <= LIST_BYTES_MAX. One buffer of each direction may be
   in use at a time. What has been put out counts from the start of the range that was asked for last. */
const void *port_memory_in(struct container *self, uint32_t offset, uint32_t size_bytes);
void *port_memory_out(struct container *self, uint32_t offset, uint32_t size_bytes);
void port_memory_out_done(struct container *self, uint32_t size_bytes);

#endif
