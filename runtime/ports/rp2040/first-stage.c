/* The first stage: starts the firmware of the first slot that holds a whole one. It runs on the ring oscillator, as the boot ROM has left the
   chip, and keeps nothing for what it starts. */
#include <stdbool.h>
#include <stdint.h>

#define SLOT_BYTES 0xe000u
#define MAGIC 0x77666874u /* "thfw" */
#define FORMAT 1u
#define VTOR (*(volatile uint32_t *)0xe000ed08u)

/* A firmware slot (SPEC.md section 6). */
struct header {
  uint32_t magic;
  uint32_t format;
  uint32_t bytes; /* of the whole image */
  uint32_t crc32; /* of all behind the header */
  uint32_t version;
  uint32_t vectors; /* their offset */
  uint32_t reserved[2];
};

extern const uint8_t slot_a[], slot_b[];
extern uint32_t stage_stack[];

static uint32_t crc_table[256];

static void fill_crc_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t word = byte;
    for (uint32_t bit = 0; bit < 8; bit++) word = word >> 1 ^ (word & 1 ? 0xedb88320u : 0);
    crc_table[byte] = word;
  }
}

/* As in zlib and PNG, of at least one byte. Apart, so that its loop has all registers: the start of the chip takes as long as this. */
static __attribute__((noinline)) uint32_t crc32(const uint8_t *at, const uint8_t *end) {
  uint32_t crc = 0xffffffffu;
  do crc = crc >> 8 ^ crc_table[(crc ^ *at++) & 0xff];
  while (at < end);
  return ~crc;
}

static bool is_whole(const struct header *slot) {
  const uint8_t *start = (const uint8_t *)slot;
  return slot->magic == MAGIC && slot->format == FORMAT && slot->bytes > sizeof(*slot) && slot->bytes <= SLOT_BYTES &&
         slot->vectors % 256 == 0 && slot->vectors < slot->bytes &&
         slot->crc32 == crc32(start + sizeof(*slot), start + slot->bytes);
}

static void start(const struct header *slot) {
  const uint32_t *vectors = (const uint32_t *)((const uint8_t *)slot + slot->vectors);
  VTOR = (uint32_t)(uintptr_t)vectors;
  __asm__ volatile("msr msp, %0\n bx %1" : : "r"(vectors[0]), "r"(vectors[1]));
}

/* The boot ROM's USB drive, which takes a UF2 file (2.8.3). */
static void boot_rom_usb(void) {
  typedef void *lookup_function(const uint16_t *table, uint32_t code);
  typedef void boot_function(uint32_t activity_pins, uint32_t disabled_interfaces);
  uint32_t rom = 0;
  __asm__("" : "+r"(rom));
  const uint16_t *words = (const uint16_t *)(uintptr_t)rom;
  lookup_function *lookup = (lookup_function *)(uintptr_t)words[0x18 / 2];
  boot_function *boot = (boot_function *)lookup((const uint16_t *)(uintptr_t)words[0x14 / 2], 'U' | 'B' << 8);
  boot(0, 0);
}

static void run(void) {
  const struct header *slots[] = {(const struct header *)slot_a, (const struct header *)slot_b};
  fill_crc_table();
  for (uint32_t i = 0; i < 2; i++) {
    if (is_whole(slots[i])) start(slots[i]);
  }
  boot_rom_usb();
}

/* Where boot2 goes on. */
__attribute__((section(".entry"), used)) const struct {
  uint32_t *stack;
  void (*entry)(void);
} entry = {stage_stack, run};
