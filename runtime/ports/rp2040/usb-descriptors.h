/* What the device tells of itself (USB 2.0 9.6; CDC 1.2 5.2; PSTN 1.2 5.3): a serial port. */
#ifndef THIMBLE_USB_DESCRIPTORS_H
#define THIMBLE_USB_DESCRIPTORS_H

#include <stdbool.h>
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

/* Standard requests (USB 2.0 9.4) and those of the class (PSTN 1.2 6.3). Their numbers differ, so the type is not looked at. */
enum usb_request {
  GET_STATUS = 0x00,
  CLEAR_FEATURE = 0x01,
  SET_ADDRESS = 0x05,
  GET_DESCRIPTOR = 0x06,
  GET_CONFIGURATION = 0x08,
  SET_CONFIGURATION = 0x09,
  GET_INTERFACE = 0x0a,
  SET_INTERFACE = 0x0b,
  SET_LINE_CODING = 0x20,
  GET_LINE_CODING = 0x21,
  SET_CONTROL_LINE_STATE = 0x22,
};

#define LINE_CODING_BYTES 7

/* What the device knows. From `baud` on: all answers but the serial number, one after the other. */
static struct {
  const uint8_t *data; /* of the answer, what is not sent yet. No whole answer ends with a full packet, */
  uint8_t left;        /* so none that is shorter than asked for needs an empty one (USB 2.0 8.5.3.2). */
  uint8_t address;     /* from the end of the request on, which is still acknowledged at the old one */
  volatile uint8_t line_state;
  volatile bool noted;
  uint32_t baud;
  uint8_t format[3]; /* nothing here depends on the stop bits, the parity and the data bits */
  volatile uint8_t configuration;
  uint8_t alternate_setting, status[2]; /* zeros */
  uint8_t descriptors[DEVICE_BYTES + CONFIGURATION_BYTES + LANGUAGES_BYTES + PRODUCT_BYTES];
} usb = {
  .baud = 115200,
  .format = {0, 0, 8},
  .descriptors = {
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
  },
};

_Static_assert(CONFIGURATION_BYTES < 2 * USB_PACKET_BYTES, "the longest answer");

/* What is asked for, by request, value and direction, and how long the answer is; in the order of the answers. What only needs to be
   acknowledged has an empty one. */
#define TO_HOST 0x80u
#define ANSWER(request, value, length) ((uint32_t)(value) << 16 | (request) << 8 | TO_HOST | (length))
#define ACKNOWLEDGED(request, value) ((uint32_t)(value) << 16 | (request) << 8)
static const uint32_t usb_answer_keys[] = {
  ANSWER(GET_LINE_CODING, 0, LINE_CODING_BYTES),
  ACKNOWLEDGED(SET_LINE_CODING, 0),
  ACKNOWLEDGED(SET_INTERFACE, 0),
  ANSWER(GET_CONFIGURATION, 0, 1),
  ANSWER(GET_INTERFACE, 0, 1),
  ANSWER(GET_STATUS, 0, 2),
  ANSWER(GET_DESCRIPTOR, USB_DEVICE << 8, DEVICE_BYTES),
  ANSWER(GET_DESCRIPTOR, USB_CONFIGURATION << 8, CONFIGURATION_BYTES),
  ANSWER(GET_DESCRIPTOR, USB_STRING << 8 | USB_LANGUAGES, LANGUAGES_BYTES),
  ANSWER(GET_DESCRIPTOR, USB_STRING << 8 | USB_PRODUCT_NAME, PRODUCT_BYTES),
};
#define ANSWERS (sizeof usb_answer_keys / sizeof usb_answer_keys[0])
#define SERIAL_NUMBER_KEY ANSWER(GET_DESCRIPTOR, USB_STRING << 8 | USB_SERIAL_NUMBER, 0)

#endif
