/* A USB serial port (CDC ACM) for the link. Endpoint 0 lives in the interrupt handler, the data in the main loop; what is at
   which stage is told by the buffer controls themselves. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"
#include "link.h"
#include "usb-descriptors.h"

/* The first word of a setup packet is type, request and value, the second index and length. */
#define TYPE_VENDOR 0x40u
#define TYPE_RECIPIENT 0x1fu
#define RECIPIENT_ENDPOINT 2u

#define LINE_DTR 1u
/* A host that sets this speed asks for the boot ROM, as is usual with these boards. */
#define BOOT_ROM_BAUD 1200u

/* Gives a buffer to the controller, with the other packet id than the last one. The controller may look between two writes:
   AVAILABLE comes last, a cycle of its clock later: three of clk_sys (4.1.2.5.1). */
static void arm(reg *control, uint32_t bits) {
  interrupts_off();
  bits |= ~*control & USB_BUFFER_DATA1;
  *control = bits;
  __asm__ volatile("nop\n nop\n nop");
  *control = bits | USB_BUFFER_AVAILABLE;
  interrupts_on();
}

/* The next packet of the answer, or the empty one that acknowledges. */
static void control_in(void) {
  struct usb_buffers *buffers = USB_BUFFERS;
  uint32_t length = usb.left;
  if (length & USB_PACKET_BYTES) length = USB_PACKET_BYTES; /* no answer has two full packets */
  __builtin_memcpy(buffers->control_data, usb.data, length);
  usb.data += length;
  usb.left -= (uint8_t)length;
  arm(&buffers->control[0].in, USB_BUFFER_FULL | length);
}

/* Both directions begin with DATA0: as if the other had gone through. */
static void start_data(void) {
  struct usb_buffers *buffers = USB_BUFFERS;
  buffers->control[USB_DATA].in = USB_BUFFER_DATA1;
  buffers->control[USB_DATA].out = USB_BUFFER_DATA1;
  arm(&buffers->control[USB_DATA].out, USB_PACKET_BYTES);
}

/* 16 digits, the high one of a byte first. */
static void put_serial_number(void) {
  uint8_t id[8];
  uint16_t *out = (uint16_t *)(void *)USB_BUFFERS->control_data;
  port_device_id(id);
  usb.data = USB_BUFFERS->control_data;
  usb.left = 2 + 4 * sizeof id;
  *out++ = USB_STRING << 8 | (2 + 4 * sizeof id);
  for (uint32_t i = 0; i < 2 * sizeof id; i++) {
    uint32_t digit = id[i / 2] >> 4;
    id[i / 2] <<= 4;
    *out++ = (uint16_t)(digit < 10 ? '0' + digit : 'A' - 10 + digit);
  }
}

/* Finds the answer to the first word of a setup packet; false if there is none. */
static bool find_answer(uint32_t first) {
  if ((first ^ SERIAL_NUMBER_KEY) >> 7 == 0) {
    put_serial_number();
    return true;
  }
  const uint8_t *answer = (const uint8_t *)&usb.baud;
  const uint32_t *key = usb_answer_keys;
  for (; (first ^ *key) >> 7 != 0; key++) {
    if (key == usb_answer_keys + ANSWERS - 1) return false;
    answer += *key & 0x7f;
  }
  usb.data = answer;
  usb.left = *key & 0x7f;
  return true;
}

/* Does what the host asks for, or finds the answer, if one is wanted. False if that is unknown. */
static __attribute__((noinline)) bool obey(uint32_t first) {
  uint32_t value = first >> 16;
  usb.left = 0;
  if (first & TYPE_VENDOR) return false;
  switch (first >> 7 & 0x1ff) { /* with the direction: 0, to the device */
    case SET_ADDRESS << 1:
      usb.address = (uint8_t)value;
      return true;
    case SET_CONTROL_LINE_STATE << 1:
      usb.line_state = (uint8_t)value;
      return true;
    case SET_CONFIGURATION << 1:
      if (value > 1) return false;
      usb.configuration = (uint8_t)value;
      usb.line_state = 0;
      break;
    case CLEAR_FEATURE << 1:
      if ((first & TYPE_RECIPIENT) == RECIPIENT_ENDPOINT) break;
      return false;
    default:
      return find_answer(first);
  }
  start_data();
  return true;
}

static void handle_setup(struct usb *controller) {
  struct usb_memory *memory = USB_MEMORY;
  struct usb_buffers *buffers = USB_BUFFERS;
  uint32_t first = memory->setup[0], wanted = memory->setup[1] >> 16;
  buffers->control[0].in = buffers->control[0].out = 0; /* the next packets are DATA1 */
  usb.address = (uint8_t)controller->addr_endp[0];
  if (!obey(first)) {
    controller->ep_stall_arm = USB_STALL_EP0;
    buffers->control[0].in = buffers->control[0].out = USB_BUFFER_STALL;
    return;
  }
  if (usb.left > wanted) usb.left = (uint8_t)wanted;
  if (wanted != 0) {
    arm(&buffers->control[0].out, USB_PACKET_BYTES); /* what comes with the request, or the end of the answer */
    if ((first & TO_HOST) == 0) return; /* acknowledged when it has come */
  }
  control_in();
}

/* A packet of endpoint 0 has been sent. */
static void control_sent(struct usb *controller) {
  controller->addr_endp[0] = usb.address;
  if (usb.baud == BOOT_ROM_BAUD) chip_boot_rom_usb();
  if (usb.left != 0) control_in();
}

/* A packet has come in at endpoint 0: the end of an answer is empty. */
static void control_received(void) {
  struct usb_buffers *buffers = USB_BUFFERS;
  if ((buffers->control[0].out & USB_BUFFER_LENGTH) != LINE_CODING_BYTES) return;
  __builtin_memcpy(&usb.baud, buffers->control_data, LINE_CODING_BYTES);
  control_in();
}

void usb_interrupt(void) {
  struct usb *controller = USB;
  uint32_t status = controller->sie_status, done = controller->buff_status;
  controller->sie_status = status;
  controller->buff_status = done;
  usb.noted = true;
  if (done & 1) control_sent(controller);
  if (done & 2) control_received();
  if (status & USB_SIE_SETUP) handle_setup(controller);
  if (status & USB_SIE_BUS_RESET) {
    controller->addr_endp[0] = 0;
    usb.address = usb.configuration = usb.line_state = 0;
  }
}

void usb_init(void) {
  struct usb *controller = USB;
  struct usb_memory *memory = USB_MEMORY;
  clocks_open(RESET_USBCTRL, 1, GATE1_USBCTRL);
  /* It has what it had before a reset. */
  __builtin_memset(memory, 0, USB_BUFFERS_OFFSET + __builtin_offsetof(struct usb_buffers, control_data));
  uint32_t data = USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPT | USB_ENDPOINT_BULK;
  memory->endpoint[USB_NOTIFY - 1].in = USB_ENDPOINT_ENABLE | USB_ENDPOINT_NOTIFY;
  memory->endpoint[USB_DATA - 1].in = data | (USB_BUFFERS_OFFSET + __builtin_offsetof(struct usb_buffers, in_data));
  memory->endpoint[USB_DATA - 1].out = data | (USB_BUFFERS_OFFSET + __builtin_offsetof(struct usb_buffers, out_data));
  controller->muxing = USB_MUXING_TO_PHY | USB_MUXING_SOFTCON;
  controller->pwr = USB_PWR_VBUS_DETECT | USB_PWR_VBUS_OVERRIDE;
  controller->inte = USB_INT_BUFFER | USB_INT_BUS_RESET | USB_INT_SETUP;
  controller->main_ctrl = USB_MAIN_ENABLE;
  controller->sie_ctrl = USB_SIE_EP0_INTERRUPT | USB_SIE_PULL_UP;
}

bool usb_noted(void) { return usb.noted; }

bool chip_link_is_read(void) { return usb.line_state & LINE_DTR && !(USB->sie_status & USB_SIE_SUSPENDED); }

/* Inside of kernel_main there would be too few registers for it. */
__attribute__((noinline)) void usb_poll(void) {
  struct usb_buffers *buffers = USB_BUFFERS;
  usb.noted = false;
  if (usb.configuration == 0) return;
  uint32_t out = buffers->control[USB_DATA].out;
  if (out & USB_BUFFER_FULL) {
    link_receive(buffers->out_data, out & USB_BUFFER_LENGTH);
    arm(&buffers->control[USB_DATA].out, USB_PACKET_BYTES);
  }
  uint32_t in = buffers->control[USB_DATA].in;
  if (in & USB_BUFFER_AVAILABLE) return;
  uint32_t length = chip_link_is_read() ? link_take(buffers->in_data, USB_PACKET_BYTES) : 0;
  /* What ends with a full packet needs an empty one: the host would wait for more. */
  if (length != 0 || in & USB_PACKET_BYTES) arm(&buffers->control[USB_DATA].in, USB_BUFFER_FULL | length);
}
