/* What the simulator's TypeScript gives this port (runtime/emulator/sim/port.ts). Containers go by their index,
   times are doubles: whole microseconds or milliseconds, exact up to 2^53. */
#ifndef THIMBLE_SIM_IMPORTS_H
#define THIMBLE_SIM_IMPORTS_H

#include <stdint.h>

#if defined(__wasm__)
#define IMPORT(name) __attribute__((import_module("port"), import_name(#name))) extern
#else
#define IMPORT(name) extern
#endif

IMPORT(now_us) double sim_now_us(void);
IMPORT(wall_ms) double sim_wall_ms(void);

IMPORT(configure_input) void sim_configure_input(uint32_t pin, uint32_t pull);
IMPORT(configure_output) void sim_configure_output(uint32_t pin, uint32_t high);
IMPORT(pin_read) uint32_t sim_pin_read(uint32_t pin);
IMPORT(pin_write) void sim_pin_write(uint32_t pin, uint32_t high);
IMPORT(pwm_set) void sim_pwm_set(uint32_t pin, uint32_t hertz, uint32_t duty);
IMPORT(adc_read) uint32_t sim_adc_read(uint32_t channel);

/* 0 or a negated enum error_code. */
IMPORT(i2c_transfer) int32_t sim_i2c_transfer(uint32_t bus, uint32_t hertz, uint32_t address, const uint8_t *data,
                                              uint32_t length, uint8_t *out, uint32_t out_length);
IMPORT(spi_transfer) void sim_spi_transfer(uint32_t bus, uint32_t hertz, uint32_t cs, const uint8_t *data,
                                           uint32_t length, uint32_t total, uint8_t *out, uint32_t skip);
IMPORT(uart_write) void sim_uart_write(uint32_t port, const uint8_t *data, uint32_t length);
IMPORT(uart_read) uint32_t sim_uart_read(uint32_t port, uint8_t *out, uint32_t capacity);
IMPORT(uart_waiting) uint32_t sim_uart_waiting(uint32_t port);

IMPORT(message_send) uint32_t sim_message_send(uint32_t container, const uint8_t *topic, uint32_t topic_length,
                                               const uint8_t *payload, uint32_t length);
IMPORT(log) uint32_t sim_log(uint32_t container, uint32_t level, const uint8_t *text, uint32_t length);

IMPORT(store_read) int32_t sim_store_read(uint32_t container, uint32_t key, uint8_t *out, uint32_t capacity);
IMPORT(store_write) int32_t sim_store_write(uint32_t container, uint32_t key, const uint8_t *data, uint32_t length);
IMPORT(store_remove) void sim_store_remove(uint32_t container, uint32_t key);

IMPORT(random_seed) uint32_t sim_random_seed(void);
IMPORT(device_id) void sim_device_id(uint8_t *out);

IMPORT(container_entries) uint32_t sim_container_entries(uint32_t container);
/* These return enum trap_code and let no exception through. */
IMPORT(container_instantiate) uint32_t sim_container_instantiate(uint32_t container);
IMPORT(container_call) uint32_t sim_container_call(uint32_t container, uint32_t entry, int32_t value);
IMPORT(container_ended) void sim_container_ended(uint32_t container, uint32_t trap);
IMPORT(container_released) void sim_container_released(uint32_t container);
/* outcome is enum swap_outcome. */
IMPORT(swapped) void sim_swapped(uint32_t container, uint32_t other, uint32_t outcome);
IMPORT(memory_read) void sim_memory_read(uint32_t container, uint32_t offset, uint8_t *to, uint32_t size_bytes);
IMPORT(memory_write) void sim_memory_write(uint32_t container, uint32_t offset, const uint8_t *from,
                                           uint32_t size_bytes);

#endif
