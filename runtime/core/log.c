/* Lines for the developer. A line that finds no room is dropped and counted. */
#include "container.h"
#include "port.h"
#include "text.h"

static void put_line(struct container *self, uint32_t level, const struct text *line) {
  if (!port_log(self, level, line->bytes, line->length)) self->dropped++;
}

void log_write(struct container *self, uint32_t level, const uint16_t *text, uint32_t text_length) {
  uint8_t bytes[LOG_BYTES_MAX];
  struct text line = {bytes, sizeof bytes, 0};
  (void)text_utf16(&line, text, text_length); /* it fits: three bytes a unit */
  put_line(self, level, &line);
}

void log_number(struct container *self, const uint16_t *text, uint32_t text_length, int32_t value, uint32_t decimals) {
  if (decimals > DECIMALS_MAX) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return;
  }
  uint8_t bytes[LOG_BYTES_MAX];
  struct text line = {bytes, sizeof bytes, 0};
  (void)text_utf16(&line, text, text_length);
  text_byte(&line, ' ');
  text_number(&line, value, decimals);
  put_line(self, LEVEL_INFO, &line);
}
