/* ARMv6-M faults where WebAssembly allows an address of any alignment. Compiled code trusts the alignment that the module
   states; where that was wrong, the access is done here, byte by byte, about a hundred times slower. */
#include <stdbool.h>

#include "container.h"
#include "sandbox.h"

/* Bits 11 to 9 of the accesses with an index register (ARMv6-M ARM A5.2.4). */
enum kind { STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH };

bool misaligned_complete(uint32_t instruction, uint32_t *low, uint32_t *high) {
#define REGISTER(shift) (instruction >> (shift) & 4u ? high : low)[instruction >> (shift) & 3u]
  uint32_t group = instruction >> 12;
  bool loads = (instruction & 0x800u) != 0;
  uint32_t index = instruction >> 6 & 31u;
  enum kind kind = STRB;
  if (group == 5) {
    kind = (enum kind)(instruction >> 9 & 7u);
    index = REGISTER(6);
  } else if (group == 6) {
    kind = loads ? LDR : STR;
    index *= 4;
  } else if (group == 8) {
    kind = loads ? LDRH : STRH;
    index *= 2;
  }
  if (kind == STRB || kind == LDRB || kind == LDRSB) return false;
  uint32_t bytes = (kind & 3u) == 0 ? 4 : 2;
  uint32_t address = REGISTER(3) + index;
  uint32_t offset = address - (uint32_t)sandbox.memory;
  uint32_t memory_bytes = sandbox.self->memory_bytes;
  if ((address & (bytes - 1)) == 0 || offset >= memory_bytes || memory_bytes - offset < bytes) return false;
  uint8_t *at = sandbox.memory + offset;
  uint32_t value = kind >= LDR ? 0 : REGISTER(0);
  if (kind < LDR) {
    for (; bytes > 0; bytes--, value >>= 8) *at++ = (uint8_t)value;
    return true;
  }
  for (at += bytes; bytes > 0; bytes--) value = value << 8 | *--at;
  REGISTER(0) = kind == LDRSH ? (uint32_t)(int16_t)value : value;
  return true;
}
