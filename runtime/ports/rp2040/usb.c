/* A USB serial port (CDC ACM) for the link. Endpoint 0 lives in the interrupt handler, the data in the main loop; what is at
   which stage is told by the buffer controls themselves. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"
#include "link.h"
#include "usb-descriptors.h"

/* Standard requests (USB 2.0 9.4) and those of the class (PSTN 1.2 6.3). */
enum {
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

struct setup {
  uint8_t type, request;
  uint16_t value, index, length;
};

#define TYPE_IN 0x80u
#define TYPE_VENDOR 0x40u
#define LINE_DTR 1u
/* A host that opens the port at this speed asks for the boot ROM. */
#define BOOT_ROM_BAUD 1200u
#define LINE_CODING_BYTES 7u

static const uint8_t *control_data; /* of the answer, what is not sent yet */
static uint32_t control_left;
static bool control_short; /* the answer is shorter than asked for: it must end in a packet that is not full */
static uint8_t address;    /* from the end of the request on, which is still acknowledged at the old one */
static volatile uint8_t configuration, line_state;
static struct {
  uint32_t baud;
  uint8_t format[3]; /* stop bits, parity, data bits: nothing here depends on them */
} line_coding;
static volatile bool noted;

/* The controller may look between two writes: AVAILABLE comes last, some cycles of its clock later (4.1.2.5.1). */
static void arm(reg *control, uint32_t value) {
  *control = value;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop");
  *control = value | USB_BUFFER_AVAILABLE;
}

/* The other packet id than the last one. */
static uint32_t next_id(uint32_t control) { return ~control & USB_BUFFER_DATA1; }

static void copy(uint8_t *to, const uint8_t *from, uint32_t length) {
  while (length-- > 0) *to++ = *from++;
}

/* The next packet of the answer, or the empty one that acknowledges. */
static void control_in(void) {
  struct usb_memory *memory = USB_MEMORY;
  uint32_t length = control_left < USB_PACKET_BYTES ? control_left : USB_PACKET_BYTES;
  copy(memory->control_data, control_data, length);
  control_data += length;
  control_left -= length;
  arm(&memory->buffer[0].in, next_id(memory->buffer[0].in) | USB_BUFFER_FULL | length);
}

static void control_out(void) { arm(&USB_MEMORY->buffer[0].out, USB_BUFFER_DATA1 | USB_PACKET_BYTES); }

static void receive_data(uint32_t id) { arm(&USB_MEMORY->buffer[USB_DATA].out, id | USB_PACKET_BYTES); }

/* Endpoints of the configuration, from their first packet on. */
static void start_data(void) {
  struct usb_memory *memory = USB_MEMORY;
  memory->buffer[USB_DATA].in = USB_BUFFER_DATA1; /* as if sent */
  receive_data(0);
}

/* A text as a string descriptor in the buffer; returns its length. */
static uint32_t put_string(uint32_t index) {
  static const char digits[] = "0123456789ABCDEF";
  uint8_t *out = USB_MEMORY->control_data, id[8];
  uint32_t count = 0;
  port_device_id(id);
  for (;; count++) {
    uint32_t unit;
    if (index == USB_STRING_LANGUAGES) {
      unit = count == 0 ? 0x0409 : 0;
    } else if (index == USB_STRING_PRODUCT) {
      unit = (uint8_t)usb_product[count];
    } else {
      unit = count < 16 ? (uint8_t)digits[id[count / 2] >> (count % 2 == 0 ? 4 : 0) & 15] : 0;
    }
    if (unit == 0) break;
    out[2 * count + 2] = (uint8_t)unit;
    out[2 * count + 3] = (uint8_t)(unit >> 8);
  }
  out[0] = (uint8_t)(2 * count + 2);
  out[1] = USB_STRING;
  return 2 * count + 2;
}

/* Makes the answer. Its length, or -1 where there is none. */
static int32_t answer(const struct setup *setup) {
  uint8_t *out = USB_MEMORY->control_data;
  uint32_t low = setup->value & 0xff;
  control_data = out;
  switch (setup->request) {
    case GET_DESCRIPTOR:
      if (setup->value == USB_DEVICE << 8) {
        control_data = usb_device;
        return sizeof usb_device;
      }
      if (setup->value == USB_CONFIGURATION << 8) {
        control_data = usb_configuration;
        return sizeof usb_configuration;
      }
      if (setup->value >> 8 == USB_STRING && low <= USB_STRING_SERIAL) return (int32_t)put_string(low);
      return -1;
    case GET_STATUS:
      out[0] = out[1] = 0;
      return 2;
    case GET_CONFIGURATION:
      out[0] = configuration;
      return 1;
    case GET_INTERFACE:
      out[0] = 0;
      return 1;
    case GET_LINE_CODING:
      control_data = (const uint8_t *)&line_coding;
      return LINE_CODING_BYTES;
    default:
      return -1;
  }
}

/* Does what the host asks for. False if that is unknown. */
static bool obey(const struct setup *setup) {
  switch (setup->request) {
    case SET_ADDRESS:
      address = (uint8_t)setup->value;
      return true;
    case SET_CONFIGURATION:
      if (setup->value > 1) return false;
      configuration = (uint8_t)setup->value;
      line_state = 0;
      start_data();
      return true;
    case CLEAR_FEATURE: /* of an endpoint: it starts anew */
      if (setup->type != 2) return false;
      start_data();
      return true;
    case SET_INTERFACE:
      return setup->value == 0;
    case SET_CONTROL_LINE_STATE:
      line_state = (uint8_t)setup->value;
      return true;
    default:
      return setup->request == SET_LINE_CODING;
  }
}

static void handle_setup(void) {
  struct usb *usb = USB;
  struct usb_memory *memory = USB_MEMORY;
  struct setup setup;
  copy((uint8_t *)&setup, memory->setup, sizeof setup);
  int32_t length = 0;
  memory->buffer[0].in = 0; /* the next packet is DATA1 */
  control_left = address = 0;
  bool known = (setup.type & TYPE_VENDOR) == 0;
  if (known && (setup.type & TYPE_IN) != 0) {
    length = answer(&setup);
    known = length >= 0;
  } else if (known) {
    known = obey(&setup);
  }
  if (!known) {
    usb->ep_stall_arm = USB_STALL_EP0;
    memory->buffer[0].in = USB_BUFFER_STALL;
    memory->buffer[0].out = USB_BUFFER_STALL;
    return;
  }
  if ((uint32_t)length > setup.length) length = setup.length;
  control_short = (uint32_t)length < setup.length;
  control_left = (uint32_t)length;
  if (setup.request == SET_LINE_CODING) {
    control_out();
  } else {
    control_in();
    if (setup.length != 0) control_out();
  }
}

/* A packet of endpoint 0 has been sent. */
static void control_sent(void) {
  uint32_t sent = USB_MEMORY->buffer[0].in & USB_BUFFER_LENGTH;
  if (address != 0) USB->addr_endp[0] = address;
  address = 0;
  if (line_coding.baud == BOOT_ROM_BAUD) chip_boot_rom_usb();
  if (control_left != 0 || (sent == USB_PACKET_BYTES && control_short)) control_in();
}

static void control_received(void) {
  struct usb_memory *memory = USB_MEMORY;
  if ((memory->buffer[0].out & USB_BUFFER_LENGTH) != LINE_CODING_BYTES) return;
  copy((uint8_t *)&line_coding, memory->control_data, LINE_CODING_BYTES);
  control_in();
}

void usb_interrupt(void) {
  struct usb *usb = USB;
  uint32_t pending = usb->ints;
  uint32_t done = usb->buff_status;
  usb->buff_status = done;
  noted = true;
  if ((done & 1) != 0) control_sent();
  if ((done & 2) != 0) control_received();
  if ((pending & USB_INT_SETUP) != 0) {
    usb->sie_status = USB_SIE_SETUP;
    handle_setup();
  }
  if ((pending & USB_INT_BUS_RESET) != 0) {
    usb->sie_status = USB_SIE_BUS_RESET;
    usb->addr_endp[0] = address = configuration = line_state = 0;
  }
}

void usb_init(void) {
  struct usb *usb = USB;
  struct usb_memory *memory = USB_MEMORY;
  clocks_open(RESET_USBCTRL, 0, GATE1_USBCTRL);
  /* It survives a reset of the controller. */
  for (volatile uint32_t *word = (volatile uint32_t *)memory; word < (volatile uint32_t *)memory->control_data;) *word++ = 0;
  memory->endpoint[USB_NOTIFY - 1].in = USB_ENDPOINT_ENABLE | USB_ENDPOINT_NOTIFY;
  memory->endpoint[USB_DATA - 1].in =
    USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPT | USB_ENDPOINT_BULK | __builtin_offsetof(struct usb_memory, in_data);
  memory->endpoint[USB_DATA - 1].out =
    USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPT | USB_ENDPOINT_BULK | __builtin_offsetof(struct usb_memory, out_data);
  usb->muxing = USB_MUXING_TO_PHY | USB_MUXING_SOFTCON;
  usb->pwr = USB_PWR_VBUS_DETECT | USB_PWR_VBUS_OVERRIDE;
  usb->inte = USB_INT_BUFFER | USB_INT_BUS_RESET | USB_INT_SETUP;
  usb->main_ctrl = USB_MAIN_ENABLE;
  usb->sie_ctrl = USB_SIE_EP0_INTERRUPT | USB_SIE_PULL_UP;
  NVIC_ISER = 1u << IRQ_USB;
}

bool usb_noted(void) { return noted; }

bool chip_link_is_read(void) { return (line_state & LINE_DTR) != 0 && (USB->sie_status & USB_SIE_SUSPENDED) == 0; }

void usb_poll(void) {
  struct usb_memory *memory = USB_MEMORY;
  noted = false;
  if (configuration == 0) return;
  uint32_t out = memory->buffer[USB_DATA].out;
  if ((out & USB_BUFFER_FULL) != 0) {
    link_receive(memory->out_data, out & USB_BUFFER_LENGTH);
    receive_data(next_id(out));
  }
  uint32_t in = memory->buffer[USB_DATA].in;
  if ((in & USB_BUFFER_AVAILABLE) != 0) return;
  uint32_t length = chip_link_is_read() ? link_take(memory->in_data, USB_PACKET_BYTES) : 0;
  /* What ends with a full packet needs an empty one: the host would wait for more. */
  if (length != 0 || (in & USB_BUFFER_LENGTH) == USB_PACKET_BYTES) {
    arm(&memory->buffer[USB_DATA].in, next_id(in) | USB_BUFFER_FULL | length);
  }
}
