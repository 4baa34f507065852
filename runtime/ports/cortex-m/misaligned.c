/* ARMv6-M faults where WebAssembly allows an address of any alignment. Compiled code trusts the alignment that the module
   states; where that was wrong, the access is done here, byte by byte, about a hundred times slower. */
#include <stdbool.h>

#include "container.h"
#include "sandbox.h"

/* Bits 11 to 9 of accesses with an index register (ARMv6-M ARM A5.2.4): bit 2 is set in loads. */
enum kind { STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH };
#define LOADS 4u
#define WORDS (1u << STR | 1u << LDR)
#define HALVES (1u << STRH | 1u << LDRH | 1u << LDRSH)

struct registers {
  uint32_t *low, *high; /* r0 to r3, r4 to r7 */
};

/* The register that three bits name. */
static uint32_t *named(const struct registers *registers, uint32_t bits) {
  return &(bits & 4u ? registers->high : registers->low)[bits & 3u];
}

bool misaligned_complete(uint32_t instruction, uint32_t *low, uint32_t *high) {
  const struct registers registers = {low, high};
  uint32_t group = instruction >> 12;
  uint32_t kind = instruction >> 9 & 7u;
  uint32_t index = instruction >> 6;
  if (group == 5) {
    index = *named(&registers, index);
  } else if (group == 6 || group == 8) { /* words, halves: the index is a number of them */
    kind = (kind & LOADS) | group >> 3;
    index = (index & 31u) << (2 - (group >> 3));
  } else {
    return false;
  }
  uint32_t bytes = (WORDS >> kind & 1u) * 4 | (HALVES >> kind & 1u) * 2;
  uint32_t address = *named(&registers, instruction >> 3) + index;
  uint32_t offset = address - (uint32_t)sandbox.memory;
  uint32_t memory_bytes = sandbox.self->memory_bytes;
  if ((address & (bytes - 1)) == 0 || offset >= memory_bytes || memory_bytes - offset < bytes) return false;
  uint8_t *at = sandbox.memory + offset;
  uint32_t *subject = named(&registers, instruction);
  uint32_t value = 0;
  for (uint32_t shift = 0; shift < 8 * bytes; shift += 8, at++) {
    if (kind & LOADS) {
      value |= (uint32_t)*at << shift;
    } else {
      *at = (uint8_t)(*subject >> shift);
    }
  }
  if (kind & LOADS) *subject = kind == LDRSH ? (uint32_t)(int16_t)value : value;
  return true;
}
