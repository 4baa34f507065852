/* A USB serial port (CDC ACM) for the link. Endpoint 0 lives in the interrupt handler, the data in the main loop; what is at
   which stage is told by the buffer controls themselves. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"
#include "link.h"
#include "usb-descriptors.h"

/* Standard requests (USB 2.0 9.4) and those of the class (PSTN 1.2 6.3). Their numbers differ, so the type is not looked at. */
enum request {
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

/* The first word of a setup packet is type, request and value, the second index and length. */
#define TYPE_IN 0x80u
#define TYPE_VENDOR 0x40u
#define TYPE_RECIPIENT 0x1fu
#define RECIPIENT_ENDPOINT 2u

#define LINE_DTR 1u
/* A host that sets this speed asks for the boot ROM, as is usual with these boards. */
#define BOOT_ROM_BAUD 1200u
#define LINE_CODING_BYTES 7u
#define UNKNOWN UINT32_MAX

static struct {
  const uint8_t *data; /* of the answer, what is not sent yet. No whole answer ends with a full packet, */
  uint32_t left;       /* so none that is shorter than asked for needs an empty one (USB 2.0 8.5.3.2). */
  uint8_t address; /* from the end of the request on, which is still acknowledged at the old one */
  volatile uint8_t configuration, line_state;
  volatile bool noted;
} usb;

/* Nothing here depends on the stop bits, the parity and the data bits. */
static struct {
  uint32_t baud;
  uint8_t format[4];
} coding = {115200, {0, 0, 8}};

/* Gives a buffer to the controller, with the other packet id than the last one. The controller may look between two writes:
   AVAILABLE comes last, some cycles of its clock later (4.1.2.5.1). */
static void arm(reg *control, uint32_t bits) {
  interrupts_off();
  bits |= ~*control & USB_BUFFER_DATA1;
  *control = bits;
  for (uint32_t i = 4; i > 0; i--) __asm__ volatile("");
  *control = bits | USB_BUFFER_AVAILABLE;
  interrupts_on();
}

/* The next packet of the answer, or the empty one that acknowledges. */
static void control_in(void) {
  struct usb_memory *memory = USB_MEMORY;
  uint32_t length = usb.left < USB_PACKET_BYTES ? usb.left : USB_PACKET_BYTES;
  __builtin_memcpy(memory->control_data, usb.data, length);
  usb.data += length;
  usb.left -= length;
  arm(&memory->buffer[0].in, USB_BUFFER_FULL | length);
}

/* Both directions begin with DATA0: as if the other had gone through. */
static void start_data(void) {
  struct usb_memory *memory = USB_MEMORY;
  memory->buffer[USB_DATA].in = USB_BUFFER_DATA1;
  memory->buffer[USB_DATA].out = USB_BUFFER_DATA1;
  arm(&memory->buffer[USB_DATA].out, USB_PACKET_BYTES);
}

static uint32_t put_serial_number(uint8_t *out) {
  uint8_t id[8];
  port_device_id(id);
  out[0] = 2 + 4 * sizeof id;
  out[1] = USB_STRING;
  for (uint32_t i = 0; i < 2 * sizeof id; i++) {
    uint32_t digit = id[i / 2] >> (~i & 1) * 4 & 15;
    out[2 + 2 * i] = (uint8_t)(digit < 10 ? '0' + digit : 'A' - 10 + digit);
    out[3 + 2 * i] = 0;
  }
  return out[0];
}

static uint32_t find_descriptor(uint32_t value) {
  usb.data = usb_descriptor_bytes;
  for (uint32_t i = 0; i < sizeof usb_descriptors / sizeof usb_descriptors[0]; i++) {
    if (value == (uint32_t)(usb_descriptors[i].index | usb_descriptors[i].type << 8)) return usb_descriptors[i].length;
    usb.data += usb_descriptors[i].length;
  }
  return UNKNOWN;
}

/* Does what the host asks for, or makes the answer. The answer's length, 0 where none is wanted, or UNKNOWN. */
static uint32_t obey(uint32_t type, uint32_t request, uint32_t value) {
  uint8_t *out = USB_MEMORY->control_data;
  if (type & TYPE_VENDOR) return UNKNOWN;
  usb.data = out;
  if (type & TYPE_IN) {
    if (request == GET_DESCRIPTOR) {
      if (value == (USB_STRING << 8 | USB_SERIAL_NUMBER)) return put_serial_number(out);
      return find_descriptor(value);
    }
    if (request == GET_LINE_CODING) {
      usb.data = (const uint8_t *)&coding;
      return LINE_CODING_BYTES;
    }
    out[0] = request == GET_CONFIGURATION ? usb.configuration : 0;
    out[1] = 0;
    if (request == GET_STATUS) return 2;
    return request == GET_CONFIGURATION || request == GET_INTERFACE ? 1 : UNKNOWN;
  }
  if (request == SET_LINE_CODING) return 0;
  if (request == SET_CONTROL_LINE_STATE) {
    usb.line_state = (uint8_t)value;
    return 0;
  }
  if (request == SET_ADDRESS) {
    usb.address = (uint8_t)value;
    return 0;
  }
  if (request == SET_CONFIGURATION) {
    if (value > 1) return UNKNOWN;
    usb.configuration = (uint8_t)value;
    usb.line_state = 0;
    start_data();
    return 0;
  }
  if (request == CLEAR_FEATURE && (type & TYPE_RECIPIENT) == RECIPIENT_ENDPOINT) {
    start_data();
    return 0;
  }
  return request == SET_INTERFACE && value == 0 ? 0 : UNKNOWN;
}

static void handle_setup(void) {
  struct usb_memory *memory = USB_MEMORY;
  uint32_t first = memory->setup[0], wanted = memory->setup[1] >> 16;
  uint32_t request = first >> 8 & 0xff;
  memory->buffer[0].in = memory->buffer[0].out = 0; /* the next packets are DATA1 */
  usb.address = 0;
  uint32_t length = obey(first & 0xff, request, first >> 16);
  if (length == UNKNOWN) {
    USB->ep_stall_arm = USB_STALL_EP0;
    memory->buffer[0].in = memory->buffer[0].out = USB_BUFFER_STALL;
    return;
  }
  usb.left = length < wanted ? length : wanted;
  if (request != SET_LINE_CODING) control_in();
  if (wanted != 0) arm(&memory->buffer[0].out, USB_PACKET_BYTES); /* what comes with the request, or the end of the answer */
}

/* A packet of endpoint 0 has been sent. */
static void control_sent(void) {
  if (usb.address != 0) USB->addr_endp[0] = usb.address;
  usb.address = 0;
  if (coding.baud == BOOT_ROM_BAUD) chip_boot_rom_usb();
  if (usb.left != 0) control_in();
}

/* A packet has come in at endpoint 0: the end of an answer is empty. */
static void control_received(void) {
  struct usb_memory *memory = USB_MEMORY;
  if ((memory->buffer[0].out & USB_BUFFER_LENGTH) != LINE_CODING_BYTES) return;
  __builtin_memcpy(&coding, memory->control_data, LINE_CODING_BYTES);
  control_in();
}

void usb_interrupt(void) {
  struct usb *controller = USB;
  uint32_t pending = controller->ints, done = controller->buff_status;
  controller->buff_status = done;
  usb.noted = true;
  if (done & 1) control_sent();
  if (done & 2) control_received();
  if (pending & USB_INT_SETUP) {
    controller->sie_status = USB_SIE_SETUP;
    handle_setup();
  }
  if (pending & USB_INT_BUS_RESET) {
    controller->sie_status = USB_SIE_BUS_RESET;
    controller->addr_endp[0] = 0;
    usb.address = usb.configuration = usb.line_state = 0;
  }
}

void usb_init(void) {
  struct usb *controller = USB;
  struct usb_memory *memory = USB_MEMORY;
  clocks_open(RESET_USBCTRL, 0, GATE1_USBCTRL);
  /* It has what it had before a reset. */
  __builtin_memset(memory, 0, __builtin_offsetof(struct usb_memory, control_data));
  uint32_t data = USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPT | USB_ENDPOINT_BULK;
  memory->endpoint[USB_NOTIFY - 1].in = USB_ENDPOINT_ENABLE | USB_ENDPOINT_NOTIFY;
  memory->endpoint[USB_DATA - 1].in = data | __builtin_offsetof(struct usb_memory, in_data);
  memory->endpoint[USB_DATA - 1].out = data | __builtin_offsetof(struct usb_memory, out_data);
  controller->muxing = USB_MUXING_TO_PHY | USB_MUXING_SOFTCON;
  controller->pwr = USB_PWR_VBUS_DETECT | USB_PWR_VBUS_OVERRIDE;
  controller->inte = USB_INT_BUFFER | USB_INT_BUS_RESET | USB_INT_SETUP;
  controller->main_ctrl = USB_MAIN_ENABLE;
  controller->sie_ctrl = USB_SIE_EP0_INTERRUPT | USB_SIE_PULL_UP;
  NVIC_ISER = 1u << IRQ_USB;
}

bool usb_noted(void) { return usb.noted; }

bool chip_link_is_read(void) { return usb.line_state & LINE_DTR && !(USB->sie_status & USB_SIE_SUSPENDED); }

void usb_poll(void) {
  struct usb_memory *memory = USB_MEMORY;
  usb.noted = false;
  if (usb.configuration == 0) return;
  uint32_t out = memory->buffer[USB_DATA].out;
  if (out & USB_BUFFER_FULL) {
    link_receive(memory->out_data, out & USB_BUFFER_LENGTH);
    arm(&memory->buffer[USB_DATA].out, USB_PACKET_BYTES);
  }
  uint32_t in = memory->buffer[USB_DATA].in;
  if (in & USB_BUFFER_AVAILABLE) return;
  uint32_t length = chip_link_is_read() ? link_take(memory->in_data, USB_PACKET_BYTES) : 0;
  /* What ends with a full packet needs an empty one: the host would wait for more. */
  if (length != 0 || in & USB_PACKET_BYTES) arm(&memory->buffer[USB_DATA].in, USB_BUFFER_FULL | length);
}
