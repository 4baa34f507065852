/* What the device tells of itself (USB 2.0 9.6; CDC 1.2 5.2; PSTN 1.2 5.3): a serial port. */
#ifndef THIMBLE_USB_DESCRIPTORS_H
#define THIMBLE_USB_DESCRIPTORS_H

#include <stdint.h>

/* The test ids of pid.codes, which belong to nobody: whoever sells devices takes their own. */
#define USB_VENDOR 0x1209
#define USB_PRODUCT 0x0001

#define USB_PACKET_BYTES 64
/* Endpoints: notifications (never sent), data. */
#define USB_NOTIFY 1
#define USB_DATA 2

enum usb_descriptor_type { USB_DEVICE = 1, USB_CONFIGURATION = 2, USB_STRING = 3 };
enum usb_string { USB_LANGUAGES, USB_PRODUCT_NAME, USB_SERIAL_NUMBER };

#define DEVICE_BYTES 18
#define CONFIGURATION_BYTES 67
#define LANGUAGES_BYTES 4
#define PRODUCT_BYTES 16
#define WORD(value) (value) & 0xff, (value) >> 8

/* One after the other, as usb_descriptors has them. */
static const uint8_t usb_descriptor_bytes[] = {
  /* The device: communications, one configuration. */
  DEVICE_BYTES, USB_DEVICE, WORD(0x0200), 2, 0, 0, USB_PACKET_BYTES, WORD(USB_VENDOR), WORD(USB_PRODUCT), WORD(0x0100), 0,
  USB_PRODUCT_NAME, USB_SERIAL_NUMBER, 1,
  /* The configuration: two interfaces, powered by the bus, 100 mA. */
  9, USB_CONFIGURATION, WORD(CONFIGURATION_BYTES), 2, 1, 0, 0x80, 50,
  9, 4, 0, 0, 1, 2, 2, 0, 0, /* interface 0: abstract control model */
  5, 0x24, 0, WORD(0x0120),  /* header: CDC 1.20 */
  5, 0x24, 1, 0, 1,          /* no call management, data on interface 1 */
  4, 0x24, 2, 2,             /* line coding and control line state */
  5, 0x24, 6, 0, 1,          /* union of interfaces 0 and 1 */
  7, 5, 0x80 | USB_NOTIFY, 3, WORD(8), 255,
  9, 4, 1, 0, 2, 10, 0, 0, 0, /* interface 1: data */
  7, 5, USB_DATA, 2, WORD(USB_PACKET_BYTES), 0,
  7, 5, 0x80 | USB_DATA, 2, WORD(USB_PACKET_BYTES), 0,
  /* Languages: English (United States). The product. */
  LANGUAGES_BYTES, USB_STRING, WORD(0x0409),
  PRODUCT_BYTES, USB_STRING, 't', 0, 'h', 0, 'i', 0, 'm', 0, 'b', 0, 'l', 0, 'e', 0,
};

static const struct {
  uint8_t index, type; /* as in wValue */
  uint8_t length;
} usb_descriptors[] = {
  {0, USB_DEVICE, DEVICE_BYTES},
  {0, USB_CONFIGURATION, CONFIGURATION_BYTES},
  {USB_LANGUAGES, USB_STRING, LANGUAGES_BYTES},
  {USB_PRODUCT_NAME, USB_STRING, PRODUCT_BYTES},
};
_Static_assert(sizeof usb_descriptor_bytes == DEVICE_BYTES + CONFIGURATION_BYTES + LANGUAGES_BYTES + PRODUCT_BYTES, "");

#endif
