import type { TargetName } from "../case.js";

/**
 * Where each chip has its registers: RP2040 datasheet section 2.2; Arm AN385 section 3.3 and AN505 section 3.4 (the secure aliases where there are two).
 */
export const blocks: Readonly<Record<TargetName, Readonly<Record<string, number>>>> = {
  pico: {
    "xip-no-cache": 0x1302_0000,
    "xip-ctrl": 0x1400_0000,
    "xip-sram": 0x1500_0000,
    "xip-ssi": 0x1800_0000,
    "sram-alias": 0x2100_0000,
    sysinfo: 0x4000_0000,
    syscfg: 0x4000_4000,
    clocks: 0x4000_8000,
    resets: 0x4000_c000,
    psm: 0x4001_0000,
    "io-bank0": 0x4001_4000,
    "io-qspi": 0x4001_8000,
    "pads-bank0": 0x4001_c000,
    "pads-qspi": 0x4002_0000,
    xosc: 0x4002_4000,
    "pll-sys": 0x4002_8000,
    "pll-usb": 0x4002_c000,
    busctrl: 0x4003_0000,
    uart0: 0x4003_4000,
    uart1: 0x4003_8000,
    spi0: 0x4003_c000,
    spi1: 0x4004_0000,
    i2c0: 0x4004_4000,
    i2c1: 0x4004_8000,
    adc: 0x4004_c000,
    pwm: 0x4005_0000,
    timer: 0x4005_4000,
    watchdog: 0x4005_8000,
    rtc: 0x4005_c000,
    rosc: 0x4006_0000,
    vreg: 0x4006_4000,
    tbman: 0x4006_c000,
    "resets-set": 0x4000_e000,
    dma: 0x5000_0000,
    "usb-memory": 0x5010_0000,
    usb: 0x5011_0000,
    pio0: 0x5020_0000,
    pio1: 0x5030_0000,
    "xip-aux": 0x5040_0000,
    sio: 0xd000_0000,
    "sio-gpio-out": 0xd000_0010,
    "sio-spinlock": 0xd000_0100,
  },
  an385: {
    timer0: 0x4000_0000,
    timer1: 0x4000_1000,
    "dual-timer": 0x4000_2000,
    uart0: 0x4000_4000,
    watchdog: 0x4000_8000,
    gpio0: 0x4001_0000,
    spi: 0x4002_0000,
    i2c: 0x4002_2000,
    scc: 0x4002_f000,
    fpgaio: 0x4002_8000,
    ethernet: 0x4020_0000,
    psram: 0x2100_0000,
  },
  an505: {
    timer0: 0x5000_0000,
    "dual-timer": 0x5000_2000,
    mhu: 0x5000_3000,
    "secure-control": 0x5008_0000,
    sysinfo: 0x5002_0000,
    uart0: 0x5020_0000,
    gpio0: 0x5010_0000,
    fpgaio: 0x5030_2000,
    scc: 0x5030_0000,
    "non-secure-code": 0x0000_0000,
    "non-secure-ram": 0x2000_0000,
    "non-secure-scb": 0xe002_ed00,
  },
};

interface SystemRegister {
  readonly address: number;
  readonly what: string;
  readonly reads?: true;
}

/** The private peripheral bus (ARMv6-M Architecture Reference Manual, section B3.2). */
export const systemRegisters: Readonly<Record<string, SystemRegister>> = {
  systick: { address: 0xe000_e010, what: "the control of the tick", reads: true },
  "systick-reload": { address: 0xe000_e014, what: "the reload value of the tick" },
  "nvic-enable": { address: 0xe000_e100, what: "the enabled interrupts", reads: true },
  "nvic-pending": { address: 0xe000_e200, what: "the pending interrupts" },
  "nvic-priority": { address: 0xe000_e400, what: "the priorities of interrupts" },
  cpuid: { address: 0xe000_ed00, what: "the id of the processor", reads: true },
  icsr: { address: 0xe000_ed04, what: "the pending system exceptions" },
  vtor: { address: 0xe000_ed08, what: "the place of the vector table", reads: true },
  aircr: { address: 0xe000_ed0c, what: "the reset of the processor" },
  scr: { address: 0xe000_ed10, what: "deep sleep" },
  ccr: { address: 0xe000_ed14, what: "what counts as a fault" },
  shpr: { address: 0xe000_ed1c, what: "the priority of supervisor calls" },
  "mpu-control": { address: 0xe000_ed94, what: "the control of the regions", reads: true },
  "mpu-region": { address: 0xe000_ed98, what: "the number of a region" },
};
