/* Lines for the developer. A line that finds no room is dropped and counted. */
#include "container.h"
#include "port.h"
#include "text.h"

_Static_assert(CONTRACT_MAX_LOG_WRITE_TEXT * UNIT_BYTES_MAX <= LOG_BYTES_MAX, "a text fits a line");
_Static_assert(CONTRACT_MAX_LOG_NUMBER_TEXT * UNIT_BYTES_MAX + 1 + NUMBER_BYTES_MAX <= LOG_BYTES_MAX,
               "a text and a number fit a line");
_Static_assert(CONTRACT_LAST_LOG_NUMBER_DECIMALS <= DECIMALS_MAX, "text_number writes it");

static void put_line(struct container *self, uint32_t level, const uint8_t *line, const uint8_t *end) {
  if (!port_log(self, level, line, (uint32_t)(end - line))) self->dropped++;
}

void log_write(struct container *self, uint32_t level, const uint16_t *text, uint32_t text_length) {
  uint8_t line[LOG_BYTES_MAX];
  put_line(self, level, line, text_utf16(line, text, text_length));
}

void log_number(struct container *self, const uint16_t *text, uint32_t text_length, int32_t value, uint32_t decimals) {
  uint8_t line[LOG_BYTES_MAX];
  uint8_t *end = text_utf16(line, text, text_length);
  *end++ = ' ';
  put_line(self, LEVEL_INFO, line, text_number(end, value, decimals));
}
