/* ARMv6-M faults where WebAssembly allows an address of any alignment. Compiled code trusts the alignment that the module
   states; where that was wrong, the access is done here, byte by byte, about a hundred times slower. */
#include <stdbool.h>

#include "container.h"
#include "sandbox.h"

/* Bits of accesses with an index register, or with a number of words or halves (ARMv6-M ARM A5.2.4). */
#define LOAD (1u << 11)
#define HALF_BY_REGISTER (1u << 9)
#define LDRSH (0x5e00u >> 9)

struct registers {
  uint32_t *low, *high; /* r0 to r3, r4 to r7 */
};

/* The register that three bits name. */
static uint32_t *named(const struct registers *registers, uint32_t bits) {
  return &(bits & 4u ? registers->high : registers->low)[bits & 3u];
}

/* Inside of memory there is no other reason for an access to fault than its alignment: that of bytes never does. */
bool misaligned_complete(uint32_t instruction, uint32_t *low, uint32_t *high) {
  const struct registers registers = {low, high};
  uint32_t group = instruction >> 12, bytes = 4, index = instruction >> 6;
  if (group == 8 || (group == 5 && (instruction & HALF_BY_REGISTER) != 0)) bytes = 2;
  if (group == 5) {
    index = *named(&registers, index);
  } else if (group == 6 || group == 8) {
    index = (index & 31u) * bytes;
  } else {
    return false;
  }
  uint8_t *at = (uint8_t *)(*named(&registers, instruction >> 3) + index);
  uint32_t memory_bytes = sandbox.self->memory_bytes;
  uint32_t offset = (uint32_t)(at - sandbox.memory);
  if (offset >= memory_bytes || memory_bytes - offset < bytes) return false;
  uint32_t *subject = named(&registers, instruction);
  if (instruction & LOAD) {
    uint32_t value = 0;
    __builtin_memcpy(&value, at, bytes);
    *subject = instruction >> 9 == LDRSH ? (uint32_t)(int16_t)value : value;
  } else {
    __builtin_memcpy(at, subject, bytes);
  }
  return true;
}
